import { describe, expect, it } from "vitest";
import {
  elementOf,
  formatTag,
  formatTagWords,
  formatWord,
  groupOf,
  isPrivateCreatorTag,
  isPrivateTag,
  parseTag,
  privateCreatorTagOf,
  tagOf,
} from "./tag.js";

describe("a tag", () => {
  it("is group and element in one number, also above the sign bit", () => {
    expect(tagOf(0x7fe0, 0x0010)).toBe(0x7fe00010);
    expect(tagOf(0xfffe, 0xe00d)).toBe(0xfffee00d);
    expect([groupOf(0xfffee00d), elementOf(0xfffee00d)]).toEqual([0xfffe, 0xe00d]);
  });

  it.each([
    [-1, 0, "group: expected an integer of 0 to 0xFFFF, got -1"],
    [0x10000, 0, "group: expected an integer of 0 to 0xFFFF, got 65536"],
    [0, 1.5, "element: expected an integer of 0 to 0xFFFF, got 1.5"],
    [0, Number.NaN, "element: expected an integer of 0 to 0xFFFF, got NaN"],
  ])("has no group or element that is no word: %d, %d", (group, element, message) => {
    expect(() => tagOf(group, element)).toThrow(new RangeError(message));
  });

  it("is private if its group is odd (PS3.5 7.8)", () => {
    expect([0x00090010, 0xffff0000, 0x00010002].map(isPrivateTag)).toEqual([true, true, true]);
    expect([0x00080010, 0xfffee000, 0x00081001].map(isPrivateTag)).toEqual([false, false, false]);
  });

  it.each([
    [0x0009000f, false],
    [0x00090010, true],
    [0x000900ff, true],
    [0x00090100, false],
    [0x00080010, false],
  ])("reserves a private block if it is (gggg,0010-00FF): %d", (tag, expected) => {
    expect(isPrivateCreatorTag(tag)).toBe(expected);
  });

  it.each([
    [0x00091000, 0x00090010],
    [0x00091abc, 0x0009001a],
    [0xffffffff, 0xffff00ff],
    [0x00090fff, undefined],
    [0x00090010, undefined],
    [0x00081001, undefined],
  ])("knows the creator of its private block: %d", (tag, creator) => {
    expect(privateCreatorTagOf(tag)).toBe(creator);
  });
});

describe("a tag as text", () => {
  it("is printed in upper-case hexadecimal, with all zeros", () => {
    expect(formatTag(0x0040a730)).toBe("(0040,A730)");
    expect(formatTag(0xfffee0dd)).toBe("(FFFE,E0DD)");
    expect(formatTag(0)).toBe("(0000,0000)");
    expect(formatWord(0x18)).toBe("0018");
    expect(formatTagWords(0x00100020)).toEqual(["0010", "0020"]);
  });

  it.each([
    "(0040,A730)",
    "(0040,a730)",
    "(0040, A730)",
    "0040,A730",
    "0040A730",
    "0x0040a730",
    " 0040A730 ",
  ])("is read from %o", (text) => {
    expect(parseTag(text)).toBe(0x0040a730);
  });

  it.each([
    "",
    "(0040,A730",
    "0040,A730)",
    "040,A730",
    "0040A7301",
    "0040G730",
    "PatientName",
    "x0040A730",
  ])("is not read from %o, which the message does not repeat", (text) => {
    expect(() => parseTag(text)).toThrow(new TypeError("text: expected a tag such as (0010,0020)"));
  });
});
