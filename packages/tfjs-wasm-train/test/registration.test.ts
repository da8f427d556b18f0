import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it, vi } from "vitest";
import { registerTrainingKernels } from "../src/index.js";
import { simdOf } from "../src/simd/simd-module.js";
import { stockKernel, useTrainingKernels } from "./gradient-check.js";

beforeAll(useTrainingKernels);

it("registers once, without a warning", () => {
  const warn = vi.spyOn(console, "warn");
  const before = tf.getKernel("MaxPoolGrad", "wasm");
  registerTrainingKernels();
  expect(tf.getKernel("MaxPoolGrad", "wasm")).toBe(before);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

it("replaces the stock kernel, whose set-up stays", async () => {
  const ours = tf.getKernel("MaxPoolGrad", "wasm");
  await stockKernel("MaxPoolGrad").run(async () => {
    const stock = tf.getKernel("MaxPoolGrad", "wasm");
    expect(stock.kernelFunc).not.toBe(ours.kernelFunc);
    expect(stock.setupFunc).toBe(ours.setupFunc);
  });
});

it("runs SIMD here: otherwise the other tests would test the fallback alone", () => {
  expect(simdOf(tf.backend() as unknown as Parameters<typeof simdOf>[0])).toBeDefined();
});
