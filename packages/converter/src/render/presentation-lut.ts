/**
 * The presentation transformation as a table: to P-values, of which equal steps look equal (PS3.3 C.11.6.1, 2025b).
 *
 * @module
 */
import type { Dataset } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { itemOf } from "./functional-group.js";
import { type LookupTable, readLookupTable } from "./lut-descriptor.js";

/**
 * Reads the Presentation LUT Sequence.
 *
 * @returns undefined if there is none
 * @throws {@link DicomError} `BAD_VALUE` if the table is malformed
 */
export function readPresentationLut(dataset: Dataset): LookupTable | undefined {
  const item = itemOf(dataset, Tag.PresentationLUTSequence, 0);
  if (item === undefined) return undefined;
  const tags = { descriptor: Tag.LUTDescriptor, data: Tag.LUTData };
  return readLookupTable(item, tags, false);
}
