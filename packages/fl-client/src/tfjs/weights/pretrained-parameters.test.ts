import type { ModelParameters } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useCpu } from "../../../test/layer-check.js";
import { seededRandom } from "../../seeded-random.js";
import type { Model } from "../layers/module.js";
import { createModel } from "../models/create-model.js";
import { initializeState } from "./initialize-state.js";
import { pretrainedParameters } from "./pretrained-parameters.js";
import { parametersOfState } from "./state-of-parameters.js";

beforeAll(useCpu);

const options = { numClasses: 2, inputShape: [32, 32, 3], normalization: "group" } as const;
const model = createModel("resnet8", options);

/** Parameters as a file has them, which are not those that are drawn. */
async function fileOf(of: Model, rename = (name: string) => name): Promise<ModelParameters> {
  const state = initializeState(of, seededRandom(7));
  const parameters = await parametersOfState(of, state);
  tf.dispose([...state.values()]);
  return parameters.map((tensor) => ({ ...tensor, name: rename(tensor.name) }));
}

const begin = (file: ModelParameters, of = model) =>
  pretrainedParameters(of, file, seededRandom(1));

describe("pretrained parameters", () => {
  it("are the file's, whoever wrapped the model, and leave no tensor behind", async () => {
    const file = await fileOf(model);
    const before = tf.memory().numTensors;
    const { parameters, ...counts } = await begin(
      file.map((t) => ({ ...t, name: `module.${t.name}` })),
    );
    expect(parameters).toEqual(file);
    const taken = model.state.length;
    expect(counts).toEqual({ taken, missing: 0, unexpected: 0, isHeadNew: false });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ["own names", model, (name: string) => name],
    ["a wrapper's names", model, (name: string) => `module.${name}`],
    [
      "fastai's names",
      createModel("resnet8", { ...options, head: "fastai" }),
      (name: string) =>
        ["conv1.", "bn1.", "relu.", "maxpool.", "layer1.", "layer2.", "layer3."].reduce(
          (text, child, i) => text.replace(new RegExp(`^${child}`), `0.${i}.`),
          name.replace(/^head\./, "1."),
        ),
    ],
  ] as const)("have a new head for other classes, with %s", async (_, own, rename) => {
    const head = own === model ? "plain" : "fastai";
    const file = await fileOf(createModel("resnet8", { ...options, head, numClasses: 10 }), rename);
    const { parameters, ...counts } = await begin(file, own);
    const body = own.state.filter(({ name }) => !own.headPrefixes.some((p) => name.startsWith(p)));
    const none = { missing: 0, unexpected: 0 };
    expect(counts).toEqual({ taken: body.length, ...none, isHeadNew: true });
    expect(parameters.map(({ shape }) => shape)).toEqual(own.state.map(({ shape }) => shape));
    expect(parameters[0]!.data).toEqual(file[0]!.data);
  });

  it("tell what the file lacks, and what it has besides", async () => {
    const file = await fileOf(model);
    const renamed = file.map((tensor, i) =>
      i === 0 ? { ...tensor, name: "stem.weight" } : tensor,
    );
    expect(await begin(renamed)).toMatchObject({ missing: 1, unexpected: 1, isHeadNew: false });
    const headless = file.filter(({ name }) => !name.startsWith("fc."));
    expect(await begin(headless)).toMatchObject({ missing: 0, unexpected: 0, isHeadNew: true });
  });

  it("are refused of another network, of which less than half of the body would be", async () => {
    const deep = createModel("resnet20", options);
    await expect(begin(await fileOf(model), deep)).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
      message: expect.stringMatching(/^weights: \d+ of \d+ arrays of the model's body/),
    });
    // The other way round all that is needed is there; the rest is told.
    const told = await begin(await fileOf(deep));
    expect(told).toMatchObject({ missing: 0, taken: model.state.length });
    expect(told.unexpected).toBe(deep.state.length - model.state.length);
    const head = (await fileOf(model)).filter(({ name }) => name.startsWith("fc."));
    await expect(begin(head)).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
  });
});
