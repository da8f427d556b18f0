/**
 * A data set of anything that gives integers of images: numbers to learn from are made here.
 *
 * @module
 */
import { seededRandom } from "../seeded-random.js";
import { type Augmentation, assertAugmentation, augmentImage } from "./augment-image.js";
import { digestOf } from "./fingerprint.js";
import type { Batch, ImageDataset, ReadOptions } from "./image-dataset.js";
import { assertNormalization, type Normalization } from "./normalization.js";

/** Values of an image and what is white in them. */
interface ImageValues {
  /** H · W · C numbers, NHWC. */
  readonly pixels: Uint8Array | Uint16Array | Float32Array;
  readonly max: number;
}

/** Of what a data set is made. */
export interface ImagesOptions {
  /** One a label: of the right size. */
  readonly load: (index: number) => ImageValues | Promise<ImageValues>;
  /** Of every example, from 0. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Default: none. */
  readonly normalization?: Normalization;
  /** Default: none. */
  readonly augmentation?: Augmentation;
  /** What the images are: another text for others. Default: unknown. */
  readonly identity?: () => string;
  readonly close?: () => Promise<void>;
}

/** @throws {@link RangeError} if a label is of no class, or shape, normalization or augmentation cannot be */
export function datasetOfImages(options: ImagesOptions): ImageDataset {
  const { load, labels, classes, imageShape, normalization, augmentation, close } = options;
  assertShape(imageShape);
  assertLabels(labels, classes);
  const [height, width, channels] = imageShape;
  if (normalization !== undefined) assertNormalization(normalization, channels);
  if (augmentation !== undefined) assertAugmentation(augmentation);
  const length = height * width * channels;

  const readBatch = async (
    indices: readonly number[],
    { augmentSeed }: ReadOptions = {},
  ): Promise<Batch> => {
    for (const index of indices) {
      if (!(Number.isInteger(index) && index >= 0 && index < labels.length)) {
        throw new RangeError(`index: expected 0 to ${labels.length - 1}, got ${index}`);
      }
    }
    const values = await Promise.all(indices.map(load));
    const images = new Float32Array(indices.length * length);
    const plain = new Float32Array(length);
    const seen = new Map<number, number>();
    for (const [i, index] of indices.entries()) {
      const image = images.subarray(i * length, (i + 1) * length);
      const isChanged = augmentation !== undefined && augmentSeed !== undefined;
      scale(values[i]!, isChanged ? plain : image);
      if (isChanged) {
        // What comes twice in a batch is changed in two ways.
        const time = seen.get(index) ?? 0;
        seen.set(index, time + 1);
        const random = seededRandom(augmentSeed, index, time);
        augmentImage(plain, image, imageShape, augmentation, random);
      }
      if (normalization !== undefined) normalize(image, normalization);
    }
    return { images, labels: Int32Array.from(indices, (index) => labels[index]!) };
  };

  const fingerprintOf = (identity: string): string => {
    const how = { classes, imageShape, normalization, augmentation };
    return digestOf(identity, labels, JSON.stringify(how));
  };
  return {
    ...{ size: labels.length, classes, imageShape, labels, readBatch },
    ...(options.identity && { fingerprint: () => fingerprintOf(options.identity!()) }),
    ...(close === undefined ? {} : { close }),
  };
}

function scale({ pixels, max }: ImageValues, to: Float32Array): void {
  if (max === 1) to.set(pixels);
  else for (let i = 0; i < to.length; i++) to[i] = pixels[i]! / max;
}

function normalize(image: Float32Array, { mean, std }: Normalization): void {
  const channels = mean.length;
  for (let channel = 0; channel < channels; channel++) {
    const [middle, deviation] = [mean[channel]!, std[channel]!];
    for (let i = channel; i < image.length; i += channels) {
      image[i] = (image[i]! - middle) / deviation;
    }
  }
}

function assertShape(shape: readonly number[]): void {
  if (shape.length === 3 && shape.every((size) => Number.isSafeInteger(size) && size >= 1)) return;
  throw new RangeError(`imageShape: expected three sizes of 1 or more, got ${shape.join(" x ")}`);
}

function assertLabels(labels: Int32Array, classes: readonly string[]): void {
  if (new Set(classes).size !== classes.length) throw new RangeError("classes: expected each once");
  if (labels.every((label) => label >= 0 && label < classes.length)) return;
  throw new RangeError(`labels: expected 0 to ${classes.length - 1}`);
}
