/**
 * Small files for tests of folders: good ones, and of each kind that is not.
 *
 * @module
 */
import { writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

/** Occurs in every value that identifies somebody in these files. */
export const CANARY = "CANARY";

/** A good file. */
export function smallFile(instance = 1): Uint8Array {
  return writeFile([
    { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
    { tag: Tag.SOPInstanceUID, vr: "UI", value: `1.2.3.${instance}` },
    { tag: Tag.PatientName, vr: "PN", value: `${CANARY}^${CANARY}` },
    { tag: Tag.PatientID, vr: "LO", value: `${CANARY} 4711` },
    { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(64).fill(instance) },
  ]);
}

/** One that ends inside its pixel data. */
export function truncatedFile(): Uint8Array {
  return smallFile().subarray(0, -10);
}

/** One that is refused, since its records would no longer fit. */
export function dicomdir(): Uint8Array {
  return writeFile([{ tag: Tag.DirectoryRecordSequence, vr: "SQ", value: [] }]);
}

/** No DICOM at all. */
export const TEXT_FILE: string = `Report on ${CANARY}^${CANARY}\n`;
