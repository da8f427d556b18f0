import { describe, expect, it } from "vitest";
import { expressionOfPython, replacementOfPython } from "./python-regexp.js";

/** What Python's `re.sub` gives, as printed by Python 3.11. */
it.each([
  ["(?P<year>\\d{4})-(?P<day>\\d\\d)", "\\g<day>.\\g<year>", "on 2020-07", "on 07.2020"],
  ["(a)(b)", "\\2\\1", "abab", "baba"],
  ["(?P<x>.)(?P=x)", "<\\g<0>>", "aab", "<aa>b"],
  ["b", "$&$1", "abc", "a$&$1c"],
  ["(.)", "\\g<1>0", "ab", "a0b0"],
  ["\\(\\?P<", "x", "(?P<", "x"],
  ["a", "\\\\", "a", "\\"],
])("replaces %s by %s as Python does", (find, replace, text, expected) => {
  const expression = new RegExp(expressionOfPython(find), "gu");
  expect(text.replace(expression, replacementOfPython(replace))).toBe(expected);
});

describe("an expression", () => {
  it("that has nothing of Python's alone stays as it is", () => {
    expect(expressionOfPython("^[A-Z]+\\\\(?:x|y)$")).toBe("^[A-Z]+\\\\(?:x|y)$");
  });
});
