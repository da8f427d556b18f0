import { registerTrainingKernels } from "@dsail/tfjs-wasm-train";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createOptimizer } from "./optimizer.js";
import { FASTAI_ADAM, type OptimizerOptions } from "./optimizer-options.js";

const RATES = [0.1, 0.1, 0.05, 0.2];

/** torch.optim (2.13, float64) after steps of RATES with the gradient sin(3 w + step), from [[1, -2], [0.5, 3]]. */
const CASES: readonly (readonly [string, OptimizerOptions, readonly number[]])[] = [
  ["SGD", { kind: "sgd" }, [1.0980183931, -2.2390732892, 0.4523206932, 3.1319805326]],
  [
    "SGD with momentum, dampening and decay",
    { kind: "sgd", momentum: 0.9, dampening: 0.2, weightDecay: 0.05 },
    [1.260064258, -2.4646111323, -0.1193795218, 3.0885723651],
  ],
  [
    "SGD after Nesterov",
    { kind: "sgd", momentum: 0.8, nesterov: true },
    [1.2569808032, -2.8894578359, -0.3947752452, 3.324443092],
  ],
  [
    "Adam with decay",
    { kind: "adam", weightDecay: 0.02 },
    [1.1367200551, -2.423980699, 0.1747075302, 3.0157839584],
  ],
  [
    "AdamW with fastai's constants",
    FASTAI_ADAM,
    [1.1390866703, -2.4167291624, 0.1736339465, 3.0307365055],
  ],
];

async function trained(options: OptimizerOptions, interruptedAfter = 99): Promise<number[]> {
  const parameter = tf.tidy(() => tf.variable(tf.tensor2d([1, -2, 0.5, 3], [2, 2])));
  let optimizer = createOptimizer(options);
  for (const [step, learningRate] of RATES.entries()) {
    if (step === interruptedAfter) {
      const saved = await optimizer.state();
      optimizer.dispose();
      optimizer = createOptimizer(options, saved);
    }
    const gradient = tf.tidy(() => tf.sin(tf.add(tf.mul(parameter, 3), step)));
    optimizer.apply({ name: "w", parameter, gradient, learningRate });
    gradient.dispose();
  }
  const values = Array.from(parameter.dataSync());
  parameter.dispose();
  optimizer.dispose();
  return values;
}

describe.each(["cpu", "wasm"])("optimizers on %s", (backend) => {
  beforeAll(async () => {
    registerTrainingKernels();
    await tf.setBackend(backend);
  });

  it.each(CASES)("%s steps as PyTorch does", async (_, options, expected) => {
    const before = tf.memory().numTensors;
    const values = await trained(options);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(CASES)("%s goes on from a saved state as if nothing had happened", async (_, options) => {
    expect(await trained(options, 2)).toEqual(await trained(options));
  });
});

describe("an optimizer", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  it("lets biases be, where only matrices decay", () => {
    const optimizer = createOptimizer({ kind: "sgd", weightDecay: 0.5, decayMatricesOnly: true });
    for (const [shape, expected] of [
      [[2], 1],
      [[1, 2], 0.95],
    ] as const) {
      const parameter = tf.tidy(() => tf.variable(tf.ones([...shape])));
      const gradient = tf.zeros([...shape]);
      optimizer.apply({ name: `${shape.length}`, parameter, gradient, learningRate: 0.1 });
      expect(parameter.dataSync()[0]).toBeCloseTo(expected, 6);
      tf.dispose([parameter, gradient]);
    }
    optimizer.dispose();
  });

  it("refuses options out of their range, and a state of another optimizer", async () => {
    expect(() => createOptimizer({ kind: "sgd", momentum: 1 })).toThrow(/momentum/);
    expect(() => createOptimizer({ kind: "sgd", nesterov: true })).toThrow(/nesterov/);
    expect(() => createOptimizer({ kind: "adam", epsilon: 0 })).toThrow(/epsilon/);
    // @ts-expect-error a caller without types
    expect(() => createOptimizer({ kind: "lion" })).toThrow(TypeError);
    const parameter = tf.tidy(() => tf.variable(tf.ones([2])));
    const adam = createOptimizer({ kind: "adam" });
    adam.apply({ name: "w", parameter, gradient: parameter, learningRate: 0.1 });
    const saved = await adam.state();
    expect(saved.map(({ name }) => name)).toEqual(["w.step", "w.exp_avg", "w.exp_avg_sq"]);
    expect(() => createOptimizer({ kind: "sgd", momentum: 0.9 }, saved)).toThrow(
      /of another optimizer/,
    );
    adam.dispose();
    parameter.dispose();
  });
});
