/**
 * Images and metadata made a DICOM file: the inverse of decomposing one.
 *
 * @module
 */
import {
  DicomError,
  type ElementInit,
  EXPLICIT_VR_LITTLE_ENDIAN,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { ConverterError } from "../errors.js";
import type { RasterImage } from "../raster-image.js";
import { numberIn, withElements } from "./elements.js";
import { type PatientIdSource, patientIdOf } from "./patient-id.js";
import { renderedElements } from "./rendered-elements.js";
import { storedElements } from "./stored-elements.js";

export interface ComposeOptions {
  /**
   * What the images are:
   * - `stored`: of mode `full`, the stored values. They come out as they were, and the file is the same instance.
   * - `rendered`: grey or colour as it is seen. The file is a Secondary Capture, another instance: grey of 8 or 16 bits with
   *   a window over all of it, colour of 8 bits (of 16 the upper ones); without rescaling, padding, tables, functional groups.
   *
   * Default: `stored` where the reference is such an image (grey of 16 bits; colour of the same bits), else `rendered`.
   */
  readonly images?: "stored" | "rendered";
  /** What becomes of Patient ID. Default: it stays. */
  readonly patientId?: PatientIdSource;
  /** Default: of `rendered` images a random one, of `stored` ones the reference's. Without images nothing is changed. */
  readonly sopInstanceUid?: string;
  /**
   * Whether `rendered` images may have another size than the reference: its distances of pixels are then scaled, as for
   * the same scene. Default false.
   */
  readonly allowResized?: boolean;
  /** A native transfer syntax, little endian. Default explicit VR little endian. */
  readonly transferSyntaxUid?: string;
}

/**
 * A DICOM file of a reference's metadata and of images.
 *
 * @param reference - elements, such as `jsonToElements` gives of DICOM JSON, or `datasetToElements` of a file; its pixels are not
 * looked at where there are images
 * @param images - one for each frame, all of one size. Default: the pixels of the reference
 * @throws {@link ConverterError} `IMAGE_MISMATCH` if images and reference do not go together, `BAD_IMAGE` if images differ in size or kind;
 * {@link DicomError} where an element cannot be written, or there are no pixels
 */
export async function compose(
  reference: readonly ElementInit[],
  images: readonly RasterImage[] | undefined,
  options: ComposeOptions = {},
): Promise<Uint8Array> {
  const { patientId = { kind: "keep" }, transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN } = options;
  const elements =
    images === undefined ? withPixels(reference) : composed(reference, images, options);
  const identified = withElements(elements, await patientIdOf(reference, patientId));
  return writeFile(identified, { transferSyntaxUid });
}

/** Secondary Capture has no other (PS3.3 A.8.5). */
function withColorOf8Bits(image: RasterImage): RasterImage {
  if (image.channels === 1 || image.bits === 8) return image;
  return { ...image, bits: 8, pixels: Uint8Array.from(image.pixels, (sample) => sample >>> 8) };
}

function withPixels(reference: readonly ElementInit[]): readonly ElementInit[] {
  // What has no rows is no image, and wants no pixels.
  if (numberIn(reference, Tag.Rows) === undefined) return reference;
  const pixels = reference.find(({ tag }) => PIXELS.includes(tag));
  if (pixels?.value instanceof Uint8Array && pixels.value.length > 0) return reference;
  throw new DicomError("BAD_VALUE", "there is neither an image nor native pixel data", {
    at: "(7FE0,0010)",
  });
}

const PIXELS: readonly number[] = [Tag.PixelData, Tag.FloatPixelData, Tag.DoubleFloatPixelData];

function composed(
  reference: readonly ElementInit[],
  images: readonly RasterImage[],
  options: ComposeOptions,
): readonly ElementInit[] {
  const [first] = images;
  if (first === undefined) throw new ConverterError("BAD_IMAGE", "images: expected one at least");
  for (const { rows, columns, channels, bits } of images) {
    const isAlike =
      rows === first.rows &&
      columns === first.columns &&
      channels === first.channels &&
      bits === first.bits;
    if (!isAlike) throw new ConverterError("BAD_IMAGE", "images: expected one size and kind");
  }
  const kind = options.images ?? (isStored(reference, first) ? "stored" : "rendered");
  const changes =
    kind === "stored"
      ? storedElements(reference, images, options.sopInstanceUid)
      : renderedElements(reference, images.map(withColorOf8Bits), options);
  return withElements(
    reference.filter(({ tag }) => !PIXELS.includes(tag) && !FRAGMENT_TABLES.includes(tag)),
    changes,
  );
}

const FRAGMENT_TABLES: readonly number[] = [
  Tag.ExtendedOffsetTable,
  Tag.ExtendedOffsetTableLengths,
  Tag.EncapsulatedPixelDataValueTotalLength,
];

/** Grey of 16 bits is of mode `full` only, which the other modes never make. */
function isStored(reference: readonly ElementInit[], { channels, bits }: RasterImage): boolean {
  if (numberIn(reference, Tag.SamplesPerPixel) !== channels) return false;
  return bits === (channels === 1 ? 16 : numberIn(reference, Tag.BitsAllocated));
}
