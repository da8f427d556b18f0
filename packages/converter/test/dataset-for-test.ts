/**
 * Data sets for the tests of this folder, by the way that files go: written, then read.
 *
 * @module
 */
import {
  type Dataset,
  type ElementInit,
  type ElementValueInit,
  IMPLICIT_VR_LITTLE_ENDIAN,
  readDataset,
  type TagNumber,
  type VR,
  writeDataset,
} from "@dsail/dicom-core";

/** A tag and its value; with a VR where the dictionary leaves a choice. */
export type ElementForTest = readonly [tag: TagNumber, value: ElementValueInit, vr?: VR];

/** Elements as items hold them. */
export function elementsOf(...elements: readonly ElementForTest[]): readonly ElementInit[] {
  return elements.map(([tag, value, vr]) =>
    vr === undefined ? { tag, value } : { tag, value, vr },
  );
}

/** A data set with these elements. */
export function datasetForTest(
  elements: readonly ElementForTest[],
  transferSyntaxUid: string = IMPLICIT_VR_LITTLE_ENDIAN,
): Dataset {
  const bytes = writeDataset(elementsOf(...elements), { transferSyntaxUid });
  return readDataset(bytes, transferSyntaxUid).dataset;
}

/** The bytes of 16-bit words in little endian, negative ones in two's complement. */
export function bytesOfWords(...words: readonly number[]): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [word & 0xff, (word >> 8) & 0xff]));
}
