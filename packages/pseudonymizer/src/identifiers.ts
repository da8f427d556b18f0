/**
 * The words by which somebody is identified anywhere in a data set: they are to be left nowhere.
 *
 * @module
 */
import { type DataElement, type Dataset, type TagNumber, vrOfTag } from "@dsail/dicom-core";
import type { TableOption } from "./action.js";
import { textsOrBytes } from "./element-text.js";
import { wordsOf } from "./fold.js";
import { ANNEX_E_ROWS, type AnnexERow } from "./generated/annex-e.js";

/** VRs that hold names, numbers and addresses. */
const VRS: ReadonlySet<string> = new Set(["AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"]);

/** Finds the words by which somebody is identified in a data set, folded. */
export type IdentifiersOf = (dataset: Dataset) => ReadonlySet<string>;

/**
 * Makes the function. Words of one character tell nobody.
 *
 * Identifying are names, and what Table E.1-1 names and Clean Descriptors would not clean; but not what an option keeps,
 * or cleans in its own place.
 *
 * @param given - texts that identify besides
 */
export function createIdentifiersOf(
  options: ReadonlySet<TableOption>,
  given: readonly string[] = [],
): IdentifiersOf {
  const isChosen = (row: AnnexERow) =>
    (Object.keys(row.options) as TableOption[]).some((option) => options.has(option));
  const identifying = new Set(
    ANNEX_E_ROWS.filter((row) => row.basic !== "U" && !isChosen(row))
      .filter((row) => !("cleanDescriptors" in row.options) && VRS.has(vrOfTag(row.tag) ?? ""))
      .map(({ tag }) => tag),
  );
  return (dataset) => {
    const words = new Set<string>();
    for (const text of given) {
      for (const word of wordsOf(text)) words.add(word);
      words.add(wordsOf(text).join(""));
    }
    collect(dataset, identifying, words);
    for (const word of words) if (word.length < 2) words.delete(word);
    return words;
  };
}

function isName({ tag, vr }: DataElement): boolean {
  return vr === "PN" || vrOfTag(tag) === "PN";
}

function collect(dataset: Dataset, identifying: ReadonlySet<TagNumber>, words: Set<string>): void {
  for (const element of dataset.elements) {
    if (element.items !== undefined) {
      for (const item of element.items) collect(item, identifying, words);
    } else if (isName(element) || identifying.has(element.tag)) {
      for (const value of textsOrBytes(dataset, element)) {
        const found = wordsOf(value);
        for (const word of found) words.add(word);
        // However it is set apart: 12-34/A is 1234A as well.
        if (found.length > 1) words.add(found.join(""));
      }
    }
  }
}

/** The shortest word that is looked for within others. */
const MIN_PART = 3;

/**
 * Whether a text that is to stay as it is names somebody: an identifier occurs in it, also joined to something else, or
 * so many digits in a row that they may be a date, a telephone number or a number of a file.
 */
export function namesSomebody(text: string, identifiers: ReadonlySet<string>): boolean {
  if (/\d{6}/.test(text)) return true;
  const words = wordsOf(text);
  if (words.some((word) => identifiers.has(word))) return true;
  const joined = words.join("");
  for (const identifier of identifiers) {
    if (identifier.length >= MIN_PART && joined.includes(identifier)) return true;
  }
  return false;
}
