import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isConverterError } from "../src/errors.js";
import type { Item } from "../src/item.js";
import { type Fractions, splitItems } from "../src/split.js";
import {
  countLabels,
  fractions,
  itemsOf,
  mixedItems,
  pureItems,
  reordered,
  seeds,
} from "./items.js";

/** The split, or nothing if it is refused for lack of groups. */
function splitOrRefuse(items: readonly Item[], of: Fractions, seed: number) {
  try {
    return splitItems(items, { fractions: of, seed });
  } catch (error) {
    if (isConverterError(error) && error.code === "SPLIT_IMPOSSIBLE") return undefined;
    throw error;
  }
}

describe("splitItems", () => {
  it("is complete, in the items' order, with every group in one split and no wanted split empty", () => {
    let split = 0;
    fc.assert(
      fc.property(fc.oneof(pureItems, mixedItems), fractions, seeds, (items, of, seed) => {
        const result = splitOrRefuse(items, of, seed);
        if (result === undefined) return;
        split += 1;
        expect(result.map(({ split: _, ...item }) => item)).toEqual(items);
        const splitOf = new Map(result.map((item) => [item.group, item.split]));
        for (const item of result) expect(splitOf.get(item.group)).toBe(item.split);
        const wanted = Object.entries(of).filter(([, fraction]) => fraction > 0);
        expect(new Set(result.map((item) => item.split))).toEqual(new Set(wanted.map(([k]) => k)));
      }),
    );
    expect(split).toBeGreaterThan(30); // not all were refused
  });

  it("is the same whatever the order of the items", () => {
    fc.assert(
      fc.property(
        fc.oneof(pureItems, mixedItems),
        fractions,
        seeds,
        fc.array(fc.integer(), { minLength: 1 }),
        (items, of, seed, keys) => {
          const sorted = (list: readonly Item[]) =>
            splitOrRefuse(list, of, seed)?.toSorted((a, b) => (a.id < b.id ? -1 : 1));
          expect(sorted(reordered(items, keys))).toEqual(sorted(items));
        },
      ),
    );
  });

  it("keeps to the fractions within one group for each label, if groups have one label", () => {
    fc.assert(
      fc.property(pureItems, fractions, seeds, (items, of, seed) => {
        const result = splitOrRefuse(items, of, seed);
        if (result === undefined) return;
        for (const [label, { total, largest }] of countLabels(items)) {
          for (const [split, fraction] of Object.entries(of)) {
            const count = result.filter((i) => i.label === label && i.split === split).length;
            expect(Math.abs(count - fraction * total)).toBeLessThan(largest + 1e-6);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps all labels of mixed groups near to the fractions", () => {
    const groups = Array.from({ length: 200 }, (_, i) => ({
      labels: i % 2 === 0 ? ["a", "a", "b"] : i % 3 === 0 ? ["b", "c"] : ["c"],
    }));
    const items = itemsOf(groups);
    const of = { train: 0.7, valid: 0.2, test: 0.1 };
    const result = splitItems(items, { fractions: of, seed: 3 });
    for (const [label, { total }] of countLabels(items)) {
      for (const [split, fraction] of Object.entries(of)) {
        const count = result.filter((i) => i.label === label && i.split === split).length;
        expect(Math.abs(count / total - fraction)).toBeLessThan(0.02);
      }
    }
  });

  it("gives every group a chance at every split, by its fraction", () => {
    const items = itemsOf(Array.from({ length: 10 }, () => ({ labels: ["a"] })));
    const inTest = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      for (const { group, split } of splitItems(items, {
        fractions: { train: 0.7, valid: 0.2, test: 0.1 },
        seed,
      })) {
        if (split === "test") inTest.set(group, (inTest.get(group) ?? 0) + 1);
      }
    }
    expect(inTest.size).toBe(10);
    for (const count of inTest.values()) expect(Math.abs(count - 200)).toBeLessThan(70);
  });
});
