import { describe, expect, it } from "vitest";
import { type Bytes, bytesOf, EXPLICIT } from "../../test/bytes-of.js";
import { edited, remove, set } from "../../test/edits.js";

describe("text that is not ASCII", () => {
  const { element, item } = EXPLICIT;
  const utf8 = element(0x00080005, "CS", "ISO_IR 192");
  const latin1 = element(0x00080005, "CS", "ISO_IR 100");
  const sequence = (...content: Bytes[]) => element(0x00081110, "SQ", item(content));
  const top = "(0010,0010)";
  const nested = "(0008,1110)[0].(0010,0010)";
  const toUtf8 = set("(0008,0005)", "ISO_IR 192");

  it.each([
    ["the data set is UTF-8", [utf8], [], top],
    ["the data set around the item is UTF-8", [utf8, sequence()], [], nested],
    ["the item is UTF-8", [latin1, sequence(utf8)], [], nested],
    ["the data set becomes UTF-8", [latin1], [toUtf8], top],
    ["the data set becomes UTF-8, as a list", [], [set("(0008,0005)", ["ISO_IR 192"])], top],
    ["the data set around the item becomes UTF-8", [latin1, sequence()], [toUtf8], nested],
    [
      "the item becomes so",
      [sequence()],
      [set("(0008,1110)[0].(0008,0005)", "ISO_IR 192")],
      nested,
    ],
  ])("is UTF-8 where %s", (_what, dataset, edits, path) => {
    const bytes = edited(dataset, [...edits, set(path, "ü")]);
    expect(
      Buffer.from(bytes).includes(Buffer.from(bytesOf(element(0x00100010, "PN", [0xc3, 0xbc])))),
    ).toBe(true);
  });

  it.each([
    ["the data set has no character set", [], [], top],
    ["the data set has another", [latin1], [], top],
    ["the item has another", [utf8, sequence(latin1)], [], nested],
    ["it is UTF-8 no longer", [utf8], [set("(0008,0005)", "ISO_IR 100")], top],
    [
      "the data set around the item is UTF-8 no longer",
      [utf8, sequence()],
      [remove("(0008,0005)")],
      nested,
    ],
  ])("is refused where %s", (_what, dataset, edits, path) => {
    expect(() => edited(dataset, [...edits, set(path, "ü")])).toThrow(
      expect.objectContaining({ code: "BAD_CHARACTER_SET", at: path }),
    );
  });
});
