/**
 * Divides items into training, validation and test sets, with no group (patient) in two of them.
 *
 * @module
 */
import { assignGroups } from "./assign-groups.js";
import { ConverterError } from "./errors.js";
import { assertFractions } from "./fractions.js";
import { groupsOf, type Item, labelTotals } from "./item.js";
import { seededRandom } from "./seeded-random.js";

/** Shares of the items, in [0, 1], by the names of the splits. They sum to 1. */
export type Fractions<Split extends string = string> = Readonly<Record<Split, number>>;

/** The splits that D-SAIL has. */
export const DEFAULT_FRACTIONS: Fractions<DefaultSplit> = { train: 0.7, valid: 0.2, test: 0.1 };

/** D-SAIL's seed. Its divisions are others: it shuffles files, not patients. */
export const DEFAULT_SEED = 3;

/** The splits of {@link SplitOptions.fractions} by default. */
export type DefaultSplit = "train" | "valid" | "test";

export interface SplitOptions<Split extends string = string> {
  /** The splits and their shares. Default `{ train: 0.7, valid: 0.2, test: 0.1 }`, as D-SAIL has them. */
  readonly fractions?: Fractions<Split>;
  /** Which of the possible divisions: an integer in [0, 2^53). Default 3, as D-SAIL has it. */
  readonly seed?: number;
}

/** An item, and where it belongs. */
export type InSplit<T extends Item, Split extends string = string> = T & { readonly split: Split };

/**
 * Divides items into splits: every item is in one, every group wholly in one, and each label by the fractions as well as whole
 * groups allow. If every group has one label, each split has of each label as many items as its fraction says, give or take
 * fewer than the largest group of that label has.
 *
 * The same items, in whatever order, with the same options give the same splits. The result has the order of `items`.
 *
 * @throws {@link ConverterError} `BAD_FRACTIONS`; `DUPLICATE_ITEM`; `SPLIT_IMPOSSIBLE` if a split whose fraction is not 0 would
 * be empty
 */
export function splitItems<T extends Item, Split extends string = DefaultSplit>(
  items: readonly T[],
  { fractions, seed = DEFAULT_SEED }: SplitOptions<Split> = {},
): readonly InSplit<T, Split>[] {
  const all = Object.entries(fractions ?? DEFAULT_FRACTIONS) as [Split, number][];
  assertFractions(
    "fractions",
    all.map(([, fraction]) => fraction),
  );
  const wanted = all.filter(([, fraction]) => fraction > 0);
  const groups = groupsOf(items);
  const names = wanted.map(([name]) => name);
  if (groups.length < names.length) {
    throw new ConverterError(
      "SPLIT_IMPOSSIBLE",
      `${names.length} splits need as many groups, and there are ${groups.length}`,
    );
  }
  const targets = new Map(
    [...labelTotals(groups)].map(([label, total]) => [
      label,
      wanted.map(([, fraction]) => fraction * total),
    ]),
  );
  const assigned = assignGroups(groups, targets, seededRandom(seed));
  const used = new Set(assigned.values());
  const empty = names.findIndex((_, part) => !used.has(part));
  if (empty !== -1) {
    throw new ConverterError(
      "SPLIT_IMPOSSIBLE",
      `the split ${JSON.stringify(names[empty])} would be empty: a fraction of ${wanted[empty]?.[1]} is too little of ${groups.length} groups`,
    );
  }
  return items.map((item) => ({ ...item, split: names[assigned.get(item.group) ?? 0] as Split }));
}
