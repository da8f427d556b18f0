import { expect, it } from "vitest";
import { createScratch } from "./scratch.js";

it("gives zeros, and the same memory again once it was taken back", () => {
  const { zeros, takeBack } = createScratch();
  const [first, second] = [zeros(3).fill(7), zeros(3).fill(8)];
  expect(first.buffer).not.toBe(second.buffer);
  takeBack();
  const again = [zeros(3), zeros(3), zeros(3)];
  expect(again.map((array) => [...array])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
  expect(new Set(again.map(({ buffer }) => buffer)).size).toBe(3);
  expect(again.filter((array) => array === first || array === second)).toHaveLength(2);
  expect(zeros(4)).toHaveLength(4);
});
