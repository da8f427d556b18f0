import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../limits.js";
import type { Scalars } from "../message.js";
import { isWellFormed } from "../well-formed.js";
import { decodeScalars, encodeScalars } from "./scalars-json.js";

const throughJson = (scalars: Scalars, limits = DEFAULT_LIMITS) =>
  decodeScalars(JSON.parse(JSON.stringify(encodeScalars(scalars))), limits);

const text = fc.string({ unit: "binary" }).filter(isWellFormed);
const scalar = fc.oneof(
  fc.boolean(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  text,
  fc.uint8Array(),
);

describe("scalars as JSON", () => {
  it("come back as they were, of whatever type and key", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, scalar)), (entries) => {
        const scalars = Object.fromEntries(entries);
        const back = throughJson(scalars);
        expect(Object.keys(back)).toEqual(Object.keys(scalars));
        for (const [key, value] of Object.entries(scalars)) {
          expect(Object.is(back[key], value) || value instanceof Uint8Array).toBe(true);
          if (value instanceof Uint8Array)
            expect(new Uint8Array(back[key] as never)).toEqual(value);
        }
      }),
    );
  });

  it("keep a key that is the prototype's elsewhere", () => {
    const back = throughJson(Object.fromEntries([["__proto__", 1n]]));
    expect(Object.entries(back)).toEqual([["__proto__", 1n]]);
  });

  it.each([
    [{}],
    [[["a", "n"]]],
    [[["a", "n", "1"]]],
    [[["a", "n", null]]],
    [[["a", "i", 1]]],
    [[["a", "i", "0x1"]]],
    [[["a", "i", "18446744073709551616"]]],
    [[["a", "x", "a"]]],
    [[["a", "x", "!!!!"]]],
    [[["a", "b", 1]]],
    [[["a", "q", "1"]]],
    [[[1, "n", 1]]],
    [
      [
        ["a", "n", 1],
        ["a", "n", 2],
      ],
    ],
    [[["\ud800", "n", 1]]],
    [[["a", "s", "\ud800"]]],
  ])("are refused when they are %j", (value) => {
    expect(() => decodeScalars(value, DEFAULT_LIMITS)).toThrow(
      expect.objectContaining({ code: "BAD_MESSAGE" }),
    );
  });

  it("are refused when they are more than allowed", () => {
    const limits = { ...DEFAULT_LIMITS, maxScalars: 2, maxScalarBytes: 3 };
    expect(throughJson({ a: "abc", b: new Uint8Array(3) }, limits)).toMatchObject({ a: "abc" });
    const tooMuch = [
      { a: 1, b: 2, c: 3 },
      { a: "abcd" },
      { a: new Uint8Array(4) },
      { a: new Uint8Array(400) },
      { abcd: 1 },
    ];
    for (const scalars of tooMuch) {
      expect(() => throughJson(scalars, limits)).toThrow(
        expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
      );
    }
  });
});
