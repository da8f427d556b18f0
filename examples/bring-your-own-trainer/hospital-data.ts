/**
 * Synthetic patients: measurements, and whether they are ill. Each hospital sees another mix, and has patients of whom the
 * others have few, so that none of them learns the whole rule alone.
 *
 * @module
 */
import type { Examples } from "./logistic-trainer.ts";

/** What makes ill, the same everywhere; unknown to the hospitals. */
const RULE = [2, -1.5, 1, 0.5] as const;

/** Which patients a hospital has: the mean of each measurement, and how far they spread. */
export interface Population {
  readonly center: readonly [number, number, number, number];
  readonly spread: readonly [number, number, number, number];
}

/** Where measurements hardly differ, nothing is to be learned of them. */
export const HOSPITALS: Readonly<Record<string, Population>> = {
  north: { center: [1, 0, 0, 0], spread: [1, 0.1, 0.1, 0.1] },
  south: { center: [0, 1, 0, 0], spread: [0.1, 1, 0.1, 0.1] },
  west: { center: [0, 0, -1, 1], spread: [0.1, 0.1, 1, 1] },
};

/** All kinds of patients, by whom models are compared. */
export const EVERYBODY: Population = { center: [0, 0, 0, 0], spread: [1, 1, 1, 1] };

/** @param seed - the same seed gives the same patients */
export function makePatients(population: Population, count: number, seed: number): Examples {
  const random = randomOf(seed);
  const features = Array.from({ length: count }, () =>
    population.center.map((center, k) => center + population.spread[k]! * normal(random)),
  );
  const labels = features.map((row) => {
    const score = row.reduce((sum, value, k) => sum + value * RULE[k]!, 0);
    return random() < 1 / (1 + Math.exp(-3 * score)) ? 1 : 0;
  });
  return { features, labels };
}

/** Of mean 0 and variance 1 (Box and Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** mulberry32: numbers of [0, 1), for data that are made up and for nothing else. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
