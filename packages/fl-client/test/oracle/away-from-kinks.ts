/**
 * Weights with which no ReLU meets a number that is nearly 0 (or 6), whatever the images: each norm's offset is many times its
 * scale, so that a channel is wholly on one side; on which one is drawn by lot.
 *
 * @module
 */

import type { RandomSource } from "@dsail/dp";
import type { ModelParameters } from "@dsail/fl-protocol";

/** Scale of all norms: numbers are within 2 of the offset, since normalized ones are hardly ever beyond 6. */
const SCALE = 0.3;

/** Before a ReLU. */
const SIDES: readonly number[] = [-5, 5];

/** Before a ReLU6: below, or between. */
const SIDES_OF_RELU6: readonly number[] = [-5, 3];

/**
 * The same and above, where no depthwise convolution follows: of a channel that is 6 everywhere, it makes one of which only the
 * border differs, and the next norm makes of that numbers that are far off.
 */
const ALL_SIDES_OF_RELU6: readonly number[] = [-5, 3, 3, 11];

/** What a residual block adds to 0, 5 or -5; the result is 6 from the kink at least. */
const RESIDUAL = 11;

/** Scale of the last layer: of numbers so large it would make a loss of 0 but for rounding. */
const LAST_SCALE = 0.05;

/** Moves norms, in place. Parameters have PyTorch's names; a head stays as it is. */
export function moveAwayFromKinks(parameters: ModelParameters, random: RandomSource): void {
  for (const { name, data, shape } of parameters) {
    if (!(data instanceof Float32Array) || name.startsWith("head.")) continue;
    const scale = scaleOf(name, shape.length);
    for (let i = 0; i < data.length; i++) data[i]! *= scale;
    const offsets = offsetsOf(name);
    for (let i = 0; i < data.length; i++) {
      data[i]! += offsets[Math.ceil(random.uniform() * offsets.length) - 1]!;
    }
  }
}

function scaleOf(name: string, rank: number): number {
  if (!name.endsWith("weight")) return 1;
  if (rank === 1) return SCALE;
  return rank === 2 ? LAST_SCALE : 1;
}

/** Those of a norm that a ReLU follows; 0 for all other arrays. */
function offsetsOf(name: string): readonly number[] {
  const block = /^layer\d\.(\d+)\.bn2\.bias$/.exec(name)?.[1];
  // What stayed on may have grown in each block before: it takes as many times the number to be switched off.
  if (block !== undefined) return [RESIDUAL, -RESIDUAL * (Number(block) + 1)];
  if (/(bn1|downsample\.1|norm\d*)\.bias$/.test(name)) return SIDES;
  if (/^features\.(\d+\.conv\.1|18)\.1\.bias$/.test(name)) return ALL_SIDES_OF_RELU6;
  if (/^features\.\d+\.(conv\.0\.)?1\.bias$/.test(name)) return SIDES_OF_RELU6;
  return [0];
}
