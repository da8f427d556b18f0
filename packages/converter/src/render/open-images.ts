/**
 * The frames of a DICOM file as images.
 *
 * @module
 */
import { DicomError, type DicomFile } from "@dsail/dicom-core";
import { type OpenFramesOptions, openFrames } from "@dsail/dicom-core/pixel-data";
import { resampleToSquarePixels } from "../image/resample.js";
import type { RasterImage } from "../raster-image.js";
import { readFrameTransforms } from "./frame-transforms.js";
import { readPixelAspectRatio } from "./pixel-aspect.js";
import { type RenderOptions, renderFrame } from "./render-frame.js";

export interface OpenImagesOptions extends RenderOptions, OpenFramesOptions {
  /** Which of several windows or VOI LUTs, from 0. Default 0. */
  readonly voiIndex?: number;
  /** Whether images of pixels that are not square are enlarged until theirs are. Default false. */
  readonly squarePixels?: boolean;
}

/** A file of images, of which each is read when it is asked for. */
export interface ImageReader {
  /** How many there are. */
  readonly count: number;
  /**
   * Image `index`, from 0.
   *
   * @throws {@link DicomError}, {@link ConverterError} as {@link renderFrame}; {@link RangeError} if there is none
   */
  readonly readImage: (index: number) => Promise<RasterImage>;
}

/**
 * Opens the images of a file.
 *
 * @throws {@link DicomError} if there are no pixels, or they cannot be told apart
 */
export async function openImages(
  file: DicomFile,
  { mode, voiIndex = 0, squarePixels = false, ...options }: OpenImagesOptions = {},
): Promise<ImageReader> {
  const { count, readFrame } = await openFrames(file, options);
  return {
    count,
    readImage: async (index) => {
      const frame = await readFrame(index);
      const transforms = readFrameTransforms(file.dataset, { frame: index, voiIndex });
      const image = renderFrame(frame, transforms, mode === undefined ? {} : { mode });
      return squarePixels ? withSquarePixels(image, file, index) : image;
    },
  };
}

function withSquarePixels(image: RasterImage, { dataset }: DicomFile, index: number): RasterImage {
  const aspect = readPixelAspectRatio(dataset, index);
  try {
    return resampleToSquarePixels(image, aspect);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Its message has the file's numbers.
    throw new DicomError("LIMIT_EXCEEDED", "the pixels are too far from square", {
      at: "(0028,0034)",
    });
  }
}
