/**
 * Data sets that are in memory already.
 *
 * @module
 */
import type { Augmentation } from "./augment-image.js";
import { datasetOfImages } from "./dataset-of-images.js";
import { digestOf } from "./fingerprint.js";
import type { ImageDataset } from "./image-dataset.js";
import type { Normalization } from "./normalization.js";

/** Images in one array. */
export interface ArraysOptions {
  /**
   * N · H · W · C numbers, NHWC. Integers are divided by the greatest of their type; other numbers are taken as they are, 0 for
   * black and 1 for white. Read from as long as the data set is used.
   */
  readonly images: Float32Array | Uint8Array | Uint16Array;
  /** N numbers of classes, from 0. */
  readonly labels: ArrayLike<number>;
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Names of classes. */
  readonly classes: readonly string[];
  /** Default: none. */
  readonly normalization?: Normalization;
  /** Default: none. */
  readonly augmentation?: Augmentation;
}

/** @throws {@link RangeError} if there are not as many images as labels, or a label is of no class */
export function datasetOfArrays(options: ArraysOptions): ImageDataset {
  const { images, labels: given, imageShape, classes, normalization, augmentation } = options;
  const labels = Int32Array.from(given);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== given[i]) throw new RangeError(`labels: expected integers, got ${given[i]}`);
  }
  const length = imageShape.reduce((product, size) => product * size, 1);
  if (images.length !== labels.length * length) {
    throw new RangeError(
      `images: expected ${labels.length} x ${length} numbers, got ${images.length}`,
    );
  }
  const max = images instanceof Float32Array ? 1 : images instanceof Uint8Array ? 255 : 65535;
  return datasetOfImages({
    ...{ labels, classes, imageShape },
    load: (index) => ({ pixels: images.subarray(index * length, (index + 1) * length), max }),
    identity: () => digestOf(images.constructor.name, images),
    ...(normalization && { normalization }),
    ...(augmentation && { augmentation }),
  });
}
