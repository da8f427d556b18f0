/**
 * How an image's pixels are stored: the Image Pixel Module and its kin (PS3.3 C.7.6.3, C.7.6.24, 2025b).
 *
 * @module
 */
import { type Dataset, findElement } from "../dataset.js";
import { DicomError } from "../errors.js";
import { formatTag, type TagNumber } from "../tag.js";
import * as Tag from "../tags.js";
import { readNumbers } from "../values/read-numbers.js";
import { readStrings } from "../values/read-text.js";

/** What the header says of the pixels. */
export interface ImagePixel {
  readonly rows: number;
  readonly columns: number;
  /** Frames that the header announces; 1 if it says nothing. */
  readonly numberOfFrames: number;
  /** 1, or 3 for colour. */
  readonly samplesPerPixel: number;
  /** Such as `MONOCHROME2`, `RGB`, `YBR_FULL_422`, `PALETTE COLOR`. */
  readonly photometricInterpretation: string;
  /** Whether each colour is a plane of its own (1), or the samples of a pixel stand together (0). */
  readonly planarConfiguration: 0 | 1;
  /** Bits that a sample takes: 1, 8, 16, 32 or 64. */
  readonly bitsAllocated: number;
  /** Bits of them that are of the sample. */
  readonly bitsStored: number;
  /** The highest of them, counted from 0. */
  readonly highBit: number;
  /** Whether samples are two's complement. */
  readonly isSigned: boolean;
  /** The attribute that holds the pixels; its tag says whether they are integers or floating point numbers. */
  readonly pixelTag: TagNumber;
}

const PIXEL_TAGS: readonly TagNumber[] = [
  Tag.PixelData,
  Tag.FloatPixelData,
  Tag.DoubleFloatPixelData,
];

/** Far more than any image has; keeps products of them exact. */
const MAX_FRAMES = 2 ** 31;

/**
 * Reads how pixels are stored.
 *
 * @throws {@link DicomError} `BAD_VALUE` with the attribute that is missing, or whose value cannot be
 */
export function readImagePixel(dataset: Dataset): ImagePixel {
  const pixelTag = PIXEL_TAGS.find((tag) => findElement(dataset, tag) !== undefined);
  if (pixelTag === undefined) {
    throw new DicomError("BAD_VALUE", "the data set has no pixel data", {
      at: formatTag(Tag.PixelData),
    });
  }
  const number = (tag: TagNumber, isLegal: (value: number) => boolean, otherwise?: number) => {
    const value = numberOf(dataset, tag) ?? otherwise;
    if (value !== undefined && Number.isInteger(value) && isLegal(value)) return value;
    const what = value === undefined ? "is missing" : "has a value that it cannot have";
    throw new DicomError("BAD_VALUE", `an attribute that describes pixels ${what}`, {
      at: formatTag(tag),
    });
  };
  const floatBits = pixelTag === Tag.FloatPixelData ? 32 : 64;
  const isFloat = pixelTag !== Tag.PixelData;
  const samplesPerPixel = number(Tag.SamplesPerPixel, (n) => n >= 1 && n <= 4, 1);
  const bitsAllocated = isFloat
    ? floatBits
    : number(Tag.BitsAllocated, (n) => [1, 8, 16, 32, 64].includes(n));
  const bitsStored = isFloat
    ? floatBits
    : number(Tag.BitsStored, (n) => n >= 1 && n <= bitsAllocated, bitsAllocated);
  const [photometricInterpretation] = textOf(dataset, Tag.PhotometricInterpretation);
  return {
    rows: number(Tag.Rows, (n) => n >= 1 && n <= 0xffff),
    columns: number(Tag.Columns, (n) => n >= 1 && n <= 0xffff),
    numberOfFrames: number(Tag.NumberOfFrames, (n) => n >= 1 && n < MAX_FRAMES, 1),
    samplesPerPixel,
    photometricInterpretation:
      photometricInterpretation ?? (samplesPerPixel === 1 ? "MONOCHROME2" : "RGB"),
    planarConfiguration: numberOf(dataset, Tag.PlanarConfiguration) === 1 ? 1 : 0,
    bitsAllocated,
    bitsStored,
    highBit: isFloat
      ? bitsStored - 1
      : number(Tag.HighBit, (n) => n >= bitsStored - 1 && n < bitsAllocated, bitsStored - 1),
    isSigned: isFloat || numberOf(dataset, Tag.PixelRepresentation) === 1,
    pixelTag,
  };
}

/** The first value of a number or of a text of digits; undefined if there is none. */
function numberOf(dataset: Dataset, tag: TagNumber): number | undefined {
  const element = findElement(dataset, tag);
  if (element === undefined) return undefined;
  if (tag !== Tag.NumberOfFrames) return readNumbers(dataset, element)[0];
  const [text] = textOf(dataset, tag);
  return text === undefined || text === "" ? undefined : Number(text);
}

function textOf(dataset: Dataset, tag: TagNumber): readonly string[] {
  return readStrings(dataset, tag);
}
