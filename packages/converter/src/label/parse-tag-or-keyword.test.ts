import { describe, expect, it } from "vitest";
import { parseTagOrKeyword } from "./parse-tag-or-keyword.js";

describe("parseTagOrKeyword", () => {
  it.each([
    "(0014,2016)",
    "0014,2016",
    " 00142016 ",
    "0x00142016",
    "[0x0014,0x2016]",
    "[0x14, 0x2016]",
    "(0x0014, 0x2016)",
    "0x0014,0x2016",
    "IndicationLabel",
  ])("reads %j", (text) => {
    expect(parseTagOrKeyword(text)).toBe(0x00142016);
  });

  it("reads private tags", () => {
    expect(parseTagOrKeyword("(0099,10ab)")).toBe(0x009910ab);
  });

  it.each([
    "",
    "Indication Label",
    "[0x0014,0x2016)",
    "[0x0014,0x2016",
    "[20,8214]",
    "[0x0014,0x20161]",
    "__import__('os')",
    "toString",
  ])("refuses %j, and does not quote it", (text) => {
    expect(() => parseTagOrKeyword(text)).toThrow(
      expect.objectContaining({
        code: "BAD_TAG",
        message: "expected a tag such as (0014,2016), or a keyword",
      }),
    );
  });
});
