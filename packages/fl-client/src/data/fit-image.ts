/**
 * Images of one form: so many rows, columns and channels.
 *
 * @module
 */
import { type DecodedImage, maxOf } from "./decoded-image.js";
import { resizeImage } from "./resize-image.js";
import { samplesLike, toChannels } from "./to-channels.js";

/**
 * What becomes of an image of other proportions: `stretch` changes them; `crop` cuts from the middle what has them; `pad` puts
 * all of it in the middle, with black around it.
 */
export type Fit = "stretch" | "crop" | "pad";

/** What every image becomes. */
export interface ImageForm {
  readonly channels: 1 | 3;
  /** Default: as they are. */
  readonly size?: readonly [rows: number, columns: number];
  readonly fit: Fit;
  /** Rows x columns of a file at most. */
  readonly maxPixels: number;
}

/** An image of the form, with the value of white. */
export type FittedImage = Required<DecodedImage>;

export function fitImage(image: DecodedImage, { channels, size, fit }: ImageForm): FittedImage {
  const converted = toChannels(image, channels);
  const fitted = size === undefined ? converted : RESIZE[fit](converted, size);
  return { ...fitted, max: maxOf(image) };
}

type Resize = (image: DecodedImage, size: readonly [rows: number, columns: number]) => DecodedImage;

const RESIZE: Readonly<Record<Fit, Resize>> = {
  stretch: (image, size) => resizeImage(image, size),
  // Pillow's ImageOps.fit.
  crop: (image, [rows, columns]) => {
    const isWide = image.columns * rows > image.rows * columns;
    const width = isWide ? (columns / rows) * image.rows : image.columns;
    const height = isWide ? image.rows : image.columns / (columns / rows);
    const [left, top] = [(image.columns - width) / 2, (image.rows - height) / 2];
    return resizeImage(image, [rows, columns], {
      left,
      top,
      right: left + width,
      bottom: top + height,
    });
  },
  pad: (image, [rows, columns]) => {
    const isWide = image.columns * rows > image.rows * columns;
    const height = isWide ? Math.max(1, Math.round((image.rows / image.columns) * columns)) : rows;
    const width = isWide ? columns : Math.max(1, Math.round((image.columns / image.rows) * rows));
    const inner = resizeImage(image, [height, width]);
    const pixels = samplesLike(inner.pixels, rows * columns * image.channels);
    const [top, left] = [Math.round((rows - height) / 2), Math.round((columns - width) / 2)];
    const line = width * image.channels;
    for (let row = 0; row < height; row++) {
      const to = ((top + row) * columns + left) * image.channels;
      pixels.set(inner.pixels.subarray(row * line, (row + 1) * line), to);
    }
    return { ...image, rows, columns, pixels };
  },
};
