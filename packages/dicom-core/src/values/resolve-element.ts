/**
 * What a reading function is asked about: an element at hand, or a tag to look up.
 *
 * @module
 */
import type { DataElement } from "../data-element.js";
import { type Dataset, findElement } from "../dataset.js";
import { DicomError } from "../errors.js";
import { formatTag, type TagNumber } from "../tag.js";
import type { VR } from "../vr.js";

/** An element of the data set, or the tag of one. */
export type ElementOrTag = DataElement | TagNumber;

/** The element itself, or the first one with the tag; undefined if the data set has none. */
export function resolveElement(dataset: Dataset, element: ElementOrTag): DataElement | undefined {
  return typeof element === "number" ? findElement(dataset, element) : element;
}

/** The refusal to read an element as what its VR is not. */
export function vrMismatch(element: DataElement, vr: VR, expected: string): DicomError {
  return new DicomError("BAD_VR", `expected ${expected}, got VR ${vr}`, {
    at: formatTag(element.tag),
    byteOffset: element.byteOffset,
  });
}
