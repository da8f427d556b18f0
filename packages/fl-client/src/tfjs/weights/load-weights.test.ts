import {
  FlError,
  type ModelParameters,
  type NamedTensor,
  writeNpz,
  writeSafetensors,
} from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useCpu } from "../../../test/layer-check.js";
import { seededRandom } from "../../seeded-random.js";
import type { Model } from "../layers/module.js";
import { createModel } from "../models/create-model.js";
import { initializeState } from "./initialize-state.js";
import { loadWeights, readWeights } from "./load-weights.js";
import { parametersOfState } from "./state-of-parameters.js";

beforeAll(useCpu);

const options = { numClasses: 3, inputShape: [32, 32, 3] } as const;

async function parametersOf(model: Model): Promise<ModelParameters> {
  const state = initializeState(model, seededRandom(1));
  const parameters = await parametersOfState(model, state);
  tf.dispose([...state.values()]);
  return parameters;
}

function renamed(parameters: ModelParameters, rename: (name: string) => string): NamedTensor[] {
  return parameters.map((tensor) => ({ ...tensor, name: rename(tensor.name) }));
}

/** Names of what was loaded; all have the values of `expected`. */
async function loaded(
  model: Model,
  given: ModelParameters,
  expected: ModelParameters,
): Promise<string[]> {
  const { state, missing, unexpected } = loadWeights(model, given);
  expect({ missing, unexpected }).toEqual({ missing: [], unexpected: [] });
  const part = { state: model.state.filter(({ name }) => state.has(name)) };
  const parameters = await parametersOfState(part, state);
  for (const { name, data } of parameters) {
    expect(data).toEqual(expected.find((tensor) => tensor.name === name)!.data);
  }
  tf.dispose([...state.values()]);
  return parameters.map(({ name }) => name);
}

describe("a file", () => {
  const model = createModel("resnet8", options);

  it("is read as safetensors or npz, by what it begins with", async () => {
    const parameters = await parametersOf(model);
    for (const bytes of [writeSafetensors(parameters), writeNpz(parameters)]) {
      const names = await loaded(model, readWeights(bytes), parameters);
      expect(names).toEqual(model.state.map(({ name }) => name));
    }
  });

  it("may have a wrapper's names, and lack what older PyTorch didn't keep", async () => {
    const parameters = await parametersOf(model);
    for (const prefix of ["module.", "_module."]) {
      await loaded(
        model,
        renamed(parameters, (name) => prefix + name),
        parameters,
      );
    }
    const older = parameters.filter(({ name }) => !name.endsWith("num_batches_tracked"));
    expect(await loaded(model, older, parameters)).toHaveLength(older.length);
  });

  it("tells what is missing and unexpected", async () => {
    const parameters = await parametersOf(model);
    const given = renamed(parameters.slice(1), (name) => (name === "fc.bias" ? "last" : name));
    const { state, missing, unexpected } = loadWeights(model, given);
    expect(missing).toEqual(["conv1.weight", "fc.bias"]);
    expect(unexpected).toEqual(["last"]);
    expect(state.has("fc.weight")).toBe(true);
    tf.dispose([...state.values()]);
  });

  it("gives group norms scale and shift, and its statistics are unexpected", async () => {
    const group = createModel("resnet8", { ...options, normalization: "group" });
    const { state, missing, unexpected } = loadWeights(group, await parametersOf(model));
    expect(missing).toEqual([]);
    expect(unexpected).toHaveLength(3 * 9);
    expect(state.size).toBe(group.state.length);
    tf.dispose([...state.values()]);
  });

  it("of other classes is refused by name and shapes, unless the head is ignored", async () => {
    const other = await parametersOf(createModel("resnet8", { ...options, numClasses: 5 }));
    const before = tf.memory().numTensors;
    expect(() => loadWeights(model, other)).toThrow(FlError);
    expect(() => loadWeights(model, other)).toThrow(
      "fc.weight: float32 [5, 64], float32 [3, 64] expected",
    );
    expect(tf.memory().numTensors).toBe(before);
    const { state, missing, unexpected } = loadWeights(model, other, { ignoreHead: true });
    expect({ missing, unexpected }).toEqual({ missing: [], unexpected: [] });
    expect(state.has("fc.weight")).toBe(false);
    expect(state.size).toBe(model.state.length - 2);
    tf.dispose([...state.values()]);
  });

  it("of something else is refused", () => {
    const data = new Float32Array(1);
    const other: ModelParameters = [{ name: "x", dtype: "float32", shape: [1], data }];
    expect(() => loadWeights(model, other)).toThrow(/no array of the file/);
  });
});

/** The model's arrays of up to 10,000 elements, which are of all its parts. */
function withoutLarge(model: Model): Model {
  const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  return { ...model, state: model.state.filter(({ shape }) => elements(shape) <= 10_000) };
}

describe("fastai's names", () => {
  it("are those of a resnet's children, and of the head", async () => {
    const own = createModel("resnet18", { ...options, head: "fastai", normalization: "group" });
    const model = withoutLarge(own);
    const parameters = await parametersOf(model);
    const children = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"];
    const fastai = renamed(parameters, (name) => {
      const [child, ...rest] = name.split(".");
      return child === "head"
        ? `1.${rest.join(".")}`
        : `0.${children.indexOf(child!)}.${rest.join(".")}`;
    });
    expect(fastai[0]!.name).toBe("0.0.weight");
    expect(fastai.at(-1)!.name).toBe("1.8.weight");
    expect(await loaded(model, fastai, parameters)).toHaveLength(model.state.length);
  });

  it("are those of a densenet's features, and torchvision's old ones had more dots", async () => {
    const own = createModel("densenet_small", {
      ...options,
      head: "fastai",
      normalization: "group",
    });
    const model = withoutLarge(own);
    const parameters = await parametersOf(model);
    const fastai = renamed(parameters, (name) =>
      name.replace(/^features\./, "0.0.").replace(/^head\./, "1."),
    );
    expect(fastai[0]!.name).toBe("0.0.conv0.weight");
    await loaded(model, fastai, parameters);
    const old = renamed(parameters, (name) =>
      name.replace(/(denselayer\d+\.)(norm|conv)([12])\./, "$1$2.$3."),
    );
    expect(old.some(({ name }) => name.endsWith("denselayer1.norm.1.weight"))).toBe(true);
    await loaded(model, old, parameters);
  });
});
