import { describe, expect, it } from "vitest";
import { uniformOfWords } from "./random-source.js";
import { seededRandomForTestsOnly } from "./seeded-random.js";
import { uniformBigIntBelow, uniformIntegerBelow } from "./uniform-integer.js";

describe("uniformOfWords", () => {
  it("reaches 1 and 2^-53, and never 0", () => {
    expect(uniformOfWords(0, 0)).toBe(2 ** -53);
    expect(uniformOfWords(0xffff_ffff, 0xffff_ffff)).toBe(1);
  });
});

describe("seededRandomForTestsOnly", () => {
  it("repeats itself for one seed, and no other", () => {
    const ten = (seed: number) => {
      const words = new Uint32Array(10);
      seededRandomForTestsOnly(seed).fill(words);
      return words;
    };
    expect(ten(5)).toEqual(ten(5));
    expect(ten(5)).not.toEqual(ten(6));
    expect(() => seededRandomForTestsOnly(0.5)).toThrow(/seed: expected an integer/);
  });
});

describe("uniform integers", () => {
  it.each([1, 2, 3, 7, 10])("below %i are each as likely", (bound) => {
    const random = seededRandomForTestsOnly(11);
    const counts = Array.from({ length: bound }, () => 0);
    for (let i = 0; i < 10_000 * bound; i++) counts[uniformIntegerBelow(bound, random)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it("reach both ends of long ranges, and not the bound", () => {
    const random = seededRandomForTestsOnly(12);
    const bound = 3n << 100n;
    const thirds = [0, 0, 0];
    for (let i = 0; i < 3000; i++) thirds[Number(uniformBigIntBelow(bound, random) >> 100n)]!++;
    expect(thirds).toHaveLength(3);
    for (const count of thirds) expect(Math.abs(count - 1000)).toBeLessThan(130);
    const end = 2 ** 53;
    expect(uniformIntegerBelow(end, { fill: () => {}, uniform: () => 1 })).toBe(end - 1);
    expect(uniformIntegerBelow(end, { fill: () => {}, uniform: () => 2 ** -53 })).toBe(0);
  });
});
