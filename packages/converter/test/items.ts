/**
 * Items to be divided, as fast-check makes them.
 *
 * @module
 */
import fc from "fast-check";
import type { Item } from "../src/item.js";

/** Items of groups, of `sizes` items each. */
export function itemsOf(
  groups: readonly { readonly labels: readonly string[] }[],
): readonly Item[] {
  return groups.flatMap(({ labels }, g) =>
    labels.map((label, i) => ({ id: `${g}/${i}`, label, group: `patient ${g}` })),
  );
}

/** Groups of one label each. */
export const pureItems: fc.Arbitrary<readonly Item[]> = fc
  .array(
    fc.record({ label: fc.constantFrom("a", "b", "c"), size: fc.integer({ min: 1, max: 9 }) }),
    { minLength: 1, maxLength: 60 },
  )
  .map((groups) =>
    itemsOf(groups.map(({ label, size }) => ({ labels: Array<string>(size).fill(label) }))),
  );

/** Groups whose items may have different labels. */
export const mixedItems: fc.Arbitrary<readonly Item[]> = fc
  .array(
    fc.record({
      labels: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map(itemsOf);

/** Three fractions that sum to 1; some may be 0. */
export const fractions: fc.Arbitrary<{ train: number; valid: number; test: number }> = fc
  .tuple(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 1, max: 10 }),
  )
  .map(([a, b, c]) => {
    const sum = a + b + c;
    return { train: a / sum, valid: b / sum, test: c / sum };
  });

export const seeds: fc.Arbitrary<number> = fc.maxSafeNat();

/** The same items in another order, chosen by `keys`. */
export function reordered<T>(items: readonly T[], keys: readonly number[]): readonly T[] {
  return items
    .map((item, i) => [keys[i % keys.length] ?? 0, item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
    .reverse();
}

/** How many items of each label, and how many its largest group has. */
export function countLabels(
  items: readonly Item[],
): ReadonlyMap<string, { readonly total: number; readonly largest: number }> {
  return new Map(
    [...new Set(items.map(({ label }) => label))].map((label) => {
      const own = items.filter((item) => item.label === label);
      const sizes = new Map<string, number>();
      for (const { group } of own) sizes.set(group, (sizes.get(group) ?? 0) + 1);
      return [label, { total: own.length, largest: Math.max(...sizes.values()) }];
    }),
  );
}
