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
  for (let scope: Dataset | undefined = dataset; scope !== undefined; scope = scope.parent) {
    const element = findElement(scope, SPECIFIC_CHARACTER_SET);
    if (element === undefined) continue;
    const bytes = viewBytes(scope.source, element.valueOffset, element.valueLength);
    return parseCharacterSets(splitValues(trimPadding(decodeLatin1(bytes), "CS")));
  }
  return DEFAULT_CHARACTER_SETS;
}
