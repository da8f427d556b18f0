import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../seeded-random.js";
import { selectBackend } from "../backend/select-backend.js";
import type { Model } from "../layers/module.js";
import { createModel } from "../models/create-model.js";
import { initializeState } from "../weights/initialize-state.js";
import { microBatchSizeOf } from "./micro-batch-size.js";

beforeAll(async () => {
  await selectBackend({ backend: "wasm" });
});

function sizeFor(name: string, side: number, normMethod?: "explicit" | "ghost"): number {
  const shape = { inputShape: [side, side, 1] as const, numClasses: 10 };
  const model = createModel(name, { ...shape, normalization: "group" });
  return microBatchSizeOf(model, initializeState(model, seededRandom(1)), normMethod);
}

describe("microBatchSizeOf", () => {
  it("counts what is kept of a sample", () => {
    const convolutions = 28 * 28 * (1 + 32) + 800 + 14 * 14 * (32 + 64) + 51_200;
    const linear = 3136 + 512 + 512 + 10;
    expect(sizeFor("cnn", 28)).toBe(Math.floor(2 ** 25 / (convolutions + linear)));
  });

  it("counts matrices of pixels by pixels where norms are taken without gradients", () => {
    expect(sizeFor("cnn", 28, "ghost")).toBeLessThan(sizeFor("cnn", 28, "explicit") / 10);
  });

  it("leaves it to the step to refuse a model without taps", () => {
    const model = createModel("lenet5", { inputShape: [28, 28, 1], numClasses: 10 });
    const untapped: Model = {
      ...model,
      forward: (x, { tap: _, ...pass }, prefix) => model.forward(x, pass, prefix),
    };
    const state = initializeState(model, seededRandom(1));
    expect(microBatchSizeOf(untapped, state, undefined)).toBe(2 ** 25);
  });

  it("is less for larger images, and never none", () => {
    expect(sizeFor("resnet18", 64)).toBeLessThan(sizeFor("resnet18", 32));
    expect(sizeFor("cnn", 96, "ghost")).toBe(1);
  });
});
