/**
 * The value of interest transformation: the part of an image's values that is to be seen (PS3.3 C.11.2, 2025b).
 *
 * @module
 */
import {
  type Dataset,
  DicomError,
  findElement,
  formatTag,
  readNumbers,
  readStrings,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { functionalGroup } from "./functional-group.js";
import { type LookupTable, lookUp, readLookupTable } from "./lut-descriptor.js";
import { outputRange, readModalityTransform } from "./modality-lut.js";

/** How a window maps values (PS3.3 C.11.2.1.2.1, C.11.2.1.3). */
export type WindowFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

/** A window. */
export interface Window {
  readonly function: WindowFunction;
  readonly center: number;
  /** At least 1 if the function is LINEAR, above 0 otherwise. */
  readonly width: number;
}

/** A window, or a table. */
export type VoiTransform = Window | { readonly lut: LookupTable };

/** Lowest and highest output. */
export interface OutputRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The function that maps a value after the modality transformation to an output. Outputs are not rounded.
 *
 * @throws {@link RangeError} if the window is narrower than its function allows
 */
export function voiFunction(
  transform: VoiTransform,
  { min, max }: OutputRange,
): (value: number) => number {
  const range = max - min;
  if ("lut" in transform) {
    const { lut } = transform;
    const scale = range / (2 ** lut.bits - 1);
    return (value) => lookUp(lut, value) * scale + min;
  }
  const { center, width } = transform;
  if (!isWindow(transform)) {
    throw new RangeError(
      `width: expected a window that ${transform.function} allows, got ${width}`,
    );
  }
  switch (transform.function) {
    case "LINEAR":
      // C.11.2.1.2.1: the centre is that of pixels, which are one wide.
      return ramp(center - 0.5, width - 1, min, max);
    case "LINEAR_EXACT":
      return ramp(center, width, min, max);
    case "SIGMOID":
      // C.11.2.1.3.1
      return (value) => range / (1 + Math.exp((-4 * (value - center)) / width)) + min;
  }
}

/** C.11.2.1.2.1, C.11.2.1.3.2: flat, rising, flat. Of width 0 it is a step, whose foot is still low. */
function ramp(center: number, width: number, min: number, max: number): (value: number) => number {
  const from = center - width / 2;
  const to = center + width / 2;
  return (value) => {
    if (value <= from) return min;
    if (value > to) return max;
    return ((value - center) / width + 0.5) * (max - min) + min;
  };
}

/**
 * Reads the ways in which a frame is to be seen, of which one is to be chosen: first the tables of the VOI LUT
 * Sequence, then the windows, each in the order of the file. Windows that the standard does not allow, such as those
 * of width 0, are left out.
 *
 * @param frame - from 0; matters where functional groups say it for each frame (PS3.3 C.7.6.16.2.10). Default 0.
 * @throws {@link DicomError} `BAD_VALUE` if a table is malformed, or the VOI LUT function is unknown
 */
export function readVoiTransforms(dataset: Dataset, frame = 0): readonly VoiTransform[] {
  const tags = { descriptor: Tag.LUTDescriptor, data: Tag.LUTData };
  const items = findElement(dataset, Tag.VOILUTSequence)?.items ?? [];
  const isSigned = items.length > 0 && hasSignedInput(dataset, frame);
  const luts = items.map((item) => ({ lut: readLookupTable(item, tags, isSigned) }));
  return [...luts, ...readWindows(functionalGroup(dataset, Tag.FrameVOILUTSequence, frame))];
}

function readWindows(dataset: Dataset): readonly Window[] {
  const centers = readNumbers(dataset, Tag.WindowCenter);
  const widths = readNumbers(dataset, Tag.WindowWidth);
  const name = windowFunction(readStrings(dataset, Tag.VOILUTFunction)[0]);
  return centers
    .map((center, i): Window => ({ function: name, center, width: widths[i] ?? Number.NaN }))
    .filter(isWindow);
}

function windowFunction(name: string | undefined): WindowFunction {
  // C.11.2.1.3: LINEAR is the default.
  if (name === undefined || name === "" || name === "LINEAR") return "LINEAR";
  if (name === "LINEAR_EXACT" || name === "SIGMOID") return name;
  throw new DicomError("BAD_VALUE", "the VOI LUT function is none that is known", {
    at: formatTag(Tag.VOILUTFunction),
  });
}

function isWindow({ function: name, center, width }: Window): boolean {
  const isWide = name === "LINEAR" ? width >= 1 : width > 0;
  return Number.isFinite(center) && Number.isFinite(width) && isWide;
}

/** C.11.2.1.1: whether what goes into a VOI LUT, hence its first value mapped, may be negative. */
function hasSignedInput(dataset: Dataset, frame: number): boolean {
  const isSigned = readNumbers(dataset, Tag.PixelRepresentation)[0] === 1;
  const bitsStored = readNumbers(dataset, Tag.BitsStored)[0] ?? 16;
  const modality = readModalityTransform(dataset, frame);
  const { min, max } = outputRange(modality, { bitsStored, isSigned });
  return Math.min(min, max) < 0;
}
