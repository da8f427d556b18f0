import { describe, expect, it } from "vitest";
import { formatPath, parsePath } from "./path.js";

describe("a path", () => {
  it.each([
    [[], ""],
    [[0x00100010], "(0010,0010)"],
    [[0x0040a730, 1], "(0040,A730)[1]"],
    [[0x0040a730, 1, 0x0040a168, 0, 0x00080100], "(0040,A730)[1].(0040,A168)[0].(0008,0100)"],
    [[0xfffcfffc], "(FFFC,FFFC)"],
    [[0x00081110, 123456789], "(0008,1110)[123456789]"],
  ])("is tags and indices by turns: %j", (path, text) => {
    expect(formatPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
  });

  it("is read in lower case, too", () => {
    expect(parsePath("(0040,a730)[1].(0008,0100)")).toEqual([0x0040a730, 1, 0x00080100]);
  });

  it.each([
    "0010,0010",
    "(0010,0010)[]",
    "(0010,0010)[-1]",
    "(0010,0010)[1",
    "(0008,1110).(0010,0010)",
    "(0008,1110)[0].",
    ".(0010,0010)",
    "(0008,1110)[1234567890]",
    "(0010,0010) ",
  ])("is not read from %o", (text) => {
    expect(() => parsePath(text)).toThrow(
      expect.objectContaining({ name: "DicomError", code: "BAD_PATH" }),
    );
  });
});
