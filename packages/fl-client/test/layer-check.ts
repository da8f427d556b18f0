/**
 * A layer by itself: with values of its own, its output as numbers, its gradients beside differences.
 *
 * @module
 */
import "@tensorflow/tfjs-backend-cpu";
import { registerGradients } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import { normalOf, seededRandom } from "../src/seeded-random.js";
import type { ForwardPass, Module, TapSite } from "../src/tfjs/layers/module.js";
import { initializeState } from "../src/tfjs/weights/initialize-state.js";

/** What a tap was told. */
interface Tapped {
  readonly site: TapSite;
  readonly input: number[];
  readonly inputShape: number[];
  readonly output: number[];
}

/** A layer that runs. */
export interface LayerUnderTest {
  readonly state: Map<string, tf.Tensor>;
  readonly values: (name: string) => number[];
  readonly forward: (x: tf.Tensor, options?: Partial<ForwardPass>) => tf.Tensor;
  /** With a tap that changes nothing. */
  readonly tapped: (x: tf.Tensor) => { readonly y: tf.Tensor; readonly sites: Tapped[] };
  /** The largest |∂ - difference| over the largest ∂, of all parameters and x. */
  readonly gradientError: (x: tf.Tensor, options?: Partial<ForwardPass>) => number;
}

/** To be called in beforeAll: files share an environment. */
export async function useCpu(): Promise<void> {
  await tf.setBackend("cpu");
  await tf.ready();
  registerGradients();
}

/** Normal numbers, the same for the same shape and seed. */
export function randomTensor(shape: number[], seed = 1): tf.Tensor {
  const random = seededRandom(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => normalOf(random)),
    shape,
  );
}

/** A layer whose parameters are all random, and whose buffers are as at the start. */
export function layerUnderTest(module: Module, seed = 2): LayerUnderTest {
  const state = initializeState(module, seededRandom(seed));
  const parameters = module.state
    .filter(({ kind }) => kind === "parameter")
    .map(({ name }) => name);
  for (const [i, name] of parameters.entries()) {
    const tensor = state.get(name)!;
    state.set(name, tf.add(tensor, tf.mul(0.3, randomTensor(tensor.shape, 100 + i))));
  }
  const run = (
    x: tf.Tensor,
    options: Partial<ForwardPass> = {},
    given: ReadonlyMap<string, tf.Tensor> = state,
  ): tf.Tensor => {
    const pass = {
      training: true,
      read: (name: string) => given.get(name)!,
      write: (name: string, value: tf.Tensor) => void state.set(name, tf.keep(value)),
      random: seededRandom(3),
      ...options,
    };
    return tf.tidy(() => module.forward(x, pass, ""));
  };
  return {
    state,
    values: (name) => [...state.get(name)!.dataSync()],
    forward: run,
    tapped: (x) => {
      const sites: Tapped[] = [];
      const tap: ForwardPass["tap"] = (site, input, output) => {
        const [before, after] = [input, output].map((tensor) => [...tensor.dataSync()]);
        sites.push({ site, input: before!, inputShape: input.shape, output: after! });
        return output;
      };
      return { y: run(x, { tap }), sites };
    },
    gradientError: (x, options = {}) => {
      const inputs = [x, ...parameters.map((name) => state.get(name)!)];
      const without = { ...options, write: () => {} };
      const weights = randomTensor(run(x, without).shape, 9);
      const weighted = (...tensors: tf.Tensor[]): tf.Scalar => {
        const given = new Map(parameters.map((name, i) => [name, tensors[i + 1]!]));
        const all = new Map([...state, ...given]);
        return tf.sum(tf.mul(run(tensors[0]!, without, all), weights));
      };
      const gradients = tf
        .grads(weighted)(inputs)
        .map((gradient) => gradient.dataSync());
      const largest = Math.max(...gradients.flatMap((values) => [...values].map(Math.abs)));
      const step = 1e-2;
      const errors = inputs.flatMap((tensor, k) => {
        const values = tensor.dataSync();
        const at = (i: number, by: number): number => {
          const changed = Float32Array.from(values, (value, j) => (i === j ? value + by : value));
          const others = inputs.map((other, j) =>
            j === k ? tf.tensor(changed, tensor.shape) : other,
          );
          return weighted(...others).dataSync()[0]!;
        };
        return [...values].map((_, i) =>
          Math.abs((at(i, step) - at(i, -step)) / (2 * step) - gradients[k]![i]!),
        );
      });
      return Math.max(...errors) / largest;
    },
  };
}
