/**
 * DICOM files of pixels that tests choose.
 *
 * @module
 */
import {
  type ElementInit,
  EXPLICIT_VR_LITTLE_ENDIAN,
  type TagNumber,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { CANARY } from "./watched-command.js";

/** What is in it. */
export interface PixelFile {
  readonly rows: number;
  readonly columns: number;
  readonly photometric?: "MONOCHROME1" | "MONOCHROME2" | "RGB";
  readonly bitsAllocated?: 1 | 8 | 16;
  readonly bitsStored?: number;
  readonly isSigned?: boolean;
  /** Stored values of each frame. */
  readonly frames: readonly (readonly number[])[];
  /** In place of the file's own, if they have the same tag. */
  readonly more?: readonly ElementInit[];
}

const CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2";

/** The elements of a file. */
export function pixelElements({
  rows,
  columns,
  photometric = "MONOCHROME2",
  bitsAllocated = 8,
  bitsStored = bitsAllocated,
  isSigned = false,
  frames,
  more = [],
}: PixelFile): readonly ElementInit[] {
  const own = new Map<TagNumber, ElementInit>();
  const set = (element: ElementInit) => own.set(element.tag, element);
  set({ tag: Tag.SOPClassUID, value: CT_IMAGE });
  set({ tag: Tag.SOPInstanceUID, value: "1.2.3.4" });
  set({ tag: Tag.PatientName, value: `${CANARY}^${CANARY}` });
  set({ tag: Tag.PatientID, value: `${CANARY} 4711` });
  set({ tag: Tag.SamplesPerPixel, value: photometric === "RGB" ? 3 : 1 });
  set({ tag: Tag.PhotometricInterpretation, value: photometric });
  if (photometric === "RGB") set({ tag: Tag.PlanarConfiguration, value: 0 });
  if (frames.length > 1) set({ tag: Tag.NumberOfFrames, value: `${frames.length}` });
  set({ tag: Tag.Rows, value: rows });
  set({ tag: Tag.Columns, value: columns });
  set({ tag: Tag.BitsAllocated, value: bitsAllocated });
  set({ tag: Tag.BitsStored, value: bitsStored });
  set({ tag: Tag.HighBit, value: bitsStored - 1 });
  set({ tag: Tag.PixelRepresentation, value: isSigned ? 1 : 0 });
  const bits = frames
    .flat()
    .flatMap((value) => Array.from({ length: bitsAllocated }, (_, bit) => (value >> bit) & 1));
  // PS3.5 8.1.1: the first bit is the lowest one of the first byte; the length is even.
  const bytes = new Uint8Array(2 * Math.ceil(bits.length / 16));
  for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
  set({ tag: Tag.PixelData, vr: bitsAllocated === 16 ? "OW" : "OB", value: bytes });
  for (const element of more) set(element);
  return [...own.values()];
}

/** The bytes of a file. */
export function pixelFile(content: PixelFile): Uint8Array {
  return writeFile(pixelElements(content), { transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
}
