/**
 * How high and how wide a pixel is.
 *
 * @module
 */
import { type Dataset, readNumbers } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { PixelAspect } from "../image/resample.js";
import { functionalGroup } from "./functional-group.js";

/**
 * Reads height and width of the pixels of a frame, in millimetres or, if only their ratio is known, in no unit. 1 and
 * 1 if the data set does not say, or says what cannot be.
 *
 * @param frame - from 0; matters where functional groups say it for each frame (PS3.3 C.7.6.16.2.1). Default 0.
 */
export function readPixelAspectRatio(dataset: Dataset, frame = 0): PixelAspect {
  const measures = functionalGroup(dataset, Tag.PixelMeasuresSequence, frame);
  // PS3.3 10.7.1.3: the distance of rows, then of columns. C.7.6.3.1.7: the ratio is for images without such a distance.
  return (
    pairOf(measures, Tag.PixelSpacing) ??
    pairOf(dataset, Tag.ImagerPixelSpacing) ??
    pairOf(dataset, Tag.NominalScannedPixelSpacing) ??
    pairOf(dataset, Tag.PixelAspectRatio) ?? { vertical: 1, horizontal: 1 }
  );
}

function pairOf(dataset: Dataset, tag: number): PixelAspect | undefined {
  const [vertical = 0, horizontal = 0] = readNumbers(dataset, tag);
  const isSize = Number.isFinite(vertical) && Number.isFinite(horizontal);
  return isSize && vertical > 0 && horizontal > 0 ? { vertical, horizontal } : undefined;
}
