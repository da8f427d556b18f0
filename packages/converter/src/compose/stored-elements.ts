/**
 * Pixels of mode `full` made stored values again.
 *
 * @module
 */
import type { ElementInit } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { ConverterError } from "../errors.js";
import type { RasterImage } from "../raster-image.js";
import { type ElementChange, numberIn, textIn } from "./elements.js";
import { pixelDataOf } from "./pixel-data-of.js";

/**
 * The changes of a reference: its pixels, and what said that they were compressed.
 *
 * @throws {@link ConverterError} `IMAGE_MISMATCH` if the images are not of such a reference
 */
export function storedElements(
  reference: readonly ElementInit[],
  images: readonly RasterImage[],
  sopInstanceUid: string | undefined,
): readonly ElementChange[] {
  const [{ rows, columns, channels, bits }] = images as readonly [RasterImage];
  const bitsAllocated = numberIn(reference, Tag.BitsAllocated);
  const bitsStored = numberIn(reference, Tag.BitsStored) ?? bitsAllocated;
  const isDescribed =
    numberIn(reference, Tag.Rows) === rows &&
    numberIn(reference, Tag.Columns) === columns &&
    (numberIn(reference, Tag.SamplesPerPixel) ?? 1) === channels &&
    (numberIn(reference, Tag.NumberOfFrames) ?? 1) === images.length &&
    (bitsAllocated === 1 || bitsAllocated === 8 || bitsAllocated === 16) &&
    (channels === 1 ? bits === 16 : bits === bitsAllocated);
  const isPossible =
    bitsStored !== undefined &&
    Number.isInteger(bitsStored) &&
    bitsStored >= 1 &&
    bitsStored <= (bitsAllocated ?? 0);
  if (!isDescribed || !isPossible) {
    throw new ConverterError("IMAGE_MISMATCH", "the reference does not describe such images");
  }
  const highest = 2 ** bitsStored - 1;
  for (const { pixels } of images) {
    if (pixels.some((pixel) => pixel > highest)) {
      throw new ConverterError("IMAGE_MISMATCH", "an image has values beyond the stored bits");
    }
  }
  const samples =
    channels === 3
      ? images.map(({ pixels }) => pixels)
      : images.map(({ pixels }) => storedSamples(pixels, reference, { bitsAllocated, bitsStored }));
  return [
    pixelDataOf(samples, bitsAllocated),
    { tag: Tag.BitsStored, vr: "US", value: bitsStored },
    { tag: Tag.HighBit, vr: "US", value: bitsStored - 1 },
    ...(channels === 3
      ? [
          { tag: Tag.PhotometricInterpretation, vr: "CS", value: "RGB" } as const,
          { tag: Tag.PlanarConfiguration, vr: "US", value: 0 } as const,
        ]
      : []),
    ...(sopInstanceUid === undefined
      ? []
      : [{ tag: Tag.SOPInstanceUID, vr: "UI", value: sopInstanceUid } as const]),
  ];
}

/** The inverse of rendering in mode `full`; what is negative wraps, as two's complement. */
function storedSamples(
  pixels: Uint8Array | Uint16Array,
  reference: readonly ElementInit[],
  { bitsAllocated, bitsStored }: { readonly bitsAllocated: number; readonly bitsStored: number },
): Uint8Array | Uint16Array {
  const isSigned = numberIn(reference, Tag.PixelRepresentation) === 1;
  const isInverted =
    textIn(reference, Tag.PhotometricInterpretation) === "MONOCHROME1" ||
    textIn(reference, Tag.PresentationLUTShape) === "INVERSE";
  const highest = 2 ** bitsStored - 1;
  const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const stored = (pixel: number) => (isInverted ? highest - pixel : pixel) + lowest;
  return bitsAllocated === 16 ? Uint16Array.from(pixels, stored) : Uint8Array.from(pixels, stored);
}
