/**
 * Sums over steps with the noise of a binary tree: DP-FTRL (Kairouz et al. 2021, arXiv:2103.00039, appendix B), after
 * Dwork et al. 2010 and Chan, Shi & Song 2011. Needs no sampling and no amplification.
 *
 * The sum up to step t carries the noise of one node for each 1 in t written in binary: at most log2(t) + 1, where
 * noise on each step would add up to t.
 *
 * @module
 */
import type { DpEvent } from "../event.js";
import { composed, treeAggregation } from "../make-event.js";
import { assertNotNegative, assertPositive } from "./assert-number.js";
import { addGaussianNoise, type NoiseOptions } from "./gaussian-noise.js";
import type { FloatArray } from "./l2-norm.js";

/** A tree that begins empty. */
export interface TreeAggregationOptions extends NoiseOptions {
  /** Standard deviation of the noise of a node over `maxGradNorm`, at least 0. */
  readonly noiseMultiplier: number;
  /** The bound of what one unit adds to one step. A unit is in **at most one step of a tree**. Above 0. */
  readonly maxGradNorm: number;
  /** Values of each tensor. */
  readonly sizes: readonly number[];
}

/** Takes sums of steps, gives what they are so far, with noise. */
export interface TreeAggregator {
  /**
   * Adds the clipped sum of a step.
   *
   * @returns the sum of all steps so far, with noise: may be released, once {@link TreeAggregator.event} is accounted
   * @throws {@link RangeError} if sizes do not fit, or a value is not finite: no noise covers it
   */
  readonly add: (stepSum: readonly FloatArray[]) => readonly Float32Array[];
  /**
   * Begins a new tree, before units come again: at most once each epoch. The noise of the last sum stays in, since that sum
   * was released. Nothing happens where the tree is empty.
   */
  readonly restart: () => void;
  /**
   * What was done so far, a tree after the other, as if each unit were in a step of every one: not to be added to an event
   * taken before, but in its place.
   */
  readonly event: () => DpEvent;
}

/**
 * A tree. Memory: a float64 for each value and level, so log2(steps) + 3 of them.
 *
 * @throws {@link RangeError} for options out of their range
 */
export function createTreeAggregator(options: TreeAggregationOptions): TreeAggregator {
  const { noiseMultiplier, maxGradNorm, sizes, ...noise } = options;
  assertNotNegative("noiseMultiplier", noiseMultiplier);
  assertPositive("maxGradNorm", maxGradNorm);
  const length = sizes.reduce((sum, size) => sum + size, 0);
  const sum = new Float64Array(length);
  const finished: number[] = [];
  /** The noise of the node of each level that is in the present sum; level k spans 2^k steps. */
  let nodes: (Float64Array | undefined)[] = [];
  let steps = 0;

  return {
    add: (stepSum) => {
      assertSizes(stepSum, sizes);
      let at = 0;
      for (const tensor of stepSum) {
        for (let i = 0; i < tensor.length; i++) sum[at++]! += tensor[i]!;
      }
      steps++;
      // t - 1 to t in binary: the ones at the end become 0, the zero before them 1. Nodes go the same way.
      let level = 0;
      while (nodes[level]) nodes[level++] = undefined;
      const node = new Float64Array(length);
      addGaussianNoise(node, noiseMultiplier * maxGradNorm, noise);
      nodes[level] = node;
      return released(sum, nodes, sizes);
    },
    restart: () => {
      if (steps === 0) return;
      for (const node of nodes) if (node) addTo(sum, node);
      nodes = [];
      finished.push(steps);
      steps = 0;
    },
    event: () => {
      const trees = steps > 0 ? [...finished, steps] : finished;
      return composed(
        ...trees.map((each) => treeAggregation({ noiseMultiplier, stepsPerTree: [each] })),
      );
    },
  };
}

function released(
  sum: Float64Array,
  nodes: readonly (Float64Array | undefined)[],
  sizes: readonly number[],
): readonly Float32Array[] {
  const noisy = sum.slice();
  for (const node of nodes) if (node) addTo(noisy, node);
  let start = 0;
  return sizes.map((size) => {
    const tensor = Float32Array.from(noisy.subarray(start, start + size));
    start += size;
    return tensor;
  });
}

function addTo(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}

function assertSizes(tensors: readonly FloatArray[], sizes: readonly number[]): void {
  if (tensors.length !== sizes.length) {
    throw new RangeError(`stepSum: expected ${sizes.length} tensors, got ${tensors.length}`);
  }
  tensors.forEach((tensor, t) => {
    if (tensor.length !== sizes[t]) {
      throw new RangeError(`stepSum[${t}]: expected ${sizes[t]} values, got ${tensor.length}`);
    }
    if (!tensor.every(Number.isFinite)) throw new RangeError(`stepSum[${t}]: not finite`);
  });
}
