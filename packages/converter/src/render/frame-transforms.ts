/**
 * What a data set says of how its frames are to be shown.
 *
 * @module
 */
import { type Dataset, readStrings } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { LookupTable } from "./lut-descriptor.js";
import { type ModalityTransform, readModalityTransform } from "./modality-lut.js";
import { type Palette, readPalette } from "./palette.js";
import { type PixelPadding, readPixelPadding } from "./pixel-padding.js";
import { readPresentationLut } from "./presentation-lut.js";
import { readVoiTransforms, type VoiTransform } from "./voi-lut.js";

/** The steps between stored values and an image; what is left out is not done. */
export interface FrameTransforms {
  /** Stored values to values with a meaning. */
  readonly modality?: ModalityTransform | undefined;
  /** The part of these that is to be seen; without it, all of them. */
  readonly voi?: VoiTransform | undefined;
  /** Stored values that are no image. */
  readonly padding?: PixelPadding | undefined;
  /** Whether low values are white, beside what MONOCHROME1 says. */
  readonly presentationLutShape?: "IDENTITY" | "INVERSE" | undefined;
  /** From what the VOI gives to P-values; with it neither the shape nor MONOCHROME1 inverts. */
  readonly presentationLut?: LookupTable | undefined;
  /** The colours of `PALETTE COLOR`. */
  readonly palette?: Palette | undefined;
}

export interface ReadFrameTransformsOptions {
  /** From 0. Default 0. */
  readonly frame?: number;
  /** Which of several windows or VOI LUTs, from 0, in the order of {@link readVoiTransforms}. Default 0. */
  readonly voiIndex?: number;
}

/**
 * Reads the transformations of a frame.
 *
 * @throws {@link DicomError} `BAD_VALUE` if one of them is malformed
 * @throws {@link RangeError} if there are windows or VOI LUTs, but not as many as `voiIndex` asks for
 */
export function readFrameTransforms(
  dataset: Dataset,
  { frame = 0, voiIndex = 0 }: ReadFrameTransformsOptions = {},
): FrameTransforms {
  const vois = readVoiTransforms(dataset, frame);
  if (vois.length > 0 && vois[voiIndex] === undefined) {
    throw new RangeError(`voiIndex: expected 0 to ${vois.length - 1}, got ${voiIndex}`);
  }
  const [shape] = readStrings(dataset, Tag.PresentationLUTShape);
  return {
    modality: readModalityTransform(dataset, frame),
    voi: vois[voiIndex],
    padding: readPixelPadding(dataset),
    presentationLutShape: shape === "INVERSE" ? "INVERSE" : "IDENTITY",
    presentationLut: readPresentationLut(dataset),
    palette: readPalette(dataset),
  };
}
