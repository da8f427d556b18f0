import { describe, expect, it } from "vitest";
import { scalarsOf } from "./scalars.js";
import { assertSameScalars, everyScalar } from "./testing/sample-messages.js";

describe("scalars", () => {
  it("are copied with every type as it is", () => {
    const all = everyScalar(2n ** 64n - 1n);
    assertSameScalars(scalarsOf(all), all);
    expect(Object.keys(scalarsOf(all))).toEqual(Object.keys(all));
  });

  it("have no prototype, and a key __proto__ as any other", () => {
    const copy = scalarsOf(JSON.parse('{"__proto__": "x", "constructor": 1}'));
    expect(Object.getPrototypeOf(copy)).toBe(null);
    expect(Object.entries(copy)).toEqual([
      ["__proto__", "x"],
      ["constructor", 1],
    ]);
    expect("toString" in scalarsOf({})).toBe(false);
  });

  it("share no bytes with what they are made of", () => {
    const bytes = Buffer.from([1, 2]);
    const copy = scalarsOf({ bytes })["bytes"] as Uint8Array;
    bytes[0] = 9;
    expect(copy).toEqual(Uint8Array.of(1, 2));
    expect(copy.constructor).toBe(Uint8Array);
  });

  it.each<readonly [string, unknown]>([
    ["nothing", null],
    ["undefined", undefined],
    ["a text", "x"],
    ["a list", [1]],
    ["a value that is null", { x: null }],
    ["a value that is undefined", { x: undefined }],
    ["a value that is a list", { x: [1, 2] }],
    ["a value that is an object", { x: { y: 1 } }],
    ["a value that is a date", { x: new Date(0) }],
    ["a value that is a function", { x: () => 1 }],
    ["an array of other numbers", { x: Float32Array.of(1) }],
    ["an integer below int64", { x: -(2n ** 63n) - 1n }],
    ["an integer above uint64", { x: 2n ** 64n }],
    ["half of a surrogate pair", { x: "\ud800" }],
    ["half of a surrogate pair in a key", { "\udc00": 1 }],
  ])("are not %s", (_what, value) => {
    expect(() => scalarsOf(value)).toThrow(
      expect.objectContaining({ name: "FlError", code: "BAD_MESSAGE" }),
    );
  });

  it.each<readonly [string, Record<string, unknown>]>([
    ["too many", { a: 1, b: 2, c: 3 }],
    ["too long a text, in bytes", { a: "ääää" }],
    ["too long a key, in bytes", { ääää: 1 }],
    ["too many bytes", { a: new Uint8Array(8) }],
  ])("are refused for %s", (_what, value) => {
    const limits = { maxScalars: 2, maxScalarBytes: 7 };
    expect(() => scalarsOf(value, limits)).toThrow(
      expect.objectContaining({ name: "FlError", code: "LIMIT_EXCEEDED" }),
    );
    expect(() => scalarsOf({ a: "äää", bbbbbbb: new Uint8Array(7) }, limits)).not.toThrow();
  });

  it("are refused without telling a value", () => {
    expect(() => scalarsOf({ name: ["a patient"] })).toThrow(/^((?!a patient).)*$/);
  });
});
