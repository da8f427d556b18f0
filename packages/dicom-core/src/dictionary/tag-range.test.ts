import { describe, expect, it } from "vitest";
import { firstRepetitionOf, isInTagRange, parseTagRange } from "./tag-range.js";

describe("parseTagRange", () => {
  it.each([
    ["(60xx,3000)", 0xff01ffff, 0x60003000],
    ["(50XX,xxxx)", 0xff010000, 0x50000000],
    ["60xx3000", 0xff01ffff, 0x60003000],
    ["(0020,31xx)", 0xffffff00, 0x00203100],
    ["(1000,xxx5)", 0xffff000f, 0x10000005],
    ["(fffe,e00d)", 0xffffffff, 0xfffee00d],
  ])("reads %s", (text, mask, value) => {
    expect(parseTagRange(text)).toEqual({ mask, value });
  });

  it.each(["", "(60xx,300)", "(60yy,3000)", "60xx,3000 and more"])("refuses %j", (text) => {
    expect(() => parseTagRange(text)).toThrow(TypeError);
  });
});

describe("isInTagRange", () => {
  it("takes even groups and not the private ones between", () => {
    const overlayData = parseTagRange("(60xx,3000)");
    const groups = Array.from({ length: 0x100 }, (_, x) => 0x6000 + x);
    expect(groups.filter((group) => isInTagRange(group * 0x10000 + 0x3000, overlayData))).toEqual(
      groups.filter((group) => group % 2 === 0),
    );
    expect(isInTagRange(0x60003001, overlayData)).toBe(false);
    expect(isInTagRange(0x61003000, overlayData)).toBe(false);
  });

  it("works above the sign bit", () => {
    expect(isInTagRange(0xfffee0dd, parseTagRange("(FFFE,xxxx)"))).toBe(true);
    expect(isInTagRange(0x7ffee0dd, parseTagRange("(FFFE,xxxx)"))).toBe(false);
  });
});

describe("firstRepetitionOf", () => {
  it("finds the tag under which the dictionary has a repeating element", () => {
    expect(firstRepetitionOf(0x60fe3000)).toBe(0x60003000);
    expect(firstRepetitionOf(0x501e0005)).toBe(0x50000005);
    expect(firstRepetitionOf(0x7f220010)).toBe(0x7f000010);
    expect(firstRepetitionOf(0x002031ff)).toBe(0x00203100);
    expect(firstRepetitionOf(0x002804f3)).toBe(0x00280413);
    expect(firstRepetitionOf(0x002808a4)).toBe(0x00280804);
    expect(firstRepetitionOf(0x10001232)).toBe(0x10000012);
    expect(firstRepetitionOf(0x1010abcd)).toBe(0x10100001);
  });

  it("finds none for other tags", () => {
    for (const tag of [0x00100010, 0x60013000, 0x50010005, 0xfffee000, 0x00280010]) {
      expect(firstRepetitionOf(tag)).toBeUndefined();
    }
  });
});
