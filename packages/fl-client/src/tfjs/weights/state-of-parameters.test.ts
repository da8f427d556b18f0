import { FlError, type ModelParameters, type NamedTensor } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useCpu } from "../../../test/layer-check.js";
import { seededRandom } from "../../seeded-random.js";
import { batchNorm } from "../layers/batch-norm.js";
import { conv2d } from "../layers/conv2d.js";
import { depthwiseConv2d } from "../layers/depthwise-conv2d.js";
import { linear } from "../layers/linear.js";
import { sequential } from "../layers/sequential.js";
import { createModel } from "../models/create-model.js";
import { initializeState } from "./initialize-state.js";
import { innerShape, toInner, toOuter } from "./inner-layout.js";
import { parametersOfState, stateOfParameters } from "./state-of-parameters.js";

beforeAll(useCpu);

/** A layer of every layout. */
const model = sequential([
  ["conv", conv2d({ inChannels: 2, outChannels: 3, kernel: 3 })],
  ["depthwise", depthwiseConv2d({ channels: 3, kernel: 3 })],
  ["norm", batchNorm({ channels: 3 })],
  ["fc", linear({ inFeatures: 3, outFeatures: 4 })],
]);

async function firstParameters(): Promise<ModelParameters> {
  const state = initializeState(model, seededRandom(1));
  const parameters = await parametersOfState(model, state);
  tf.dispose([...state.values()]);
  return parameters;
}

describe("layouts", () => {
  it.each([
    ["convolution", [2, 3, 1, 2], [1, 2, 3, 2], [3, 2, 0, 1]],
    ["linear", [2, 3], [3, 2], [1, 0]],
    ["depthwise", [3, 1, 2, 2], [2, 2, 3, 1], undefined],
  ] as const)("turn %s of %j into %j, and back", (layout, shape, inner, back) => {
    const size = shape.reduce<number>((product, length) => product * length, 1);
    const values = Float32Array.from({ length: size }, (_, i) => i);
    const turned = toInner(values, { layout, shape });
    expect(innerShape({ layout, shape })).toEqual(inner);
    expect(toOuter(turned, { layout, shape })).toEqual(values);
    const permutation =
      back === undefined ? [2, 3, 0, 1] : layout === "linear" ? [1, 0] : [2, 3, 1, 0];
    const expected = tf.transpose(tf.tensor(values, [...shape]), permutation);
    expect(expected.shape).toEqual(inner);
    expect([...turned]).toEqual([...expected.dataSync()]);
  });

  it("leave what lies alike", () => {
    const values = new Float32Array(3);
    expect(toInner(values, { layout: "as-is", shape: [3] })).toBe(values);
  });
});

describe("a state", () => {
  it("has PyTorch's names, dtypes and shapes as parameters, and comes back the same", async () => {
    const parameters = await firstParameters();
    expect(parameters.map(({ name, shape, dtype }) => ({ name, shape, dtype }))).toEqual(
      model.state.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    );
    const before = tf.memory().numTensors;
    const state = stateOfParameters(model, parameters);
    expect(await parametersOfState(model, state)).toEqual(parameters);
    tf.dispose([...state.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("is drawn the same from the same seed", async () => {
    expect(await firstParameters()).toEqual(await firstParameters());
  });

  it("doesn't share memory with its parameters", async () => {
    const parameters = await firstParameters();
    const state = stateOfParameters(model, parameters);
    const name = "norm.weight";
    const given = parameters.find((tensor) => tensor.name === name)!.data as Float32Array;
    given.fill(7);
    expect([...state.get(name)!.dataSync()]).not.toContain(7);
    const taken = (await parametersOfState(model, state)).find((tensor) => tensor.name === name)!;
    (taken.data as Float32Array).fill(8);
    expect([...state.get(name)!.dataSync()]).not.toContain(8);
    tf.dispose([...state.values()]);
  });

  it("is read from Flower's positions, and from any order of names", async () => {
    const parameters = await firstParameters();
    const byPosition = parameters.map((tensor, i) => ({ ...tensor, name: String(i) }));
    for (const given of [byPosition, parameters.toReversed()]) {
      const state = stateOfParameters(model, given);
      expect(await parametersOfState(model, state)).toEqual(parameters);
      tf.dispose([...state.values()]);
    }
  });

  it("takes floats of other widths, and counts that were averaged", async () => {
    const parameters = await firstParameters();
    const others = parameters.map((tensor, i): NamedTensor => {
      const { name, shape } = tensor;
      if (tensor.dtype === "int64") {
        return { name, shape, dtype: "float64", data: Float64Array.of(11.6) };
      }
      const data = Float64Array.from(tensor.data as Float32Array);
      return i % 2 === 0 ? { name, shape, dtype: "float64", data } : tensor;
    });
    const state = stateOfParameters(model, others);
    const read = await parametersOfState(model, state);
    for (const [i, tensor] of read.entries()) {
      expect(tensor.data).toEqual(
        tensor.dtype === "int64" ? BigInt64Array.of(12n) : parameters[i]!.data,
      );
    }
    tf.dispose([...state.values()]);
  });

  it("takes float16", () => {
    const tiny = createModel("lenet5", { numClasses: 1, inputShape: [28, 28, 1] });
    const halves = tiny.state.map(({ name, shape }): NamedTensor => {
      const size = shape.reduce((product, length) => product * length, 1);
      return { name, shape, dtype: "float16", data: new Uint16Array(size).fill(0x3e00) };
    });
    const state = stateOfParameters(tiny, halves);
    expect(new Set(state.get("conv1.weight")!.dataSync())).toEqual(new Set([1.5]));
    tf.dispose([...state.values()]);
  });
});

describe("parameters are refused", () => {
  const refused = async (
    change: (parameters: readonly NamedTensor[]) => ModelParameters,
    message: RegExp,
  ): Promise<void> => {
    const parameters = change(await firstParameters());
    const before = tf.memory().numTensors;
    const read = () => stateOfParameters(model, parameters);
    expect(read).toThrow(FlError);
    expect(read).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  };

  it("with another count", async () => {
    await refused((all) => all.slice(1), /9 tensors, 10 expected/);
  });

  it("with a name that isn't the model's", async () => {
    await refused(
      ([first, ...others]) => [{ ...first!, name: "stem.weight" }, ...others],
      /conv\.weight: there is no tensor of that name/,
    );
  });

  it("with another shape, told by name and both shapes", async () => {
    await refused(
      (all) => [...all.slice(0, -1), { ...all.at(-1)!, shape: [1, 4] }],
      /^fc\.bias: float32 \[1, 4\], float32 \[4\] expected$/,
    );
  });

  it("with a dtype of another kind", async () => {
    await refused(
      (all) => [
        ...all.slice(0, -1),
        { name: all.at(-1)!.name, shape: [4], dtype: "int32", data: new Int32Array(4) },
      ],
      /^fc\.bias: int32 \[4\], float32 \[4\] expected$/,
    );
  });

  it("with a name twice", async () => {
    await refused((all) => [all[1]!, ...all.slice(1)], /conv\.weight: there is no/);
  });
});

it("is no state without an array", async () => {
  await expect(parametersOfState(model, new Map())).rejects.toThrow(TypeError);
});
