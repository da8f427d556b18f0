/**
 * What differs between our reading of a file and the oracle's, and which reason each difference
 * has.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type {
  CanonicalElement,
  CanonicalJson,
  CanonicalJsonElement,
  OurElement,
} from "./canonical-values.js";

/** An element that is not the same on both sides; undefined where one side has none. */
export interface Difference<Ours, Theirs> {
  readonly file: string;
  readonly path: string;
  readonly ours: Ours | undefined;
  readonly theirs: Theirs | undefined;
}

export type ValueDifference = Difference<OurElement, CanonicalElement>;
export type JsonDifference = Difference<CanonicalJsonElement, CanonicalJsonElement>;

/** A class of differences that are meant to be. */
export interface Deviation<D> {
  readonly name: string;
  /** Why ours is not theirs. */
  readonly reason: string;
  readonly covers: (difference: D) => boolean;
}

/** What a comparison came to. */
export interface Comparison<D> {
  /** Elements compared. */
  readonly count: number;
  readonly differences: readonly D[];
}

/** Compares elements by path; of those with one path the last, since pydicom keeps that. */
export function compareValues(
  file: string,
  ours: Iterable<OurElement>,
  theirs: Iterable<CanonicalElement>,
): Comparison<ValueDifference> {
  const [ourMap, theirMap] = [byPath(ours), byPath(theirs)];
  const paths = new Set([...ourMap.keys(), ...theirMap.keys()]);
  const differences: ValueDifference[] = [];
  for (const path of paths) {
    const difference = { file, path, ours: ourMap.get(path), theirs: theirMap.get(path) };
    if (!isSame(difference)) differences.push(difference);
  }
  return { count: paths.size, differences };
}

function byPath<E extends CanonicalElement>(elements: Iterable<E>): Map<string, E> {
  return new Map(Array.from(elements, (element) => [element.path, element]));
}

function isSame({ ours, theirs }: ValueDifference): boolean {
  if (ours === undefined || theirs === undefined || ours.vr !== theirs.vr) return false;
  // The oracle has the bytes of a value where it has not read it as a sequence at once.
  const isSameField = theirs.raw === null || isDeepStrictEqual(ours.raw, theirs.raw);
  return isSameField && isDeepStrictEqual(ours.value, theirs.value);
}

/** Compares two data sets in the JSON model, element by element, sequences item by item. */
export function compareJson(
  file: string,
  ours: CanonicalJson,
  theirs: CanonicalJson,
  prefix = "",
): Comparison<JsonDifference> {
  const tags = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const differences: JsonDifference[] = [];
  let count = tags.size;
  for (const tag of tags) {
    const path = prefix + tag;
    const [our, their] = [ours[tag], theirs[tag]];
    const items = pairsOfItems(our, their);
    if (items === undefined && !isDeepStrictEqual(our, their)) {
      differences.push({ file, path, ours: our, theirs: their });
    }
    for (const [i, [ourItem, theirItem]] of (items ?? []).entries()) {
      const inner = compareJson(file, ourItem, theirItem, `${path}[${i}].`);
      differences.push(...inner.differences);
      count += inner.count;
    }
  }
  return { count, differences };
}

/** The items of two sequences of one length, pair by pair. */
function pairsOfItems(
  ours: CanonicalJsonElement | undefined,
  theirs: CanonicalJsonElement | undefined,
): readonly (readonly [CanonicalJson, CanonicalJson])[] | undefined {
  if (ours?.vr !== "SQ" || theirs?.vr !== "SQ") return undefined;
  const [ourItems, theirItems] = [ours.Value, theirs.Value] as (CanonicalJson[] | undefined)[];
  if (ourItems === undefined || ourItems.length !== theirItems?.length) return undefined;
  return ourItems.map((item, i) => [item, theirItems[i] as CanonicalJson]);
}

/** Differences by the deviation that covers them; under `undefined` those that none does. */
export function explain<D>(
  differences: readonly D[],
  deviations: readonly Deviation<D>[],
): ReadonlyMap<Deviation<D> | undefined, readonly D[]> {
  const classes = new Map<Deviation<D> | undefined, D[]>();
  for (const difference of differences) {
    const deviation = deviations.find(({ covers }) => covers(difference));
    const found = classes.get(deviation);
    if (found === undefined) classes.set(deviation, [difference]);
    else found.push(difference);
  }
  return classes;
}
