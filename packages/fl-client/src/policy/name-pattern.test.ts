import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern } from "./name-pattern.js";

/** The same, told by a regular expression: slow for some patterns, but known to be right. */
function matchesByExpression(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`).test(name);
}

describe("matchesPattern", () => {
  it.each([
    ["conv1.weight", "conv1.weight", true],
    ["conv1.weight", "conv1.weight2", false],
    ["conv1.weight", "conv1Xweight", false],
    ["*", "", true],
    ["conv*.weight", "conv12.weight", true],
    ["conv*.weight", "xconv1.weight", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*ab*ab*", "abab", true],
    ["*ab*ab", "ab", false],
    ["", "", true],
    ["", "a", false],
    ["Weight", "weight", false],
  ])("%s and %s: %s", (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it("is what a regular expression says", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 8 });
    let matches = 0;
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        const expected = matchesByExpression(pattern, name);
        if (expected) matches += 1;
        return matchesPattern(pattern, name) === expected;
      }),
      { numRuns: 3000 },
    );
    expect(matches).toBeGreaterThan(100);
  });

  it("is quick for patterns made to be slow", () => {
    const began = process.cpuUsage();
    expect(matchesPattern(`${"a*".repeat(400)}b`, "a".repeat(1000))).toBe(false);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(100);
  });
});
