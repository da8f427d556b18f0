import { expect, it } from "vitest";
import { createRandom, sampleOf } from "./random.js";

it("repeats itself for the same seed, round and purpose, and for no other", () => {
  const ten = (seed: number, ...purpose: readonly (number | string)[]) => {
    const random = createRandom(seed, ...purpose);
    return Array.from({ length: 10 }, random);
  };
  expect(ten(1, 2, "fit")).toEqual(ten(1, 2, "fit"));
  const others: readonly [number, number, string][] = [
    [2, 2, "fit"],
    [1, 3, "fit"],
    [1, 2, "evaluate"],
  ];
  for (const other of others) expect(ten(...other)).not.toEqual(ten(1, 2, "fit"));
});

it("is uniform in [0, 1)", () => {
  const random = createRandom(5);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(random() * 10)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(450);
});

it("samples each choice as often as another, in the order of all", () => {
  const random = createRandom(3);
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const chosen = sampleOf(["a", "b", "c", "d"], 2, random).join("");
    seen.set(chosen, (seen.get(chosen) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual(["ab", "ac", "ad", "bc", "bd", "cd"]);
  for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
});

it("takes all if there are no more", () => {
  expect(sampleOf([1, 2], 5, createRandom(1))).toEqual([1, 2]);
});
