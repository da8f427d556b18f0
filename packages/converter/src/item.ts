/**
 * What is split: an item, and the group of which it may not be parted.
 *
 * @module
 */
import { ConverterError } from "./errors.js";

/** One example, a slice for instance. */
export interface Item {
  /** Its own, such as a path. */
  readonly id: string;
  /** Its class. */
  readonly label: string;
  /** What has to stay together: the patient, by a pseudonym. */
  readonly group: string;
}

/** All items of one group. */
export interface Group {
  readonly name: string;
  /** How many items it has of each label. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * The groups of items, in order of their names, so that the order of the items does not matter.
 *
 * @throws {@link ConverterError} `DUPLICATE_ITEM`
 */
export function groupsOf(items: readonly Item[]): readonly Group[] {
  const ids = new Set<string>();
  const groups = new Map<string, Map<string, number>>();
  for (const { id, label, group } of items) {
    if (ids.has(id)) throw new ConverterError("DUPLICATE_ITEM", "items: two have one id");
    ids.add(id);
    const counts = groups.get(group) ?? new Map<string, number>();
    groups.set(group, counts);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...groups]
    .map(([name, counts]) => ({ name, counts: new Map([...counts].sort(byName)) }))
    .sort((a, b) => byName([a.name], [b.name]));
}

/** How many items there are of each label, in order of the labels. */
export function labelTotals(groups: readonly Group[]): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const { counts } of groups) {
    for (const [label, count] of counts) totals.set(label, (totals.get(label) ?? 0) + count);
  }
  return new Map([...totals].sort(byName));
}

/** By code units, as no locale does: the order is the same on every machine. */
function byName(
  [a]: readonly [string, ...unknown[]],
  [b]: readonly [string, ...unknown[]],
): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
