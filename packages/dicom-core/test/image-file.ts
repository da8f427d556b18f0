/**
 * Files of images made of numbers, for tests of what reads and transcodes pixels.
 *
 * @module
 */
import * as Tag from "../src/tags.js";
import type { ElementInit } from "../src/write/element-init.js";
import { writeFile } from "../src/write/part10.js";

/** An image, and how it is stored. */
export interface ImageInit {
  readonly rows: number;
  readonly columns: number;
  /** All frames, one behind the other; the samples of a pixel together. */
  readonly samples: readonly number[];
  /** Default 1. */
  readonly frames?: number;
  /** Default MONOCHROME2. */
  readonly photometric?: string;
  /** Default 8. */
  readonly bitsAllocated?: 1 | 8 | 16 | 32;
  /** Default: all. */
  readonly bitsStored?: number;
  /** Default: one less than `bitsStored`. */
  readonly highBit?: number;
  readonly isSigned?: boolean;
  readonly isPlanar?: boolean;
  readonly others?: readonly ElementInit[];
}

export const SOP_INSTANCE_UID = "1.2.3.4";

/** Three samples of a pixel, unless it is grey. */
export function samplesPerPixelOf({ photometric = "MONOCHROME2" }: ImageInit): 1 | 3 {
  return photometric.startsWith("MONO") || photometric.startsWith("PAL") ? 1 : 3;
}

/** The file, with native pixels. */
export function imageFile(image: ImageInit, transferSyntaxUid?: string): Uint8Array {
  const { bitsAllocated = 8, bitsStored = bitsAllocated, highBit = bitsStored - 1 } = image;
  const samplesPerPixel = samplesPerPixelOf(image);
  const elements: ElementInit[] = [
    { tag: Tag.ImageType, value: ["ORIGINAL", "PRIMARY", "AXIAL"] },
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.7" },
    { tag: Tag.SOPInstanceUID, value: SOP_INSTANCE_UID },
    { tag: Tag.PatientName, value: "Ångström^Äda" },
    { tag: 0x00091010, vr: "UN", value: Uint8Array.of(1, 2, 3, 4) },
    { tag: Tag.SamplesPerPixel, value: samplesPerPixel },
    { tag: Tag.PhotometricInterpretation, value: image.photometric ?? "MONOCHROME2" },
    ...(samplesPerPixel === 1
      ? []
      : [{ tag: Tag.PlanarConfiguration, value: image.isPlanar ? 1 : 0 }]),
    { tag: Tag.NumberOfFrames, value: image.frames ?? 1 },
    { tag: Tag.Rows, value: image.rows },
    { tag: Tag.Columns, value: image.columns },
    { tag: Tag.PixelSpacing, value: ["0.50", "1e-1"] },
    { tag: Tag.BitsAllocated, value: bitsAllocated },
    { tag: Tag.BitsStored, value: bitsStored },
    { tag: Tag.HighBit, value: highBit },
    { tag: Tag.PixelRepresentation, value: image.isSigned ? 1 : 0 },
    { tag: Tag.PixelData, vr: bitsAllocated > 8 ? "OW" : "OB", value: pixelBytes(image) },
    ...(image.others ?? []),
  ];
  return writeFile(elements, transferSyntaxUid === undefined ? {} : { transferSyntaxUid });
}

/** Cells in little endian, the bits that are not of the sample set to 1. */
function pixelBytes(image: ImageInit): Uint8Array {
  const { bitsAllocated = 8, bitsStored = bitsAllocated, highBit = bitsStored - 1 } = image;
  const cells = image.isPlanar === true ? planesOf(image) : image.samples;
  const bytes = new Uint8Array(2 * Math.ceil((cells.length * bitsAllocated) / 16));
  const below = BigInt(highBit + 1 - bitsStored);
  const own = (1n << BigInt(bitsStored)) - 1n;
  const rest = ((1n << BigInt(bitsAllocated)) - 1n) ^ (own << below);
  for (const [i, cell] of cells.entries()) {
    const stored = ((BigInt(cell) & own) << below) | rest;
    for (let bit = 0; bit < bitsAllocated; bit++) {
      const at = i * bitsAllocated + bit;
      bytes[at >> 3]! |= Number((stored >> BigInt(bit)) & 1n) << (at & 7);
    }
  }
  return bytes;
}

function planesOf({ rows, columns, samples, frames = 1 }: ImageInit): number[] {
  const pixels = rows * columns;
  return Array.from({ length: frames }, (_, frame) =>
    [0, 1, 2].flatMap((plane) =>
      Array.from({ length: pixels }, (_, i) => samples[(frame * pixels + i) * 3 + plane]!),
    ),
  ).flat();
}
