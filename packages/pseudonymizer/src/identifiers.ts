/**
 * The words by which somebody is identified anywhere in a data set: they are to be left nowhere.
 *
 * @module
 */
import { type Dataset, type TagNumber, vrOfTag } from "@dsail/dicom-core";
import { textValues } from "./element-text.js";
import { wordsOf } from "./fold.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";

/** VRs that hold names, numbers and addresses. */
const VRS: ReadonlySet<string> = new Set(["AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"]);

/** Attributes that identify: rows of Table E.1-1 that are no descriptors, which Clean Descriptors would clean. */
let identifying: ReadonlySet<TagNumber> | undefined;

/**
 * The words of all identifiers of a data set, at any depth, folded. Words of one character tell nobody.
 *
 * @param given - words that identify besides
 */
export function identifiersOf(dataset: Dataset, given: Iterable<string> = []): ReadonlySet<string> {
  identifying ??= new Set(
    ANNEX_E_ROWS.filter(({ basic, options }) => basic !== "U" && !("cleanDescriptors" in options))
      .map(({ tag }) => tag)
      .filter((tag) => VRS.has(vrOfTag(tag) ?? "")),
  );
  const words = new Set<string>();
  for (const text of given) for (const word of wordsOf(text)) words.add(word);
  collect(dataset, identifying, words);
  for (const word of words) if (word.length === 1) words.delete(word);
  return words;
}

function collect(dataset: Dataset, identifying: ReadonlySet<TagNumber>, words: Set<string>): void {
  for (const element of dataset.elements) {
    if (element.items !== undefined) {
      for (const item of element.items) collect(item, identifying, words);
    } else if (element.vr === "PN" || identifying.has(element.tag)) {
      for (const value of textValues(dataset, element) ?? []) {
        for (const word of wordsOf(value)) words.add(word);
      }
    }
  }
}
