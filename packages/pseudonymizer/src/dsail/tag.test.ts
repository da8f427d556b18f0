import { describe, expect, it } from "vitest";
import { refused } from "../../test/pseudonymized.js";
import { type DsailTag, formatDsailTag, parseDsailTag } from "./tag.js";

describe("a tag of D-SAIL", () => {
  it.each<readonly [DsailTag, string]>([
    ["(0x0010, 0x0020)", "(0010,0020)"],
    ["(0x10,0x20)", "(0010,0020)"],
    ["[0x0014,0x2016]", "(0014,2016)"],
    ["(0010,0020)", "(0010,0020)"],
    ["0040a123", "(0040,A123)"],
    ["(60xx,3000)", "(60xx,3000)"],
    ["(0x6000, 0x3000, 0xFF00, 0xFFFF)", "(60xx,3000)"],
    ["(0x5000, 0x0000, 0xFF00, 0x0000)", "(50xx,xxxx)"],
    [[0x10, 0x20], "(0010,0020)"],
    [[0x6000, 0x4000, 0xff00, 0xffff], "(60xx,4000)"],
  ])("%s has the one form %s", (tag, text) => {
    expect(formatDsailTag(tag)).toBe(text);
    expect(parseDsailTag(text)).toEqual(parseDsailTag(tag));
  });

  it.each<DsailTag>([
    "(16, 32)", // decimal, in Python: 0x0010, 0x0020
    "(0x0010)",
    "(0x0010, 0x0020, 0xFFFF)",
    "(0x0010, 0x0020, 0xFFF1, 0xFFFF)",
    "(0x10000, 0x0020)",
    "__import__('os').system('id')",
    "",
    [0x10],
    [0x10, 0x20, 0xffff],
    [-1, 0],
    [0.5, 0],
  ])("%s is none, and is not evaluated", (tag) => {
    expect(() => formatDsailTag(tag)).toThrow(refused("BAD_RULE", /^tag: expected/));
  });
});
