/**
 * Values of PN.
 *
 * @module
 */
import type { Dataset } from "../dataset.js";
import { type PersonName, parsePersonName } from "../person-name.js";
import { effectiveVR } from "./effective-vr.js";
import { readStrings } from "./read-text.js";
import { type ElementOrTag, resolveElement, vrMismatch } from "./resolve-element.js";

/**
 * The names in a PN element; none if it is absent or empty.
 *
 * @throws {@link DicomError} `BAD_VR` for any other VR, `NOT_LOADED`
 */
export function readPersonNames(dataset: Dataset, element: ElementOrTag): readonly PersonName[] {
  const found = resolveElement(dataset, element);
  if (found === undefined) return [];
  const vr = effectiveVR(dataset, found);
  if (vr !== "PN") throw vrMismatch(found, vr, "VR PN");
  return readStrings(dataset, found).map(parsePersonName);
}
