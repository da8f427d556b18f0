import { describe, expect, it } from "vitest";
import type { Item } from "./item.js";
import { splitItems } from "./split.js";

const items: readonly Item[] = Array.from({ length: 30 }, (_, i) => ({
  id: String(i),
  label: i < 20 ? "healthy" : "ill",
  group: `patient ${i}`,
}));
const fractions = { train: 0.7, valid: 0.2, test: 0.1 };

describe("splitItems", () => {
  it("divides each label by the fractions exactly, where that is possible", () => {
    const result = splitItems(items, { fractions, seed: 3 });
    const count = (label: string, split: string) =>
      result.filter((item) => item.label === label && item.split === split).length;
    expect(["train", "valid", "test"].map((split) => count("healthy", split))).toEqual([14, 4, 2]);
    expect(["train", "valid", "test"].map((split) => count("ill", split))).toEqual([7, 2, 1]);
  });

  it("differs with the seed", () => {
    const of = (seed: number) => JSON.stringify(splitItems(items, { fractions, seed }));
    expect(of(3)).toBe(of(3));
    expect(of(3)).not.toBe(of(4));
  });

  it("has the fractions and the seed of D-SAIL if none are given", () => {
    expect(splitItems(items)).toEqual(splitItems(items, { fractions, seed: 3 }));
  });

  it("leaves a split of fraction 0 empty", () => {
    const result = splitItems(items, { fractions: { train: 1, test: 0 }, seed: 3 });
    expect(new Set(result.map(({ split }) => split))).toEqual(new Set(["train"]));
  });

  it.each([{ train: 0.7, valid: 0.2 }, { train: 1.1, valid: -0.1 }, { train: Number.NaN }, {}])(
    "refuses the fractions %j",
    (bad) => {
      expect(() =>
        splitItems(items, { fractions: bad as Record<string, number>, seed: 3 }),
      ).toThrow(expect.objectContaining({ code: "BAD_FRACTIONS" }));
    },
  );

  it("refuses fewer groups than splits, and fractions too small for the groups", () => {
    const few = items.slice(0, 2);
    expect(() => splitItems(few, { fractions, seed: 3 })).toThrow(
      expect.objectContaining({
        code: "SPLIT_IMPOSSIBLE",
        message: "3 splits need as many groups, and there are 2",
      }),
    );
    expect(() => splitItems(items.slice(0, 4), { fractions, seed: 3 })).toThrow(
      expect.objectContaining({
        code: "SPLIT_IMPOSSIBLE",
        message: 'the split "test" would be empty: a fraction of 0.1 is too little of 4 groups',
      }),
    );
  });

  it("refuses no items, and two of one id", () => {
    const one = items[0] as Item;
    expect(() => splitItems([], { fractions, seed: 3 })).toThrow(
      expect.objectContaining({ code: "SPLIT_IMPOSSIBLE" }),
    );
    expect(() => splitItems([...items, one], { fractions, seed: 3 })).toThrow(
      expect.objectContaining({ code: "DUPLICATE_ITEM" }),
    );
  });
});
