/**
 * The character sets of a data set's text.
 *
 * @module
 */
import { viewBytes } from "../byte-source.js";
import {
  type CharacterSets,
  DEFAULT_CHARACTER_SETS,
  decodeLatin1,
  parseCharacterSets,
} from "../character-set.js";
import { type Dataset, findElement } from "../dataset.js";
import { splitValues, trimPadding } from "../padding.js";

const SPECIFIC_CHARACTER_SET = 0x00080005;

/**
 * The character sets in force: those of the data set's own (0008,0005), else of the data set it is
 * an item of (PS3.3 C.12.1.1.2), else the default repertoire.
 *
 * {@link CharacterSets.unknown} tells what in (0008,0005) was not understood.
 */
export function characterSetsOf(dataset: Dataset): CharacterSets {
  let sets = known.get(dataset);
  if (sets === undefined) {
    sets = ownCharacterSets(dataset) ?? (dataset.parent && characterSetsOf(dataset.parent));
    sets ??= DEFAULT_CHARACTER_SETS;
    known.set(dataset, sets);
  }
  return sets;
}

/** Each text asks, and a data set may have a hundred thousand elements to look through. */
const known = new WeakMap<Dataset, CharacterSets>();

function ownCharacterSets(dataset: Dataset): CharacterSets | undefined {
  const element = findElement(dataset, SPECIFIC_CHARACTER_SET);
  if (element === undefined) return undefined;
  const bytes = viewBytes(dataset.source, element.valueOffset, element.valueLength);
  return parseCharacterSets(splitValues(trimPadding(decodeLatin1(bytes), "CS")));
}
