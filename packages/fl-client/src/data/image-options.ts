/**
 * How images on disk become data sets.
 *
 * @module
 */
import type { Augmentation } from "./augment-image.js";
import type { Fit } from "./fit-image.js";
import type { ImageDataset } from "./image-dataset.js";
import type { Normalization } from "./normalization.js";

/**
 * Why a file is not used: a `link` and what is `other` than an image by its name are passed over; `unreadable` is one that is
 * broken, missing, or too large.
 */
export type FileProblem = "link" | "other" | "unreadable";

export interface ImageOptions {
  /** Rows and columns of every image, or one number for both. Default: as they are; then all must be of one size, as with D-SAIL. */
  readonly size?: number | readonly [rows: number, columns: number];
  /** What becomes of other proportions. Default `stretch`. */
  readonly fit?: Fit;
  /** 1 grey, 3 RGB. Default 3, as D-SAIL has it. */
  readonly channels?: 1 | 3;
  /**
   * `imagenet` (default; its means for grey); `train`: computed of the training images, which no epsilon accounts for, and which
   * differs from site to site; `none`: 0 for black and 1 for white.
   */
  readonly normalization?: "imagenet" | "train" | "none" | Normalization;
  /** Of training images, in batches that are read with a seed for it. Default: none. */
  readonly augmentation?: Augmentation;
  /**
   * The classes in the order of their numbers. To be given where sites train together: a site that lacks one would number the
   * others in another way. Default: those there are in any split, in order of code units.
   */
  readonly classes?: readonly string[];
  /** How files are looked at first: their `header` (default), or all of them is decoded, which also fills the cache. */
  readonly check?: "header" | "decode";
  /** Whether files that the check finds unreadable stop it (default `refuse`), or are left out. */
  readonly unreadable?: "refuse" | "skip";
  /**
   * Told of each file that is not used, and of those that cannot be read later: by its path relative to the folder, with `/`. For
   * the site's eyes: errors name no file.
   */
  readonly onProblem?: (path: string, problem: FileProblem) => void;
  /** Threads that decode; 0: this one. Default 1; 0 when this package is run from its sources. */
  readonly workers?: number;
  /** Memory for decoded images of all splits together, so that later epochs read no file. Default 512 MiB. */
  readonly cacheBytes?: number;
  /** Rows x columns of an image in a file at most: a small file may claim many. Default 2^26. */
  readonly maxPixels?: number;
  /** Told of the look at the files, now and then: how many are done, of how many. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends the look at the files with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** Names of the splits. */
export type Split = "train" | "valid" | "test";

/** Data sets of a site; to close one is to close all. */
export interface ImageSplits {
  readonly classes: readonly string[];
  readonly train: ImageDataset;
  readonly valid: ImageDataset;
  readonly test?: ImageDataset;
  /** Classes that have no image in a split. */
  readonly emptyClasses: readonly { readonly split: Split; readonly label: string }[];
  /** Files that were there and are not used. */
  readonly skipped: number;
  /** What images were normalized by; undefined where they were not. */
  readonly normalization: Normalization | undefined;
  /** Ends threads that decode. More than once is fine. */
  readonly close: () => Promise<void>;
}
