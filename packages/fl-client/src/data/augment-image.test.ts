import type { RandomSource } from "@dsail/dp";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../seeded-random.js";
import { type Augmentation, assertAugmentation, augmentImage } from "./augment-image.js";

/** Gives these numbers, one after the other: flip, down, across, angle, brightness, contrast. */
function numbers(...values: readonly number[]): RandomSource {
  let at = 0;
  return { fill: () => undefined, uniform: () => values[at++]! };
}

const shape = [3, 3, 1] as const;
const image = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9).map((value) => value / 10);

function augmented(augmentation: Augmentation, ...values: readonly number[]): number[] {
  const to = new Float32Array(9);
  augmentImage(image, to, shape, augmentation, numbers(...values));
  return Array.from(to, (value) => Math.round(value * 1e5) / 1e4);
}

describe("augmentImage", () => {
  it("leaves an image alone if nothing is asked for", () => {
    expect(augmented({}, 0.5, 0.9, 0.1, 0.9, 0.9, 0.9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("flips with the probability", () => {
    const flip = (u: number) => augmented({ horizontalFlip: 0.5 }, u, 0.5, 0.5, 0.5, 0.5, 0.5);
    expect(flip(0.5)).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
    expect(flip(0.51)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("crops out of an image with black around", () => {
    const crop = (down: number, across: number) =>
      augmented({ cropPadding: 1 }, 1, down, across, 0.5, 0.5, 0.5);
    expect(crop(0.5, 0.5)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(crop(1, 0.5)).toEqual([4, 5, 6, 7, 8, 9, 0, 0, 0]);
    expect(crop(0.1, 1)).toEqual([0, 0, 0, 2, 3, 0, 5, 6, 0]);
  });

  it("turns around the middle", () => {
    // 1 is the greatest angle.
    const turn = (angle: number) => augmented({ rotation: 90 }, 1, 0.5, 0.5, angle, 0.5, 0.5);
    expect(turn(1)).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3].map((value) => expect.closeTo(value, 3)));
    const half = turn(0.75);
    expect(half[4]).toBe(5);
    // A corner of the turned image comes from outside of the image.
    expect(half[0]).toBeLessThan(2.5);
  });

  it("changes brightness, then contrast about the mean", () => {
    const darker = augmented({ brightness: 0.5 }, 1, 0.5, 0.5, 0.5, 2 ** -53, 0.5);
    expect(darker).toEqual([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
    const flatter = augmented({ contrast: 1 }, 1, 0.5, 0.5, 0.5, 0.5, 2 ** -53);
    expect(flatter).toEqual(Array.from({ length: 9 }, () => 5));
    const brightest = augmented({ brightness: 1 }, 1, 0.5, 0.5, 0.5, 1, 0.5);
    expect(brightest).toEqual([2, 4, 6, 8, 10, 10, 10, 10, 10]);
  });

  it("flips as often as told", () => {
    let flips = 0;
    const to = new Float32Array(9);
    for (let seed = 0; seed < 4000; seed++) {
      augmentImage(image, to, shape, { horizontalFlip: 0.3 }, seededRandom(seed));
      if (to[0]! > 0.2) flips += 1;
    }
    // Six standard deviations.
    expect(Math.abs(flips - 1200)).toBeLessThan(6 * Math.sqrt(4000 * 0.3 * 0.7));
  });
});

it.each([
  { horizontalFlip: 1.1 },
  { rotation: -1 },
  { rotation: Number.NaN },
  { brightness: 2 },
  { contrast: -0.1 },
  { cropPadding: 1.5 },
])("refuses %o", (bad) => {
  expect(() => assertAugmentation(bad)).toThrow(RangeError);
});
