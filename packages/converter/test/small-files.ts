/**
 * Small DICOM files for tests of folders.
 *
 * @module
 */
import { type ElementInit, EXPLICIT_VR_LITTLE_ENDIAN, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { CANARY } from "./watched-command.js";

const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

/** What a {@link smallImage} is like. */
export interface SmallImage {
  readonly frames?: number;
  /** Pixels. */
  readonly side?: number;
  /** Elements that it has too. */
  readonly more?: readonly ElementInit[];
}

/** A grey image, a ramp, of one frame of 8 x 8 pixels by default. */
export function smallImage({ frames = 1, side = 8, more = [] }: SmallImage = {}): Uint8Array {
  const pixels = Uint8Array.from({ length: side * side * frames }, (_, i) => (i * 3) & 0xff);
  const own: readonly ElementInit[] = [
    { tag: Tag.SOPClassUID, value: SECONDARY_CAPTURE },
    { tag: Tag.SOPInstanceUID, value: "1.2.3.4" },
    { tag: Tag.Modality, value: "OT" },
    { tag: Tag.PatientName, value: `${CANARY}^${CANARY}` },
    { tag: Tag.PatientID, value: `${CANARY} 4711` },
    { tag: Tag.SamplesPerPixel, value: 1 },
    { tag: Tag.PhotometricInterpretation, value: "MONOCHROME2" },
    ...(frames === 1 ? [] : [{ tag: Tag.NumberOfFrames, value: String(frames) }]),
    { tag: Tag.Rows, value: side },
    { tag: Tag.Columns, value: side },
    { tag: Tag.BitsAllocated, value: 8 },
    { tag: Tag.BitsStored, value: 8 },
    { tag: Tag.HighBit, value: 7 },
    { tag: Tag.PixelRepresentation, value: 0 },
    { tag: Tag.PixelData, vr: "OB", value: pixels },
  ];
  return writeFile(
    [...own, ...more].sort((a, b) => a.tag - b.tag),
    { transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN },
  );
}

/** One that ends inside its pixel data. */
export function truncatedImage(): Uint8Array {
  return smallImage().subarray(0, -10);
}

/** No DICOM at all. */
export const TEXT_FILE: string = `Report on ${CANARY}^${CANARY}\n`;
