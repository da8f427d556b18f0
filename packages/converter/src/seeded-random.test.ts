import { describe, expect, it } from "vitest";
import { randomOfState, seededRandom, shuffled, splitMix64 } from "./seeded-random.js";

const take = <T>(count: number, next: () => T) => Array.from({ length: count }, next);

describe("xoshiro128**", () => {
  it("gives the outputs that the authors' code gives from 1, 2, 3, 4 (as in rand_xoshiro)", () => {
    expect(take(10, randomOfState([1, 2, 3, 4]).uint32)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it("is the same for the same seed, and another for another, above 32 bits too", () => {
    const of = (seed: number) => take(4, seededRandom(seed).uint32);
    expect(of(3)).toEqual(of(3));
    expect(new Set([0, 1, 2 ** 32, 2 ** 53 - 1].map((seed) => of(seed).join())).size).toBe(4);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses the seed %d", (seed) => {
    expect(() => seededRandom(seed)).toThrow(RangeError);
  });
});

describe("SplitMix64", () => {
  it("gives the published outputs for 1234567", () => {
    expect(take(5, splitMix64(1234567n))).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });
});

describe("what is made of the words", () => {
  it("below: each number is as likely as any other", () => {
    const random = seededRandom(1);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 60_000; i++) counts[random.below(6)]! += 1;
    // Standard deviation 91: five of them.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(460);
  });

  it("uniform: within (0, 1), with a mean of a half and a variance of a twelfth", () => {
    const random = seededRandom(2);
    const draws = take(100_000, random.uniform);
    expect(Math.min(...draws)).toBeGreaterThan(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length).toBeCloseTo(
      1 / 12,
      2,
    );
  });

  it("uniform: neither end, even if all bits are alike", () => {
    // After a state of zeros the generator gives zeros for ever.
    expect(randomOfState([0, 0, 0, 0]).uniform()).toBeGreaterThan(0);
  });

  it("shuffled: every order of three is as likely as any other, and the input stays", () => {
    const random = seededRandom(3);
    const input = ["a", "b", "c"];
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(input, random).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(input).toEqual(["a", "b", "c"]);
  });
});
