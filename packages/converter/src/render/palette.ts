/**
 * Palette colour: a table for each of red, green and blue (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9, 2025b).
 *
 * @module
 */
import { type Dataset, findElement, readLittleEndianBytes, readNumbers } from "@dsail/dicom-core";
import type { Samples } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import {
  badTable,
  type LookupTable,
  lookUp,
  readLookupTable,
  readLutDescriptor,
} from "./lut-descriptor.js";
import { expandSegments } from "./segmented-lut.js";

/** Tables for the three colours, whose entries have 8 or 16 bits, in all of them alike. */
export interface Palette {
  readonly bits: 8 | 16;
  readonly red: LookupTable;
  readonly green: LookupTable;
  readonly blue: LookupTable;
}

const RED = {
  descriptor: Tag.RedPaletteColorLookupTableDescriptor,
  data: Tag.RedPaletteColorLookupTableData,
  segments: Tag.SegmentedRedPaletteColorLookupTableData,
};
const GREEN = {
  descriptor: Tag.GreenPaletteColorLookupTableDescriptor,
  data: Tag.GreenPaletteColorLookupTableData,
  segments: Tag.SegmentedGreenPaletteColorLookupTableData,
};
const BLUE = {
  descriptor: Tag.BluePaletteColorLookupTableDescriptor,
  data: Tag.BluePaletteColorLookupTableData,
  segments: Tag.SegmentedBluePaletteColorLookupTableData,
};

/**
 * Reads the palette of a data set.
 *
 * Entries that say 16 bits and use 8, or say 8 and use 16, are taken for what they use: both are found in files.
 *
 * @returns undefined if it has none
 * @throws {@link DicomError} `BAD_VALUE` if one of the tables is missing or malformed
 */
export function readPalette(dataset: Dataset): Palette | undefined {
  if (findElement(dataset, RED.descriptor) === undefined) return undefined;
  const isSigned = readNumbers(dataset, Tag.PixelRepresentation)[0] === 1;
  const tables = [RED, GREEN, BLUE].map((tags) => readTable(dataset, tags, isSigned));
  const bits = tables.some(({ entries }) => entries.some((entry) => entry > 0xff)) ? 16 : 8;
  const [red, green, blue] = tables.map((table) => ({ ...table, bits }));
  return { bits, red: red as LookupTable, green: green as LookupTable, blue: blue as LookupTable };
}

function readTable(dataset: Dataset, tags: typeof RED, isSigned: boolean): LookupTable {
  if (findElement(dataset, tags.data) !== undefined) {
    return readLookupTable(dataset, tags, isSigned);
  }
  const descriptor = readLutDescriptor(dataset, tags.descriptor, isSigned);
  const bytes = readLittleEndianBytes(dataset, tags.segments);
  if (bytes === undefined) throw badTable(tags.data, "data");
  const entries = expandSegments(bytes, descriptor, tags.segments);
  return { firstMapped: descriptor.firstMapped, bits: descriptor.bits, entries };
}

/** The colours of samples: red, green and blue of each, of as many bits as the palette's. */
export function applyPalette(samples: Samples, palette: Palette): Uint8Array | Uint16Array {
  const count = samples.length * 3;
  const colors = palette.bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
  for (let i = 0, at = 0; i < samples.length; i++) {
    const sample = samples[i] as number;
    colors[at++] = lookUp(palette.red, sample);
    colors[at++] = lookUp(palette.green, sample);
    colors[at++] = lookUp(palette.blue, sample);
  }
  return colors;
}
