/**
 * Values as bytes.
 *
 * @module
 */
import { swapBytes } from "../byte-order.js";
import { viewBytes } from "../byte-source.js";
import type { Dataset } from "../dataset.js";
import { effectiveVR, isLittleEndian } from "./effective-vr.js";
import { type ElementOrTag, resolveElement } from "./resolve-element.js";

/**
 * The value field as it lies in the source, whatever the VR: a view, not a copy, and in the byte
 * order of the data set's encoding. Encapsulated pixel data comes with the headers of its
 * fragments.
 *
 * @returns undefined if the data set has no such element
 * @throws {@link DicomError} `NOT_LOADED` if the value was skipped when the header was read
 */
export function readBytes(dataset: Dataset, element: ElementOrTag): Uint8Array | undefined {
  const found = resolveElement(dataset, element);
  if (found === undefined) return undefined;
  return viewBytes(dataset.source, found.valueOffset, found.valueLength);
}

/**
 * The value field in little endian: a view, or a copy with its words turned round if the source is
 * big endian (PS3.5 7.3: the unit is that of the VR, 2 bytes in OW).
 *
 * @returns undefined if the data set has no such element
 * @throws {@link DicomError} `NOT_LOADED` as {@link readBytes}
 */
export function readLittleEndianBytes(
  dataset: Dataset,
  element: ElementOrTag,
): Uint8Array | undefined {
  const found = resolveElement(dataset, element);
  if (found === undefined) return undefined;
  const bytes = viewBytes(dataset.source, found.valueOffset, found.valueLength);
  if (isLittleEndian(dataset, found) || found.encapsulated) return bytes;
  return swapBytes(effectiveVR(dataset, found), bytes);
}
