import { describe, expect, it } from "vitest";
import { parsePath } from "../path.js";
import { type Edit, groupEdits } from "./edit.js";

const edit = (kind: Edit["kind"], path: string): Edit =>
  ({ kind, path: parsePath(path), value: "x", elements: [] }) as unknown as Edit;

describe("an edit", () => {
  it.each([
    ["set", "(0010,0010)"],
    ["set", "(0008,1110)[0].(0010,0010)"],
    ["remove", "(0010,0010)"],
    ["remove", "(0008,1110)[0]"],
    ["setItem", "(0008,1110)[0]"],
    ["insertItem", "(0008,1110)[0]"],
  ] as const)("can be made where its path ends in what it needs: %s %s", (kind, path) => {
    expect(() => groupEdits([edit(kind, path)])).not.toThrow();
  });

  it.each([
    ["set", ""],
    ["set", "(0008,1110)[0]"],
    ["remove", ""],
    ["setItem", "(0008,1110)"],
    ["insertItem", "(0008,1110)[0].(0010,0010)"],
    ["insertItem", ""],
  ] as const)("cannot be made elsewhere: %s %s", (kind, path) => {
    expect(() => groupEdits([edit(kind, path)])).toThrow(
      expect.objectContaining({ code: "BAD_PATH", at: path }),
    );
  });
});

describe("edits", () => {
  it.each([
    ["a negative index", [0x00081110, -1, 0x00100010]],
    ["half an index", [0x00081110, 0.5, 0x00100010]],
    ["a tag of more than 32 bits", [0x1_0000_0000]],
    ["no number", [Number.NaN]],
  ])("with %s are refused, since they would be lost", (_what, path) => {
    expect(() => groupEdits([{ kind: "set", path, value: "x" }])).toThrow(
      expect.objectContaining({ code: "BAD_PATH" }),
    );
  });

  it.each([
    ["a sequence that another one replaces", "set", "(0008,1110)"],
    ["a sequence that another one removes", "remove", "(0008,1110)"],
    ["an item that another one removes", "remove", "(0008,1110)[0]"],
    ["an item that another one replaces", "setItem", "(0008,1110)[0]"],
  ] as const)("within %s are refused, in either order", (_what, kind, path) => {
    const within = edit("set", "(0008,1110)[0].(0010,0010)");
    for (const edits of [
      [within, edit(kind, path)],
      [edit(kind, path), within],
    ]) {
      expect(() => groupEdits(edits)).toThrow(
        expect.objectContaining({ code: "BAD_PATH", at: path }),
      );
    }
  });

  it("may put an item in front of one that goes", () => {
    const edits = [edit("remove", "(0008,1110)[0]"), edit("insertItem", "(0008,1110)[0]")];
    expect(() => groupEdits(edits)).not.toThrow();
  });
});
