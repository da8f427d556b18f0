/**
 * Keeps, of one backward pass, what went into each trained layer and the gradient that came back to its output: enough for
 * the gradients of every sample by themselves ("book-keeping": Bu et al. 2023, arXiv:2210.00038; the identity behind it:
 * Goodfellow 2015, arXiv:1510.01799).
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tap, TapSite } from "../layers/module.js";

/** Of one layer, for all samples. */
export interface TapRecord {
  readonly site: TapSite;
  /** Its arrays that are trained: `weight`, `bias` or both, by whole names. */
  readonly names: readonly string[];
  readonly input: tf.Tensor;
  readonly outputGradient: tf.Tensor;
}

/** What a pass with taps gave. */
export interface RecordedPass {
  readonly lossSum: tf.Scalar;
  /** The caller disposes of their tensors. */
  readonly records: readonly TapRecord[];
}

/**
 * Runs a model forward and back once. Only taps lie on the way back, so that no gradient of an array is computed.
 *
 * @param trained - names of the arrays whose gradients are wanted
 * @param lossSumWith - the sum of the samples' losses of a model run with the tap
 * @throws {@link RangeError} where an array has no tap, or is used twice: its per-sample gradients would be wrong
 */
export function recordPass(
  trained: ReadonlySet<string>,
  lossSumWith: (tap: Tap) => tf.Scalar,
): RecordedPass {
  const sites: { site: TapSite; names: string[]; input: tf.Tensor }[] = [];
  const gradients = new Map<TapSite, tf.Tensor>();
  const seen = new Set<string>();
  const probe = tf.scalar(0);
  try {
    const { value, grad } = tf.valueAndGrad((start: tf.Tensor) => {
      const tap: Tap = (site, input, output) => {
        const arrays = site.bias ? ["weight", "bias"] : ["weight"];
        const names = arrays.map((name) => site.prefix + name).filter((name) => trained.has(name));
        if (names.length === 0) return output;
        for (const name of names) {
          if (seen.has(name)) throw new RangeError(`${name}: expected to be used once, got twice`);
          seen.add(name);
        }
        sites.push({ site, names, input: tf.keep(alias(input)) });
        return tapped(output, start, (dy) => gradients.set(site, tf.keep(alias(dy))));
      };
      const lossSum = lossSumWith(tap);
      for (const name of trained) {
        if (!seen.has(name)) throw new RangeError(`${name}: expected a tap, got none`);
      }
      return lossSum;
    })(probe);
    grad.dispose();
    const records = sites.map((each) => {
      const outputGradient = gradients.get(each.site);
      if (outputGradient !== undefined) return { ...each, outputGradient };
      throw new RangeError(`${each.names[0]}: expected to count for the loss, got no gradient`);
    });
    return { lossSum: value as tf.Scalar, records };
  } catch (error) {
    tf.dispose([...sites.map(({ input }) => input), ...gradients.values()]);
    throw error;
  } finally {
    probe.dispose();
  }
}

/** The same values, on the way from the loss to the probe. */
function tapped(output: tf.Tensor, probe: tf.Tensor, record: (dy: tf.Tensor) => void): tf.Tensor {
  const identity = tf.customGrad((...inputs) => ({
    value: alias(inputs[0] as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      record(dy);
      return [dy, tf.scalar(0)];
    },
  }));
  return identity(output, probe);
}

/** The same values under a handle of its own. (`clone` copies them on the wasm backend.) */
function alias(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, x.shape);
}
