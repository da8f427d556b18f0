import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { randomTensor, useCpu } from "../../../test/layer-check.js";
import { seededRandom } from "../../seeded-random.js";
import type { Model, TapSite } from "../layers/module.js";
import { initializeState } from "../weights/initialize-state.js";
import { countParameters, createModel, MODEL_NAMES } from "./create-model.js";
import type { ModelOptions } from "./model-options.js";

beforeAll(useCpu);

const imagenet = { numClasses: 1000, inputShape: [224, 224, 3] } as const;

/** Small images, and few classes. */
function smallModel(name: string, more: Partial<ModelOptions> = {}): Model {
  const width = name === "mobilenet_v2" ? 0.25 : 1;
  return createModel(name, { numClasses: 3, inputShape: [29, 29, 1], width, ...more });
}

describe("parameters", () => {
  it.each([
    ["lenet5", [28, 28, 1], 10, 61_706],
    ["lenet5", [32, 32, 1], 10, 61_706],
    ["lenet5", [32, 32, 3], 10, 62_006],
    ["cnn", [28, 28, 1], 10, 1_663_370],
    ["resnet18", [224, 224, 3], 1000, 11_689_512],
    ["resnet34", [224, 224, 3], 1000, 21_797_672],
    ["densenet121", [224, 224, 3], 1000, 7_978_856],
    ["mobilenet_v2", [224, 224, 3], 1000, 3_504_872],
    // He et al. 2016, table 6: 0.27 million for CIFAR-10.
    ["resnet20", [32, 32, 3], 10, 272_474],
    ["resnet8", [32, 32, 3], 10, 78_042],
  ] as const)(
    "of %s are as many as published, for %j and %i classes",
    (name, inputShape, numClasses, count) => {
      expect(countParameters(createModel(name, { numClasses, inputShape }))).toBe(count);
    },
  );

  it("of mobilenet_v2 with width 0.5 are torchvision's", () => {
    expect(countParameters(createModel("mobilenet_v2", { ...imagenet, width: 0.5 }))).toBe(
      1_968_680,
    );
  });
});

describe("names", () => {
  it("of resnet18 are torchvision's, in its order", () => {
    const { state } = createModel("resnet18", imagenet);
    expect(state).toHaveLength(122);
    expect(state.slice(0, 8).map(({ name }) => name)).toEqual([
      "conv1.weight",
      "bn1.weight",
      "bn1.bias",
      "bn1.running_mean",
      "bn1.running_var",
      "bn1.num_batches_tracked",
      "layer1.0.conv1.weight",
      "layer1.0.bn1.weight",
    ]);
    expect(state.slice(-2).map(({ name }) => name)).toEqual(["fc.weight", "fc.bias"]);
    const shapes = new Map(state.map(({ name, shape }) => [name, shape]));
    expect(shapes.get("conv1.weight")).toEqual([64, 3, 7, 7]);
    expect(shapes.get("layer2.0.downsample.0.weight")).toEqual([128, 64, 1, 1]);
    expect(shapes.get("layer4.1.conv2.weight")).toEqual([512, 512, 3, 3]);
    expect(shapes.get("fc.weight")).toEqual([1000, 512]);
    const at = (name: string): number => state.findIndex((entry) => entry.name === name);
    expect(at("layer2.0.downsample.0.weight")).toBe(at("layer2.0.bn2.num_batches_tracked") + 1);
  });

  it("of the other models of torchvision are as many, and the last", () => {
    const facts = ["resnet34", "densenet121", "mobilenet_v2"].map((name) => {
      const { state } = createModel(name, imagenet);
      return [name, state.length, state.at(-2)!.name, state.at(-2)!.shape.join()];
    });
    expect(facts).toEqual([
      ["resnet34", 218, "fc.weight", "1000,512"],
      ["densenet121", 727, "classifier.weight", "1000,1024"],
      ["mobilenet_v2", 314, "classifier.1.weight", "1000,1280"],
    ]);
    const names = createModel("densenet121", imagenet).state.map(({ name }) => name);
    for (const name of [
      "features.conv0.weight",
      "features.denseblock3.denselayer24.norm2.running_var",
      "features.transition3.conv.weight",
      "features.norm5.weight",
    ]) {
      expect(names).toContain(name);
    }
  });

  it("of a model occur once", () => {
    for (const name of MODEL_NAMES) {
      const names = smallModel(name).state.map((entry) => entry.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("of group norms are those of the batch norms, without running statistics", () => {
    const [batch, group] = (["batch", "group"] as const).map(
      (normalization) => smallModel("resnet8", { normalization }).state,
    );
    expect(group!.map(({ name }) => name)).toEqual(
      batch!.filter(({ kind }) => kind === "parameter").map(({ name }) => name),
    );
  });

  it("of fastai's head are by its places, and its linear layers have no bias", () => {
    const { state, headPrefixes } = createModel("resnet18", { ...imagenet, head: "fastai" });
    expect(headPrefixes).toEqual(["head."]);
    const head = state.filter(({ name, kind }) => name.startsWith("head.") && kind === "parameter");
    expect(head.map(({ name, shape }) => `${name} ${shape}`)).toEqual([
      "head.2.weight 1024",
      "head.2.bias 1024",
      "head.4.weight 512,1024",
      "head.6.weight 512",
      "head.6.bias 512",
      "head.8.weight 1000,512",
    ]);
  });
});

describe.each(MODEL_NAMES)("%s", (name) => {
  it("has each array in its head or in one group of its body", () => {
    for (const head of ["plain", "fastai"] as const) {
      if (head === "fastai" && ["lenet5", "cnn"].includes(name)) continue;
      const { state, headPrefixes, bodyGroups } = smallModel(name, { head });
      for (const entry of state) {
        const groups = [headPrefixes, ...bodyGroups].filter((prefixes) =>
          prefixes.some((prefix) => entry.name.startsWith(prefix)),
        );
        expect(groups, entry.name).toHaveLength(1);
      }
    }
  });
});

/** Of two with the same layers the smaller. */
const SMALL = ["lenet5", "cnn", "resnet8", "densenet_small", "mobilenet_v2"] as const;

describe.each(SMALL)("%s", (name) => {
  it("tells a tap of every parameter once, and leaks nothing", () => {
    const model = smallModel(name, { normalization: "group" });
    const state = initializeState(model, seededRandom(1));
    const x = randomTensor([1, 29, 29, 1]);
    const before = tf.memory().numTensors;
    const sites: TapSite[] = [];
    const read = (array: string): tf.Tensor => state.get(array)!;
    const pass = { training: true, read, write: () => {}, random: seededRandom(2) };
    const tap = (site: TapSite, _: tf.Tensor, output: tf.Tensor): tf.Tensor => {
      sites.push(site);
      return output;
    };
    const plain = tf.tidy(() => model.forward(x, pass, ""));
    const random = seededRandom(2);
    const tapped = tf.tidy(() => model.forward(x, { ...pass, random, tap }, ""));
    expect(plain.shape).toEqual([1, 3]);
    const [a, b] = [plain.dataSync(), tapped.dataSync()];
    for (const [i, value] of a.entries()) expect(b[i]).toBeCloseTo(value, 4);
    tf.dispose([plain, tapped]);
    expect(tf.memory().numTensors).toBe(before);
    const told = sites.flatMap(({ prefix, bias }) => [
      `${prefix}weight`,
      ...(bias ? [`${prefix}bias`] : []),
    ]);
    expect(told.toSorted()).toEqual(model.state.map((entry) => entry.name).toSorted());
  });
});

describe("createModel refuses", () => {
  it.each([
    ["resnet50", {}, /expected one of lenet5, cnn, .*mobilenet_v2, got resnet50/],
    ["toString", {}, /got toString/],
    ["resnet8", { numClasses: 0 }, /^numClasses/],
    ["resnet8", { inputShape: [32, 32] }, /^inputShape/],
    ["resnet8", { normalization: "layer" }, /^normalization/],
    ["resnet8", { head: "none" }, /^head/],
    ["lenet5", { head: "fastai" }, /^head: expected plain for lenet5/],
    ["lenet5", { inputShape: [8, 8, 1] }, /^inputShape/],
    ["cnn", { inputShape: [3, 3, 1] }, /^inputShape/],
    ["densenet_small", { inputShape: [28, 64, 1] }, /^inputShape/],
    ["resnet8", { width: 0.5 }, /^width: expected 1 for resnet8/],
    ["mobilenet_v2", { width: 0 }, /^width/],
  ])("%s with %j", (name, options, message) => {
    const all = { numClasses: 10, inputShape: [32, 32, 3], ...options };
    const create = () => createModel(name, all as unknown as ModelOptions);
    expect(create).toThrow(RangeError);
    expect(create).toThrow(message);
  });
});
