/**
 * Gives each group, as a whole, to one of several parts, so that each part gets about what it should have of each label.
 *
 * The groups come by strata (those of the same labels), within a stratum in random order, and each goes to the part that lacks
 * most of what the group has. If every group has one label,
 * no part ends further from its target, for any label, than the largest group of that label is large. Too much: together the parts
 * never lack less than nothing, so the part that lacks most had room when it got its last group. Too little: if part p lacks more
 * than a group at the end, some part q has too much; when q got its last group it lacked less than that group's size, and p lacked
 * more: the group would have gone to p. Groups of several labels are stratified as well as this order can (the idea is that of
 * Sechidis, Tsoumakas & Vlahavas, ECML PKDD 2011).
 *
 * @module
 */
import type { Group } from "./item.js";
import { type SeededRandom, shuffled } from "./seeded-random.js";

/** How many items of a label each part should have; not whole numbers. */
export type Targets = ReadonlyMap<string, readonly number[]>;

/** Below this, what two parts lack is the same: sums of fractions are not exact. */
const TOLERANCE = 1e-9;

/**
 * @param targets - for each label, one number a part, summing to the items of that label
 * @returns the index of the part, for each name of a group
 */
export function assignGroups(
  groups: readonly Group[],
  targets: Targets,
  random: SeededRandom,
): ReadonlyMap<string, number> {
  const totals = new Map(
    [...targets].map(([label, parts]) => [label, parts.reduce((sum, part) => sum + part, 0)]),
  );
  const parts = [...targets.values()][0]?.length ?? 0;
  const none = () => Array.from({ length: parts }, () => 0);
  const lacking = new Map<string, number[]>([...targets].map(([label]) => [label, none()]));
  const overall = none();
  const assigned = new Map<string, number>();
  for (const stratum of strataOf(shuffled(groups, random))) {
    // What this stratum brings is to be shared; what the strata before it left uneven, to be made up for.
    for (const { counts } of stratum) {
      for (const [label, count] of counts) {
        targets.get(label)?.forEach((target, part) => {
          const share = (target / (totals.get(label) ?? 1)) * count;
          add(lacking.get(label), part, share);
          add(overall, part, share);
        });
      }
    }
    for (const { name, counts } of stratum) {
      const lacks = none().map((_, part) => {
        let lack = 0;
        for (const [label, count] of counts) {
          lack += (count * (lacking.get(label)?.[part] ?? 0)) / (totals.get(label) ?? 1);
        }
        return lack;
      });
      const most = Math.max(...lacks) - TOLERANCE;
      // Parts that lack the same of the labels differ in what they lack of all.
      let best = lacks.findIndex((lack) => lack >= most);
      for (let part = best + 1; part < parts; part++) {
        const isEqual = (lacks[part] ?? 0) >= most;
        if (isEqual && (overall[part] ?? 0) > (overall[best] ?? 0) + TOLERANCE) best = part;
      }
      assigned.set(name, best);
      for (const [label, count] of counts) {
        add(lacking.get(label), best, -count);
        add(overall, best, -count);
      }
    }
  }
  return assigned;
}

/** Groups of the same labels together, in the order they have; most labels first, since groups of one can make up for others. */
function strataOf(groups: readonly Group[]): readonly (readonly Group[])[] {
  const strata = new Map<string, Group[]>();
  for (const group of groups) {
    const key = JSON.stringify([...group.counts.keys()]);
    const stratum = strata.get(key) ?? [];
    strata.set(key, stratum);
    stratum.push(group);
  }
  return [...strata]
    .sort(([a, [one]], [b, [other]]) => {
      const fewer = (other?.counts.size ?? 0) - (one?.counts.size ?? 0);
      return fewer !== 0 ? fewer : a < b ? -1 : 1;
    })
    .map(([, stratum]) => stratum);
}

function add(row: number[] | undefined, part: number, amount: number): void {
  if (row !== undefined) row[part] = (row[part] ?? 0) + amount;
}
