/**
 * Data sets of files that are known by their paths and labels.
 *
 * @module
 */
import { join } from "node:path";
import { FlError, isFlError } from "@dsail/fl-protocol";
import { badData } from "./bad-data.js";
import { checkFiles } from "./check-files.js";
import { datasetOfImages } from "./dataset-of-images.js";
import type { DecodeImage } from "./decode-image.js";
import { createDecodePool, hasDecodeWorkers } from "./decode-pool.js";
import { createFileDecoder, type FileDecoder } from "./file-decoder.js";
import { digestOf, statesOfFiles } from "./fingerprint.js";
import type { FittedImage, ImageForm } from "./fit-image.js";
import { cached, createByteBudget } from "./image-cache.js";
import type { ImageDataset } from "./image-dataset.js";
import type { ImageOptions, ImageSplits, Split } from "./image-options.js";
import {
  createNormalizationSums,
  IMAGENET_GREY_NORMALIZATION,
  IMAGENET_NORMALIZATION,
  type Normalization,
} from "./normalization.js";

/** A file of the data set. */
export interface LabelledFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly label: string;
  readonly split: Split;
}

/** What a folder or a manifest says. */
export interface ListedSplits {
  readonly folder: string;
  /** In their order. */
  readonly files: readonly LabelledFile[];
  /** Classes that there are, also without files. */
  readonly labels: readonly string[];
  readonly skipped: number;
}

/** What is not for the public: a decoder of the user's, and where the worker lies. */
export interface OpenInternals {
  readonly decode?: DecodeImage;
  readonly workerModule?: URL;
}

const SPLITS: readonly Split[] = ["train", "valid", "test"];
const DEFAULT_CACHE_BYTES = 2 ** 29;
const DEFAULT_MAX_PIXELS = 2 ** 26;
/** Images asked for at a time, when all are. */
const AT_ONCE = 64;

/** @throws {@link FlError}, {@link RangeError}: as `openImageFolder` */
export async function openSplits(
  listed: ListedSplits,
  options: ImageOptions,
  internals: OpenInternals = {},
): Promise<ImageSplits> {
  const form = formOf(options);
  const classes = classesOf(listed, options.classes);
  const decoder = createDecoder(form, options, internals);
  try {
    return await openWith(decoder, form, classes, listed, options, internals);
  } catch (error) {
    await decoder.close();
    throw error;
  }
}

async function openWith(
  decoder: FileDecoder,
  form: ImageForm,
  classes: readonly string[],
  listed: ListedSplits,
  options: ImageOptions,
  internals: OpenInternals,
): Promise<ImageSplits> {
  const { onProblem, cacheBytes = DEFAULT_CACHE_BYTES, signal } = options;
  const read = async (path: string): Promise<FittedImage> => {
    try {
      return await decoder.decode(join(listed.folder, path));
    } catch (error) {
      if (!(isFlError(error) && error.code === "ABORTED")) onProblem?.(path, "unreadable");
      throw error;
    }
  };
  const budget = createByteBudget(cacheBytes);
  const load = cached((index) => read(listed.files[index]!.path), budget);
  const { usable, shape } = await checkFiles({
    ...{ folder: listed.folder, files: listed.files, form, load, options },
    hasHeaders: internals.decode === undefined,
  });
  const numbers = new Map(classes.map((label, i) => [label, i]));
  const parts = SPLITS.map((split) => {
    const indices = usable.filter((index) => listed.files[index]!.split === split);
    const labels = Int32Array.from(indices, (i) => numbers.get(listed.files[i]!.label)!);
    return { split, indices, labels };
  }).filter(({ split, indices }) => split !== "test" || indices.length > 0);
  const empty = parts.find(({ indices }) => indices.length === 0);
  if (empty !== undefined) throw badData(`there are no images in ${empty.split}`);

  const loadFitting = async (index: number): Promise<FittedImage> => {
    const image = await load(index);
    if (image.rows === shape[0] && image.columns === shape[1]) return image;
    onProblem?.(listed.files[index]!.path, "unreadable");
    throw badData("an image is of another size than the others: give a size");
  };
  const normalization = await normalizationOf(
    options,
    form.channels,
    parts[0]!.indices,
    loadFitting,
    signal,
  );
  const close = () => decoder.close();
  const paths = listed.files.map(({ path }) => path);
  const states = await statesOfFiles(listed.folder, paths);
  const datasetOf = ({ split, indices, labels }: (typeof parts)[number]): ImageDataset =>
    datasetOfImages({
      identity: () => digestOf(JSON.stringify(form), ...indices.map((i) => states[i]!)),
      ...{ labels, classes, imageShape: [...shape, form.channels], close },
      load: (index) => loadFitting(indices[index]!),
      ...(normalization && { normalization }),
      ...(split === "train" && options.augmentation && { augmentation: options.augmentation }),
    });
  const [train, valid, test] = parts.map(datasetOf);
  const emptyClasses = parts.flatMap(({ split, labels }) => {
    const used = new Set(labels);
    return classes.filter((_, i) => !used.has(i)).map((label) => ({ split, label }));
  });
  const skipped = listed.skipped + listed.files.length - usable.length;
  return {
    ...{ classes, train: train!, valid: valid!, emptyClasses, skipped, normalization, close },
    ...(test && { test }),
  };
}

function formOf(options: ImageOptions): ImageForm {
  const { size, fit = "stretch", channels = 3, maxPixels = DEFAULT_MAX_PIXELS } = options;
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`channels: expected 1 or 3, got ${Number(channels)}`);
  }
  if (!["stretch", "crop", "pad"].includes(fit)) {
    throw new RangeError(`fit: expected stretch, crop or pad, got ${String(fit)}`);
  }
  const both = typeof size === "number" ? ([size, size] as const) : size;
  if (both !== undefined && !both.every((side) => Number.isSafeInteger(side) && side >= 1)) {
    throw new RangeError(`size: expected integers of 1 or more, got ${both.join(" x ")}`);
  }
  return { channels, fit, maxPixels, ...(both === undefined ? {} : { size: both }) };
}

function classesOf({ labels }: ListedSplits, given: readonly string[] | undefined) {
  if (given === undefined) return [...new Set(labels)].sort();
  if (new Set(given).size !== given.length) throw new RangeError("classes: expected each once");
  if (!labels.every((label) => given.includes(label))) {
    throw badData("there is a class that is not in classes");
  }
  return given;
}

function createDecoder(
  form: ImageForm,
  options: ImageOptions,
  { decode, workerModule }: OpenInternals,
): FileDecoder {
  const canHaveWorkers = workerModule !== undefined || hasDecodeWorkers();
  const { workers = canHaveWorkers && decode === undefined ? 1 : 0 } = options;
  if (!Number.isSafeInteger(workers) || workers < 0) {
    throw new RangeError(`workers: expected an integer of 0 or more, got ${workers}`);
  }
  if (workers === 0) return createFileDecoder(form, decode);
  if (decode !== undefined) {
    throw new FlError("BAD_CONFIG", "workers: a decoder that is given works in this thread, use 0");
  }
  if (!canHaveWorkers) {
    throw new FlError("BAD_CONFIG", "workers: there is no built worker, use 0");
  }
  return createDecodePool(form, workers, ...(workerModule === undefined ? [] : [workerModule]));
}

async function normalizationOf(
  { normalization = "imagenet" }: ImageOptions,
  channels: 1 | 3,
  train: readonly number[],
  load: (index: number) => Promise<FittedImage>,
  signal: AbortSignal | undefined,
): Promise<Normalization | undefined> {
  if (normalization === "none") return undefined;
  if (normalization === "imagenet") {
    return channels === 1 ? IMAGENET_GREY_NORMALIZATION : IMAGENET_NORMALIZATION;
  }
  if (normalization !== "train") return normalization;
  const sums = createNormalizationSums(channels);
  for (let from = 0; from < train.length; from += AT_ONCE) {
    if (signal?.aborted) throw new FlError("ABORTED", "opening of images was ended");
    const images = await Promise.all(train.slice(from, from + AT_ONCE).map(load));
    for (const image of images) sums.add(image);
  }
  return sums.result();
}
