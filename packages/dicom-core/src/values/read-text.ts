/**
 * Values of the VRs that are text, DS and IS among them.
 *
 * @module
 */
import { viewBytes } from "../byte-source.js";
import { DEFAULT_CHARACTER_SETS, decodeText } from "../character-set.js";
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import { splitValues, trimPadding } from "../padding.js";
import { type VR, VRS } from "../vr.js";
import { characterSetsOf } from "./character-sets-of.js";
import { effectiveVR } from "./effective-vr.js";
import { type ElementOrTag, resolveElement, vrMismatch } from "./resolve-element.js";

/**
 * The values of a text element, without padding; none if the element is absent, empty, or all
 * padding.
 *
 * LT, ST, UR and UT have one value, in which a backslash is a character (PS3.5 6.4).
 *
 * @throws {@link DicomError} `BAD_VR` if the VR is not text, `NOT_LOADED` if the value was skipped
 */
export function readStrings(dataset: Dataset, element: ElementOrTag): readonly string[] {
  const found = resolveElement(dataset, element);
  if (found === undefined) return [];
  const vr = effectiveVR(dataset, found);
  const text = decodeField(dataset, found, vr);
  if (!VRS[vr].multiValued) return text === "" ? [] : [text];
  return splitValues(text).map((value) => trimPadding(value, vr));
}

/**
 * The text of a text element as a whole, several values with backslashes between them.
 *
 * @returns undefined if the data set has no such element, an empty text if it has one without value
 * @throws {@link DicomError} as {@link readStrings}
 */
export function readText(dataset: Dataset, element: ElementOrTag): string | undefined {
  const found = resolveElement(dataset, element);
  return found === undefined ? undefined : readStrings(dataset, found).join("\\");
}

function decodeField(dataset: Dataset, element: DataElement, vr: VR): string {
  const { kind, usesCharacterSet } = VRS[vr];
  if (kind !== "text") throw vrMismatch(element, vr, "text");
  const bytes = viewBytes(dataset.source, element.valueOffset, element.valueLength);
  const sets = usesCharacterSet ? characterSetsOf(dataset) : DEFAULT_CHARACTER_SETS;
  // Decoded first, split afterwards: a 0x5C may be half of a character.
  return trimPadding(decodeText(bytes, sets, vr), vr);
}
