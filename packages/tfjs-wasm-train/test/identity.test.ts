import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { float32View } from "../src/index.js";
import { useTrainingKernels } from "./gradient-check.js";

beforeAll(useTrainingKernels);

it("gives a reference: no copy, and values that outlive the tensor they were taken of", () => {
  const entries = tf.backend().numDataIds();
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const clone = x.clone();
  expect(float32View(clone)!.byteOffset).toBe(float32View(x)!.byteOffset);
  expect(clone.shape).toEqual([2, 2]);
  x.dispose();
  expect(Array.from(clone.dataSync())).toEqual([1, 2, 3, 4]);
  clone.dispose();
  expect(tf.backend().numDataIds()).toBe(entries);
});

it("leaves a clone as it was when a variable gets another value", () => {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const clone = variable.clone();
  tf.tidy(() => variable.assign(tf.tensor1d([3, 4])));
  expect(Array.from(clone.dataSync())).toEqual([1, 2]);
  tf.dispose([variable, clone]);
});

it("clones text and integers", () => {
  tf.tidy(() => {
    expect(tf.tensor1d(["a", "b"]).clone().dataSync()).toEqual(["a", "b"]);
    expect(Array.from(tf.tensor1d([7], "int32").clone().dataSync())).toEqual([7]);
  });
});
