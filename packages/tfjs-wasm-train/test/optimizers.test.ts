import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { adamStep, float32View, sgdStep } from "../src/index.js";
import { relativeError, useTrainingKernels, values } from "./gradient-check.js";

beforeAll(useTrainingKernels);

const SIZE = 7;
const gradientOf = (step: number) => values([SIZE], step + 10).values;

/** Three steps of a task on a backend: the parameter afterwards. */
async function train(
  backend: string,
  take: (parameter: tf.Variable, gradient: tf.Tensor, step: number, room: tf.Variable[]) => void,
): Promise<Float32Array> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const parameter = tf.tidy(() => tf.variable(tf.tensor1d(values([SIZE]).values)));
  const room = [0, 1].map(() => tf.tidy(() => tf.variable(tf.zeros([SIZE]))));
  for (let step = 1; step <= 3; step++) {
    const gradient = tf.tensor1d(gradientOf(step));
    take(parameter, gradient, step, room);
    gradient.dispose();
  }
  const result = parameter.dataSync<"float32">().slice();
  tf.dispose([parameter, ...room]);
  expect(tf.memory().numTensors).toBe(before);
  await tf.setBackend("wasm");
  return result;
}

/** The same in float64, element by element. */
function expected(
  take: (p: number, g: number, step: number, room: number[]) => number,
): Float32Array {
  return values([SIZE]).values.map((start, i) => {
    const room = [0, 0];
    let p = start;
    for (let step = 1; step <= 3; step++) p = take(p, gradientOf(step)[i]!, step, room);
    return p;
  });
}

const backends = ["wasm", "cpu"];

describe("sgdStep", () => {
  const cases = [
    { momentum: 0, dampening: 0, weightDecay: 0, nesterov: false },
    { momentum: 0, dampening: 0, weightDecay: 0.1, nesterov: false },
    { momentum: 0.9, dampening: 0, weightDecay: 0.1, nesterov: false },
    { momentum: 0.9, dampening: 0.5, weightDecay: 0, nesterov: false },
    { momentum: 0.9, dampening: 0, weightDecay: 0.01, nesterov: true },
  ];

  it.each(cases.flatMap((c) => backends.map((backend) => [backend, c] as const)))(
    "on %s, %o",
    async (backend, options) => {
      const { momentum, dampening, weightDecay, nesterov } = options;
      const learningRate = 0.1;
      const actual = await train(backend, (parameter, gradient, step, [buffer]) =>
        sgdStep({
          parameter,
          gradient,
          learningRate,
          ...options,
          firstStep: step === 1,
          momentumBuffer: momentum === 0 ? undefined : buffer,
        }),
      );
      // torch.optim.SGD, pseudocode of PyTorch 2.
      const reference = expected((p, g, step, room) => {
        let d = g + weightDecay * p;
        if (momentum !== 0) {
          room[0] = step === 1 ? d : momentum * room[0]! + (1 - dampening) * d;
          d = nesterov ? d + momentum * room[0] : room[0];
        }
        return p - learningRate * d;
      });
      expect(relativeError(actual, reference)).toBeLessThan(1e-6);
    },
  );

  it("makes the backend use the new parameter", () => {
    const parameter = tf.variable(tf.ones([1, 1, 8, 8])) as tf.Variable<tf.Rank.R4>;
    const x = tf.ones([1, 1, 1, 8]) as tf.Tensor4D;
    const read = () => tf.tidy(() => tf.conv2d(x, parameter, 1, "valid").dataSync()[0]);
    expect(read()).toBe(8);
    const gradient = tf.ones([1, 1, 8, 8]);
    sgdStep({ parameter, gradient, learningRate: 0.5 });
    expect(read()).toBe(4);
    tf.dispose([parameter, x, gradient]);
  });

  it("leaves clones as they were, on the first step and after", () => {
    const made = tf.ones([8]);
    const [parameter, momentumBuffer] = [tf.variable(made), tf.variable(made)];
    const gradient = tf.ones([8]);
    const clones: tf.Tensor[] = [];
    for (let step = 0; step < 3; step++) {
      clones.push(parameter.clone(), momentumBuffer.clone());
      sgdStep({ parameter, gradient, momentumBuffer, learningRate: 0.5, momentum: 0.5 });
    }
    const read = (tensor: tf.Tensor) => tensor.dataSync()[7];
    expect(clones.map(read)).toEqual([1, 1, 0.25, 1.5, -0.625, 1.75]);
    expect([parameter, momentumBuffer, made].map(read)).toEqual([-1.5625, 1.875, 1]);
    tf.dispose([made, parameter, momentumBuffer, gradient, ...clones]);
  });

  it("refuses momentum without a buffer, and a gradient of another shape", () => {
    const parameter = tf.variable(tf.ones([2]));
    const gradient = tf.ones([3]);
    expect(() => sgdStep({ parameter, gradient, learningRate: 1, momentum: 0.9 })).toThrow(
      TypeError,
    );
    expect(() => sgdStep({ parameter, gradient, learningRate: 1 })).toThrow(
      "gradient: expected [2], got [3]",
    );
    tf.dispose([parameter, gradient]);
  });
});

describe("adamStep", () => {
  const cases = [
    { weightDecay: 0, decoupled: false },
    { weightDecay: 0.1, decoupled: false },
    { weightDecay: 0.1, decoupled: true },
  ];

  it("leaves clones as they were", () => {
    const [parameter, firstMoment, secondMoment] = [1, 0, 0].map((value) =>
      tf.tidy(() => tf.variable(tf.fill([8], value))),
    ) as [tf.Variable, tf.Variable, tf.Variable];
    const gradient = tf.ones([8]);
    const clones = [parameter, firstMoment, secondMoment].map((each) => each.clone());
    for (const step of [1, 2]) {
      adamStep({ parameter, gradient, firstMoment, secondMoment, step, learningRate: 0.1 });
    }
    expect(clones.map((clone) => clone.dataSync()[7])).toEqual([1, 0, 0]);
    expect(parameter.dataSync()[7]).toBeCloseTo(0.8, 5);
    tf.dispose([parameter, firstMoment, secondMoment, gradient, ...clones]);
  });

  it.each(cases.flatMap((c) => backends.map((backend) => [backend, c] as const)))(
    "on %s, %o",
    async (backend, options) => {
      const { weightDecay, decoupled } = options;
      const [learningRate, beta1, beta2, epsilon] = [0.1, 0.9, 0.99, 1e-8];
      const actual = await train(
        backend,
        (parameter, gradient, step, [firstMoment, secondMoment]) =>
          adamStep({
            parameter,
            gradient,
            firstMoment: firstMoment!,
            secondMoment: secondMoment!,
            step,
            learningRate,
            beta1,
            beta2,
            epsilon,
            ...options,
          }),
      );
      // torch.optim.Adam and AdamW, pseudocode of PyTorch 2.
      const reference = expected((p, g, step, room) => {
        const decayed = decoupled ? p - learningRate * weightDecay * p : p;
        const d = decoupled ? g : g + weightDecay * p;
        room[0] = beta1 * room[0]! + (1 - beta1) * d;
        room[1] = beta2 * room[1]! + (1 - beta2) * d * d;
        const mean = room[0] / (1 - beta1 ** step);
        return (
          decayed - (learningRate * mean) / (Math.sqrt(room[1] / (1 - beta2 ** step)) + epsilon)
        );
      });
      expect(relativeError(actual, reference)).toBeLessThan(2e-6);
    },
  );

  it("refuses a step of 0", () => {
    const parameter = tf.variable(tf.ones([2]));
    const room = {
      parameter,
      gradient: parameter,
      firstMoment: parameter,
      secondMoment: parameter,
    };
    expect(() => adamStep({ ...room, step: 0, learningRate: 1 })).toThrow("step: expected");
    parameter.dispose();
  });
});

describe("float32View", () => {
  it("is the memory of a tensor on wasm, and nothing elsewhere", async () => {
    const x = tf.tensor1d([1, 2, 3]);
    expect(float32View(x)).toEqual(Float32Array.of(1, 2, 3));
    expect(float32View(tf.tidy(() => tf.tensor1d([1], "int32")))).toBeUndefined();
    x.dispose();
    await tf.setBackend("cpu");
    const y = tf.tensor1d([1]);
    expect(float32View(y)).toBeUndefined();
    y.dispose();
    await tf.setBackend("wasm");
  });
});
