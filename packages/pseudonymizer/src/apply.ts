/**
 * Does what a plan says.
 *
 * @module
 */
import { type DicomFile, rewriteFile, type SegmentedBytes } from "@dsail/dicom-core";
import type { Plan } from "./plan.js";

/**
 * The pseudonymized file, as slices of the old one and new bytes. Preamble and file meta information are new, and what
 * follows the last element is left out (PS3.15 E.1.1).
 *
 * @throws {@link DicomError} where an edit cannot be made
 */
export function applyPlan(file: DicomFile, plan: Plan): SegmentedBytes {
  return rewriteFile(file, {
    dataset: plan.decisions.flatMap(({ edit }) => (edit === undefined ? [] : [edit])),
    newFileMetaInformation: {
      mediaStorageSopClassUid: plan.sopClassUid,
      mediaStorageSopInstanceUid: plan.sopInstanceUid,
      transferSyntaxUid: file.transferSyntax.uid,
    },
    dropTrailing: true,
  });
}
