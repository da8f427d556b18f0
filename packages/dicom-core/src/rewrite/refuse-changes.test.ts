import { describe, expect, it } from "vitest";
import { bytesOf, EXPLICIT } from "../../test/bytes-of.js";
import { edited, insertItem, MR, name, remove, set, setItem } from "../../test/edits.js";

describe("an edit that cannot be made", () => {
  const { element, item } = EXPLICIT;
  const dataset = [element(0x00081110, "SQ", item(name(EXPLICIT))), name(EXPLICIT)];

  it.each([
    [
      "sets in a sequence that is not there",
      set("(0008,1199)[0].(0010,0010)", "x"),
      "(0008,1199)[0].(0010,0010)",
    ],
    [
      "sets in an item that is not there",
      set("(0008,1110)[1].(0010,0010)", "x"),
      "(0008,1110)[1].(0010,0010)",
    ],
    ["replaces an item that is not there", setItem("(0008,1110)[1]", []), "(0008,1110)[1]"],
    [
      "inserts into a sequence that is not there",
      insertItem("(0008,1199)[0]", []),
      "(0008,1199)[0]",
    ],
    [
      "sets in an element that is no sequence",
      set("(0010,0010)[0].(0010,0020)", "x"),
      "(0010,0010)[0].(0010,0020)",
    ],
    [
      "sets in a sequence that is not in the item",
      set("(0008,1110)[0].(0008,1199)[0].(0010,0010)", "x"),
      "(0008,1110)[0].(0008,1199)[0].(0010,0010)",
    ],
  ])("%s: BAD_PATH", (_what, edit, at) => {
    expect(() => edited(dataset, [edit])).toThrow(
      expect.objectContaining({ code: "BAD_PATH", at }),
    );
  });

  it.each([
    "(0008,1199)[0].(0010,0010)",
    "(0008,1199)[0]",
    "(0008,1110)[1].(0010,0010)",
    "(0008,1110)[0].(0008,1199)[3].(0010,0010)",
    "(0010,0010)[0].(0010,0020)",
  ])("is none if it removes what is not there: %s", (path) => {
    expect(edited(dataset, [remove(path)])).toEqual(bytesOf(dataset));
  });

  it.each([
    ["a value that the VR cannot hold", set("(0028,0010)", 70_000), "BAD_VALUE", "(0028,0010)"],
    ["no VR for a tag that nobody knows", set("(0009,1001)", "x"), "BAD_VR", "(0009,1001)"],
    [
      "an item with an element twice",
      setItem("(0008,1110)[0]", [...MR, ...MR]),
      "BAD_VALUE",
      "(0008,1110)[0].(0008,0060)",
    ],
  ])("has %s", (_what, edit, code, at) => {
    expect(() => edited(dataset, [edit])).toThrow(expect.objectContaining({ code, at }));
  });
});
