/**
 * Optimizers over named variables, with a state that can be saved.
 *
 * @module
 */

import { FlError, type ModelParameters, type NamedTensor } from "@dsail/fl-protocol";
import { adamStep, sgdStep } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import { assertOptimizerOptions, type OptimizerOptions } from "./optimizer-options.js";

/** A gradient to be applied. */
interface Update {
  readonly name: string;
  /** Changed in place. */
  readonly parameter: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly learningRate: number;
  /** In the place of `momentum` or `beta1` for this step. */
  readonly momentum?: number | undefined;
}

/** An optimizer with what it remembers of each parameter. */
export interface Optimizer {
  readonly apply: (update: Update) => void;
  /**
   * What it remembers, under PyTorch's names: `NAME.step` and `NAME.momentum_buffer`, or `NAME.exp_avg` and
   * `NAME.exp_avg_sq`. Shapes are those inside.
   */
  readonly state: () => Promise<ModelParameters>;
  readonly dispose: () => void;
}

/** Of one parameter. Steps are counted for each: one that was frozen has had fewer. */
interface Memory {
  step: number;
  readonly buffers: ReadonlyMap<string, tf.Variable>;
}

const BUFFERS = {
  sgd: ["momentum_buffer"],
  adam: ["exp_avg", "exp_avg_sq"],
  adamw: ["exp_avg", "exp_avg_sq"],
} as const;

/**
 * An optimizer.
 *
 * @param saved - what `state` gave; default: it begins anew
 * @throws {@link RangeError} or {@link TypeError} for options; {@link FlError} `SHAPE_MISMATCH` for a state of another one
 */
export function createOptimizer(options: OptimizerOptions, saved: ModelParameters = []): Optimizer {
  assertOptimizerOptions(options);
  const names: readonly string[] =
    options.kind === "sgd" && (options.momentum ?? 0) === 0 ? [] : BUFFERS[options.kind];
  const memories = restored(saved, names);

  const memoryOf = (name: string, parameter: tf.Tensor): Memory => {
    const known = memories.get(name);
    if (known !== undefined) {
      for (const buffer of known.buffers.values()) {
        if (tf.util.arraysEqual(buffer.shape, parameter.shape)) continue;
        throw new FlError("SHAPE_MISMATCH", `optimizer state of ${name}: of another shape`);
      }
      return known;
    }
    const zeros = (): tf.Variable => tf.tidy(() => tf.variable(tf.zerosLike(parameter), false));
    const made: Memory = { step: 0, buffers: new Map(names.map((each) => [each, zeros()])) };
    memories.set(name, made);
    return made;
  };

  return {
    apply: ({ name, parameter, gradient, learningRate, momentum }) => {
      const memory = memoryOf(name, parameter);
      memory.step++;
      const decays = options.decayMatricesOnly !== true || parameter.rank > 1;
      const weightDecay = decays ? (options.weightDecay ?? 0) : 0;
      if (options.kind === "sgd") {
        const momentumBuffer = memory.buffers.get("momentum_buffer");
        sgdStep({
          ...{ parameter, gradient, learningRate, weightDecay, momentumBuffer },
          momentum: momentumBuffer === undefined ? 0 : (momentum ?? options.momentum ?? 0),
          dampening: options.dampening ?? 0,
          nesterov: options.nesterov ?? false,
          firstStep: memory.step === 1,
        });
        return;
      }
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
      adamStep({
        ...{ parameter, gradient, learningRate, weightDecay, beta2, epsilon },
        firstMoment: memory.buffers.get("exp_avg")!,
        secondMoment: memory.buffers.get("exp_avg_sq")!,
        step: memory.step,
        beta1: momentum ?? beta1,
        decoupled: options.kind === "adamw",
      });
    },

    state: async () => {
      const tensors: NamedTensor[] = [];
      for (const [name, { step, buffers }] of memories) {
        const data = Int32Array.of(step);
        tensors.push({ name: `${name}.step`, dtype: "int32", shape: [], data });
        for (const [buffer, variable] of buffers) {
          const values = ((await variable.data()) as Float32Array).slice();
          const { shape } = variable;
          tensors.push({ name: `${name}.${buffer}`, dtype: "float32", shape, data: values });
        }
      }
      return tensors;
    },

    dispose: () => {
      for (const { buffers } of memories.values()) tf.dispose([...buffers.values()]);
      memories.clear();
    },
  };
}

function restored(saved: ModelParameters, names: readonly string[]): Map<string, Memory> {
  const byName = new Map(saved.map((tensor) => [tensor.name, tensor]));
  const steps = saved.filter(({ name }) => name.endsWith(".step"));
  if (saved.length !== steps.length * (1 + names.length)) {
    throw new FlError("SHAPE_MISMATCH", "optimizer state: of another optimizer");
  }
  return new Map(
    steps.map((tensor) => {
      const name = tensor.name.slice(0, -".step".length);
      const buffers = names.map((buffer) => {
        const found = byName.get(`${name}.${buffer}`);
        if (found?.dtype !== "float32") {
          throw new FlError("SHAPE_MISMATCH", `optimizer state: ${name}.${buffer} is missing`);
        }
        const values = found.data.slice();
        const shape = [...found.shape];
        return [buffer, tf.tidy(() => tf.variable(tf.tensor(values, shape), false))] as const;
      });
      return [name, { step: Number(tensor.data[0]), buffers: new Map(buffers) }];
    }),
  );
}
