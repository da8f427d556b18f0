import { type DpEvent, repeated, sampledAdaptiveGaussian, sampledGaussian } from "@dsail/dp";
import { seededRandomForTestsOnly } from "@dsail/dp/testing";
import { registerTrainingKernels } from "@dsail/tfjs-wasm-train";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { tinyBatch, tinyModel } from "../../../test/tiny-model.js";
import type { Batch } from "../../data/image-dataset.js";
import { seededRandom } from "../../seeded-random.js";
import { createLearner, type Learner } from "../training/learner.js";
import { selectSamples } from "../training/micro-batches.js";
import { initializeState } from "../weights/initialize-state.js";
import type { DpOptions } from "./dp-options.js";
import { eventOfStep } from "./dp-options.js";

const model = tinyModel();
const EMPTY: Batch = { images: new Float32Array(0), labels: new Int32Array(0) };
const ALL = model.state.map(({ name }) => name);

type Options = Partial<DpOptions> & { readonly microBatchSize?: number };

function learnerWith({ microBatchSize, ...dp }: Options = {}, isPrivate = true): Learner {
  const state = initializeState(model, seededRandom(3));
  const learner = createLearner({
    ...{ model, state, optimizer: { kind: "sgd" }, random: seededRandom(4) },
    ...(microBatchSize !== undefined && { microBatchSize }),
    ...(isPrivate && {
      dp: {
        ...{ noiseMultiplier: 0, maxGradNorm: 0.5, sampleRate: 0.01, expectedBatchSize: 1 },
        ...{ record: () => {}, ...dp },
      },
    }),
  });
  tf.dispose([...state.values()]);
  return learner;
}

/** What a step of learning rate 1 takes off, by name. */
async function changeOf(
  batch: Batch,
  options: Options = {},
  isPrivate = true,
  prefixes: readonly string[] = [""],
): Promise<Map<string, Float32Array>> {
  const learner = learnerWith(options, isPrivate);
  const before = new Map(ALL.map((name) => [name, learner.state.get(name)!.dataSync().slice()]));
  await learner.step(batch, { learningRate: [{ prefixes, learningRate: 1 }] });
  const change = new Map(
    ALL.map((name) => {
      const after = learner.state.get(name)!.dataSync();
      return [name, (before.get(name) as Float32Array).map((x, i) => x - after[i]!)];
    }),
  );
  learner.dispose();
  return change;
}

const normOf = (arrays: Iterable<Float32Array>): number =>
  Math.sqrt([...arrays].reduce((sum, a) => sum + a.reduce((s, x) => s + x * x, 0), 0));

function distance(a: Map<string, Float32Array>, b: Map<string, Float32Array>): number {
  const differences = ALL.map((name) => a.get(name)!.map((x, i) => x - b.get(name)![i]!));
  return normOf(differences) / normOf(b.values());
}

/** One sample after another, without privacy, clipped by hand. */
async function byHand(batch: Batch, bound: number, perLayer = false, prefixes = [""]) {
  const sum = new Map(ALL.map((name) => [name, new Float32Array(sizeOf(name))]));
  for (let n = 0; n < batch.labels.length; n++) {
    const gradient = await changeOf(selectSamples(batch, [n]), {}, false, prefixes);
    const trained = ALL.filter((name) => prefixes.some((each) => name.startsWith(each)));
    for (const name of trained) {
      const values = gradient.get(name)!;
      const norm = normOf(perLayer ? [values] : trained.map((each) => gradient.get(each)!));
      const own = perLayer ? bound / Math.sqrt(trained.length) : bound;
      const factor = Math.min(1, own / (norm + 1e-6));
      values.forEach((x, i) => {
        sum.get(name)![i]! += factor * x;
      });
    }
  }
  return sum;
}

const sizeOf = (name: string): number =>
  model.state.find((entry) => entry.name === name)!.shape.reduce((a, b) => a * b, 1);

describe.each(["cpu", "wasm"])("a private step on %s", (backend) => {
  beforeAll(async () => {
    registerTrainingKernels();
    await tf.setBackend(backend);
  });
  const batch = tinyBatch(7);

  it.each(["explicit", "ghost"] as const)(
    "clips every sample by its norm, %s",
    async (normMethod) => {
      // Some below, some above: the median of the norms is about 1.
      const expected = await byHand(batch, 1);
      expect(
        distance(await changeOf(batch, { maxGradNorm: 1, normMethod }), expected),
      ).toBeLessThan(1e-5);
      // The check finds a bound that is 1 % wrong.
      expect(distance(await changeOf(batch, { maxGradNorm: 1.01 }), expected)).toBeGreaterThan(
        1e-4,
      );
    },
  );

  it("gives what is not clipped as the gradient of the sum", async () => {
    const plain = await changeOf(batch, {}, false);
    const mine = await changeOf(batch, { maxGradNorm: 1e4, expectedBatchSize: 7 });
    expect(distance(mine, plain)).toBeLessThan(1e-5);
  });

  it("never lets a sample have more than the bound", async () => {
    for (let n = 0; n < 3; n++) {
      const one = await changeOf(selectSamples(batch, [n]), { maxGradNorm: 1e-2 });
      expect(normOf(one.values())).toBeLessThanOrEqual(1e-2);
      expect(normOf(one.values())).toBeGreaterThan(0.99e-2);
    }
  });

  it("clips each array by itself where asked", async () => {
    const mine = await changeOf(batch, { maxGradNorm: 1, clipping: "per-layer" });
    expect(distance(mine, await byHand(batch, 1, true))).toBeLessThan(1e-5);
    expect(distance(mine, await byHand(batch, 1))).toBeGreaterThan(1e-2);
  });

  it("takes the norm over what is trained, and leaves the rest", async () => {
    const head = await changeOf(batch, { maxGradNorm: 0.1 }, true, ["fc2.", "depth."]);
    const expected = await byHand(batch, 0.1, false, ["fc2.", "depth."]);
    expect(distance(head, expected)).toBeLessThan(1e-5);
    expect(normOf([head.get("conv1.weight")!])).toBe(0);
  });

  it("gives the same sum in micro-batches of fixed memory", async () => {
    const whole = await changeOf(batch, { maxGradNorm: 1 });
    for (const microBatchSize of [1, 3]) {
      expect(
        distance(await changeOf(batch, { maxGradNorm: 1, microBatchSize }), whole),
      ).toBeLessThan(1e-6);
    }
  });

  it("leaves a sample out that is not finite, and keeps the others", async () => {
    const images = batch.images.slice();
    images[128 * 2] = Number.NaN;
    const rest = selectSamples(batch, [0, 1, 3, 4, 5, 6]);
    const mine = await changeOf({ ...batch, images }, { maxGradNorm: 1 });
    expect(distance(mine, await changeOf(rest, { maxGradNorm: 1 }))).toBeLessThan(1e-6);
  });
});

describe("the noise of a private step", () => {
  beforeAll(async () => {
    registerTrainingKernels();
    await tf.setBackend("wasm");
  });

  it.each([0, 4])(
    "is σ · C over the expected size, once, with %i samples that came",
    async (samples) => {
      const options = {
        ...{ noiseMultiplier: 2, maxGradNorm: 3, expectedBatchSize: 8, microBatchSize: 1 },
        random: seededRandomForTestsOnly(9),
      };
      const batch = samples === 0 ? EMPTY : tinyBatch(samples);
      const clean = await changeOf(batch, { ...options, noiseMultiplier: 0 });
      const noise: number[] = [];
      for (let run = 0; run < 15; run++) {
        const noisy = await changeOf(batch, options);
        for (const name of ALL) {
          noisy.get(name)!.forEach((x, i) => {
            noise.push(x - clean.get(name)![i]!);
          });
        }
      }
      const deviation = Math.sqrt(noise.reduce((sum, x) => sum + x * x, 0) / noise.length);
      const error = 1 / Math.sqrt(2 * noise.length);
      expect(Math.abs(deviation / ((2 * 3) / 8) - 1)).toBeLessThan(5 * error);
    },
  );

  it("is another each time, from the default source", async () => {
    const one = await changeOf(EMPTY, { noiseMultiplier: 1 });
    const other = await changeOf(EMPTY, { noiseMultiplier: 1 });
    expect(distance(one, other)).toBeGreaterThan(0.5);
  });
});

describe("the account of private steps", () => {
  beforeAll(async () => {
    registerTrainingKernels();
    await tf.setBackend("wasm");
  });

  it("has an event for each step, also for one without samples", async () => {
    const events: DpEvent[] = [];
    const learner = learnerWith({
      ...{ noiseMultiplier: 1.5, microBatchSize: 2 },
      record: (event) => void events.push(event),
    });
    for (const batch of [tinyBatch(5), EMPTY, tinyBatch(1)]) {
      await learner.step(batch, { learningRate: 0.1 });
    }
    const step = sampledGaussian({ noiseMultiplier: 1.5, sampleRate: 0.01 });
    expect(events).toEqual([step, step, step]);
    learner.dispose();
  });

  it("is charged before a parameter changes: a refusal leaves all as it was", async () => {
    let refuses = false;
    const learner = learnerWith({
      record: async () => {
        await Promise.resolve();
        if (refuses) throw new Error("no more");
      },
    });
    await learner.step(tinyBatch(3), { learningRate: 0.1 });
    refuses = true;
    const before = learner.state.get("fc2.weight")!.dataSync().slice();
    const tensors = tf.memory().numTensors;
    await expect(learner.step(tinyBatch(3), { learningRate: 0.1 })).rejects.toThrow("no more");
    expect(learner.state.get("fc2.weight")!.dataSync()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    learner.dispose();
  });

  it("has sum and count where the bound adapts, which follows the median of the norms", async () => {
    const events: DpEvent[] = [];
    const options = {
      ...{ noiseMultiplier: 0.01, maxGradNorm: 1e-3, expectedBatchSize: 9, sampleRate: 0.1 },
      adaptive: { learningRate: 0.5, countNoise: 0.5 },
      random: seededRandomForTestsOnly(5),
      record: (event: DpEvent) => void events.push(event),
    };
    const learner = learnerWith(options);
    const batch = tinyBatch(9);
    let clipped = 0;
    for (let step = 0; step < 60; step++) {
      const { clipping } = await learner.step(batch, { learningRate: 0 });
      if (step >= 40) clipped += clipping!.clippedSamples / 20;
    }
    expect(clipped).toBeGreaterThan(2.5);
    expect(clipped).toBeLessThan(6.5);
    const [first] = events;
    const sumNoiseMultiplier = (0.01 ** -2 - 1) ** -0.5;
    expect(first).toEqual(
      sampledAdaptiveGaussian({ sumNoiseMultiplier, countNoise: 0.5, sampleRate: 0.1 }),
    );
    expect(eventOfStep({ ...options, clipping: "flat" })).toEqual(first);
    expect(repeated(first!, events.length)).toEqual({ kind: "repeated", event: first, count: 60 });
    learner.dispose();
  });

  it("refuses what can't be private before anything runs", () => {
    expect(() => learnerWith({ noiseMultiplier: -1 })).toThrow(/noiseMultiplier: expected/);
    expect(() => learnerWith({ maxGradNorm: 0 })).toThrow(/maxGradNorm: expected/);
    expect(() => learnerWith({ expectedBatchSize: 0 })).toThrow(/expectedBatchSize: expected/);
    expect(() => learnerWith({ sampleRate: 2 })).toThrow(/sampleRate: expected/);
    expect(() => learnerWith({ adaptive: {}, clipping: "per-layer" })).toThrow(RangeError);
    const batchNorm = tinyModel("batch");
    const state = initializeState(batchNorm, seededRandom(1));
    const dp: DpOptions = {
      ...{ noiseMultiplier: 1, maxGradNorm: 1, sampleRate: 0.1, expectedBatchSize: 4 },
      record: () => {},
    };
    const options = { model: batchNorm, state, random: seededRandom(1), dp };
    expect(() => createLearner({ ...options, optimizer: { kind: "sgd" } })).toThrow(
      /no batch norm with privacy, since it mixes samples; tiny has norm1/,
    );
    tf.dispose([...state.values()]);
  });

  it("leaks no tensor over 500 steps", async () => {
    const learner = learnerWith({ noiseMultiplier: 1, microBatchSize: 3 });
    const batches = [tinyBatch(4), EMPTY, tinyBatch(2)];
    for (const batch of batches) await learner.step(batch, { learningRate: 0.01 });
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 500; i++) await learner.step(batches[i % 3]!, { learningRate: 0.01 });
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    learner.dispose();
  });
});
