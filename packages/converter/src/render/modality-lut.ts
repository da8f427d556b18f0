/**
 * The modality transformation: stored values to values with a meaning, such as Hounsfield units (PS3.3 C.11.1, 2025b).
 *
 * @module
 */
import {
  type Dataset,
  DicomError,
  formatTag,
  readNumbers,
  type TagNumber,
} from "@dsail/dicom-core";
import type { Samples } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import { functionalGroup, itemOf } from "./functional-group.js";
import { type LookupTable, lookUp, readLookupTable } from "./lut-descriptor.js";

/** A straight line: output = slope * stored + intercept. */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** A straight line, or a table. */
export type ModalityTransform = Rescale | { readonly lut: LookupTable };

/** Leaves values as they are. */
export const IDENTITY_RESCALE: Rescale = { slope: 1, intercept: 0 };

/**
 * Transforms stored values.
 *
 * @returns the samples themselves if the transformation changes nothing; else new ones, which are integers if slope
 * and intercept are and the results fit in 32 bits
 */
export function applyModalityTransform(samples: Samples, transform: ModalityTransform): Samples {
  if ("lut" in transform) {
    const { lut } = transform;
    const output = new Uint16Array(samples.length);
    for (let i = 0; i < output.length; i++) output[i] = lookUp(lut, samples[i] as number);
    return output;
  }
  const { slope, intercept } = transform;
  if (slope === 1 && intercept === 0) return samples;
  const output = staysInteger(samples, transform)
    ? new Int32Array(samples.length)
    : new Float64Array(samples.length);
  for (let i = 0; i < output.length; i++) output[i] = slope * (samples[i] as number) + intercept;
  return output;
}

/**
 * The outputs of the lowest and of the highest value that can be stored, in this order; of a table, those that its
 * entries can have.
 */
export function outputRange(
  transform: ModalityTransform,
  { bitsStored, isSigned }: { readonly bitsStored: number; readonly isSigned: boolean },
): { readonly min: number; readonly max: number } {
  if ("lut" in transform) return { min: 0, max: 2 ** transform.lut.bits - 1 };
  const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const highest = lowest + 2 ** bitsStored - 1;
  const { slope, intercept } = transform;
  return { min: slope * lowest + intercept, max: slope * highest + intercept };
}

function staysInteger(samples: Samples, { slope, intercept }: Rescale): boolean {
  const isSmall = samples.BYTES_PER_ELEMENT <= 2;
  const largest = Math.abs(slope) * 0x10000 + Math.abs(intercept);
  return isSmall && Number.isInteger(slope) && Number.isInteger(intercept) && largest <= 0x7fffffff;
}

/**
 * Reads the modality transformation of a frame: the Modality LUT Sequence if there is one, else rescale slope and
 * intercept, for which 1 and 0 stand in where they are missing.
 *
 * @param frame - from 0; matters where functional groups say it for each frame (PS3.3 C.7.6.16.2.9). Default 0.
 * @throws {@link DicomError} `BAD_VALUE` if slope or intercept is no number, or the table is malformed
 */
export function readModalityTransform(dataset: Dataset, frame = 0): ModalityTransform {
  const item = itemOf(dataset, Tag.ModalityLUTSequence, 0);
  if (item !== undefined) {
    const isSigned = readNumbers(dataset, Tag.PixelRepresentation)[0] === 1;
    const tags = { descriptor: Tag.LUTDescriptor, data: Tag.LUTData };
    return { lut: readLookupTable(item, tags, isSigned) };
  }
  const group = functionalGroup(dataset, Tag.PixelValueTransformationSequence, frame);
  return {
    slope: finiteNumber(group, Tag.RescaleSlope) ?? IDENTITY_RESCALE.slope,
    intercept: finiteNumber(group, Tag.RescaleIntercept) ?? IDENTITY_RESCALE.intercept,
  };
}

/** The first value; undefined if there is none. */
function finiteNumber(dataset: Dataset, tag: TagNumber): number | undefined {
  const [value] = readNumbers(dataset, tag);
  if (value === undefined || Number.isFinite(value)) return value;
  throw new DicomError("BAD_VALUE", "a rescale parameter is no number", { at: formatTag(tag) });
}
