import { registerTrainingKernels } from "@dsail/tfjs-wasm-train";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { tinyBatch, tinyModel } from "../../../test/tiny-model.js";
import { seededRandom } from "../../seeded-random.js";
import type { ModelState } from "../layers/module.js";
import { initializeState } from "../weights/initialize-state.js";
import { evaluateModel } from "./evaluate-model.js";
import { createLearner, type Learner, type LearnerOptions } from "./learner.js";
import { microBatches } from "./micro-batches.js";

const model = tinyModel();

function learnerWith(options: Partial<LearnerOptions> = {}): Learner {
  const { model: own = model } = options;
  const state = initializeState(own, seededRandom(3));
  const optimizer = { kind: "adam" } as const;
  const learner = createLearner({
    model: own,
    state,
    optimizer,
    random: seededRandom(1),
    ...options,
  });
  tf.dispose([...state.values()]);
  return learner;
}

const valuesOf = (state: ModelState): Record<string, number[]> =>
  Object.fromEntries([...state].map(([name, tensor]) => [name, Array.from(tensor.dataSync())]));

function expectClose(a: ModelState, b: ModelState): void {
  for (const [name, values] of Object.entries(valuesOf(a))) {
    b.get(name)!
      .dataSync()
      .forEach((x, i) => {
        expect(x, name).toBeCloseTo(values[i]!, 5);
      });
  }
}

describe("a learner", () => {
  beforeAll(async () => {
    registerTrainingKernels();
    await tf.setBackend("wasm");
  });

  it("learns a batch by heart, and tells the loss before each step", async () => {
    const learner = learnerWith();
    const batch = tinyBatch(12);
    const { loss: before } = await evaluateModel(model, learner.state, [batch]);
    const first = await learner.step(batch, { learningRate: 0.02 });
    expect(first.loss).toBeCloseTo(before, 5);
    for (let i = 0; i < 120; i++) await learner.step(batch, { learningRate: 0.02 });
    const { loss, probabilities, labels } = await evaluateModel(model, learner.state, [batch]);
    expect(loss).toBeLessThan(0.2);
    labels.forEach((label, n) => {
      expect(Math.max(...probabilities.subarray(3 * n, 3 * n + 3))).toBe(
        probabilities[3 * n + label],
      );
    });
    learner.dispose();
  });

  it("takes the same step in micro-batches, also with weights and smoothing", async () => {
    const loss = { labelSmoothing: 0.2, classWeights: [1, 2, 5] };
    const optimizer = { kind: "sgd" } as const;
    const whole = learnerWith({ loss, optimizer });
    const parts = learnerWith({ loss, optimizer, microBatchSize: 2 });
    const batch = tinyBatch(7);
    const one = await whole.step(batch, { learningRate: 0.5 });
    const other = await parts.step(batch, { learningRate: 0.5 });
    expect(other.loss).toBeCloseTo(one.loss, 6);
    expectClose(parts.state, whole.state);
    whole.dispose();
    parts.dispose();
  });

  it("leaves what is in no group frozen", async () => {
    const learner = learnerWith();
    const before = valuesOf(learner.state);
    await learner.step(tinyBatch(4), {
      learningRate: [{ prefixes: ["fc2.", "norm1."], learningRate: 0.1 }],
    });
    const changed = Object.entries(valuesOf(learner.state))
      .filter(([name, values]) => values.some((x, i) => x !== before[name]![i]))
      .map(([name]) => name);
    expect(changed).toEqual(["norm1.weight", "norm1.bias", "fc2.weight", "fc2.bias"]);
    learner.dispose();
  });

  it("is drawn back to where it was loaded by FedProx' term, and only by μ times the way", async () => {
    const optimizer = { kind: "sgd" } as const;
    const free = learnerWith({ optimizer });
    const bound = learnerWith({ optimizer, proximalMu: 0.5 });
    const start = valuesOf(free.state);
    const batch = tinyBatch(6);
    for (const each of [free, bound]) await each.step(batch, { learningRate: 0.1 });
    // At w₀ itself the term is zero.
    expectClose(bound.state, free.state);
    const middle = valuesOf(free.state);
    for (const each of [free, bound]) await each.step(batch, { learningRate: 0.1 });
    for (const [name, values] of Object.entries(valuesOf(bound.state))) {
      const without = free.state.get(name)!.dataSync();
      values.forEach((x, i) => {
        const pull = 0.1 * 0.5 * (middle[name]![i]! - start[name]![i]!);
        expect(x).toBeCloseTo(without[i]! - pull, 5);
      });
    }
    free.dispose();
    bound.dispose();
  });

  it("takes another state in, and goes on where a saved one ended", async () => {
    const one = learnerWith();
    await one.step(tinyBatch(4), { learningRate: 0.05 });
    const other = learnerWith({ optimizerState: await one.optimizerState() });
    other.load(one.state);
    for (const each of [one, other]) await each.step(tinyBatch(4, 2), { learningRate: 0.05 });
    expect(valuesOf(other.state)).toEqual(valuesOf(one.state));
    expect(() => other.load(new Map())).toThrow(/state: expected conv1.weight/);
    one.dispose();
    other.dispose();
  });

  it("follows batch norm's statistics, and a batch of none changes nothing", async () => {
    const learner = learnerWith({ model: tinyModel("batch") });
    await learner.step(tinyBatch(4), { learningRate: 0.05 });
    expect(learner.state.get("norm1.num_batches_tracked")!.dataSync()[0]).toBe(1);
    expect(
      learner.state
        .get("norm1.running_mean")!
        .dataSync()
        .some((x) => x !== 0),
    ).toBe(true);
    const before = valuesOf(learner.state);
    const none = { images: new Float32Array(0), labels: new Int32Array(0) };
    expect(await learner.step(none, { learningRate: 1 })).toEqual({
      numExamples: 0,
      loss: Number.NaN,
    });
    expect(valuesOf(learner.state)).toEqual(before);
    learner.dispose();
  });

  it("stops when nobody waits any more", async () => {
    const learner = learnerWith();
    const before = valuesOf(learner.state);
    const signal = AbortSignal.abort();
    await expect(learner.step(tinyBatch(4), { learningRate: 1, signal })).rejects.toThrow(/abort/);
    expect(valuesOf(learner.state)).toEqual(before);
    learner.dispose();
  });

  it("refuses options out of their range", () => {
    expect(() => learnerWith({ microBatchSize: 0 })).toThrow(/microBatchSize/);
    expect(() => learnerWith({ proximalMu: -1 })).toThrow(/proximalMu/);
  });

  it("leaks no tensor over 500 steps, and none of evaluations", async () => {
    const before = tf.memory().numTensors;
    const learner = learnerWith({ model: tinyModel("batch"), proximalMu: 0.1, microBatchSize: 3 });
    const batches = [tinyBatch(6), tinyBatch(4)];
    for (const batch of batches) await learner.step(batch, { learningRate: 0.01 });
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 500; i++) await learner.step(batches[i % 2]!, { learningRate: 0.01 });
    for (let i = 0; i < 5; i++) await evaluateModel(tinyModel("batch"), learner.state, batches);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    learner.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("an evaluation", () => {
  it("is the same whatever the batches are, and of none is empty", async () => {
    const learner = learnerWith();
    const batch = tinyBatch(7);
    const loss = { classWeights: [1, 2, 5] };
    const whole = await evaluateModel(model, learner.state, [batch], { loss });
    const parts = await evaluateModel(model, learner.state, microBatches(batch, 3), { loss });
    expect(parts.numExamples).toBe(7);
    expect(parts.labels).toEqual(batch.labels);
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    parts.logits.forEach((x, i) => {
      expect(x).toBeCloseTo(whole.logits[i]!, 5);
    });
    const sum = parts.probabilities.subarray(0, 3).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 6);
    const none = await evaluateModel(model, learner.state, []);
    expect(none).toMatchObject({ numExamples: 0, loss: Number.NaN });
    learner.dispose();
  });
});
