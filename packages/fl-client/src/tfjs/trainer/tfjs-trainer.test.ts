import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composed, pldAccountant, repeated, sampledGaussian } from "@dsail/dp";
import { openLedger } from "@dsail/dp/node";
import { l2NormOf, type ModelParameters } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mnistDigits } from "../../../test/mnist-digits.js";
import type { ImageDataset } from "../../data/image-dataset.js";
import { subsetOf } from "../../data/subset-of.js";
import type { TrainerContext } from "../../trainer.js";
import { selectBackend } from "../backend/select-backend.js";
import { createModel } from "../models/create-model.js";
import { createTfjsTrainer } from "./tfjs-trainer.js";
import type { TrainerEvent } from "./trainer-event.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

const model = createModel("lenet5", { numClasses: 10, inputShape: [28, 28, 1] });
const { train, test: valid } = mnistDigits({ train: 640, test: 200 });

const LEARNING = {
  ...{ model, train, valid, epochs: 3, batchSize: 32, learningRate: 2e-3 },
  privacy: "none",
} as const satisfies TfjsTrainerOptions;

let folder: string;

beforeAll(async () => {
  await selectBackend({ backend: "wasm" });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsail-trainer-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function contextOf(round?: number, signal = new AbortController().signal): TrainerContext {
  return { round, signal, onProgress: () => {} };
}

/** A trainer that is used, and what it told. */
async function using<T>(
  options: TfjsTrainerOptions,
  use: (trainer: ReturnType<typeof createTfjsTrainer>, events: TrainerEvent[]) => Promise<T>,
): Promise<T> {
  const events: TrainerEvent[] = [];
  const trainer = createTfjsTrainer({ ...options, onEvent: (event) => events.push(event) });
  try {
    return await use(trainer, events);
  } finally {
    trainer.dispose();
  }
}

const numbersOf = (parameters: ModelParameters) => parameters.map(({ data }) => [...data]);

describe("createTfjsTrainer", () => {
  it("learns digits, tells what it does, and leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const events = await using(LEARNING, async (trainer, told) => {
      const start = await trainer.getParameters({}, contextOf());
      expect(start.map(({ name }) => name).slice(0, 2)).toEqual(["conv1.weight", "conv1.bias"]);
      const untrained = await trainer.evaluate(start, {}, contextOf(0));
      const { parameters, numExamples, metrics } = await trainer.fit(start, {}, contextOf(1));
      expect(numExamples).toBe(640);
      expect(Object.keys(metrics)).toEqual(["train_loss"]);
      const trained = await trainer.evaluate(parameters, {}, contextOf(1));
      expect(trained.loss).toBeLessThan(untrained.loss / 2);
      expect(trained.metrics["accuracy"]).toBeGreaterThan(0.8);
      return told;
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(events.map(({ type }) => type)).toEqual([
      ...["evaluated", "estimate", "epoch", "epoch", "epoch", "evaluated"],
    ]);
  });

  it("gives the same for the same seed, and something else for another", async () => {
    const fit = (seed: number) =>
      using({ ...LEARNING, epochs: 1, seed }, async (trainer) => {
        const start = await trainer.getParameters({}, contextOf());
        return numbersOf((await trainer.fit(start, {}, contextOf(1))).parameters);
      });
    const one = await fit(1);
    expect(await fit(1)).toEqual(one);
    expect(await fit(2)).not.toEqual(one);
  });

  it("does what the server's config says of epochs and of FedProx", async () => {
    await using({ ...LEARNING, schedule: "constant" }, async (trainer, told) => {
      const start = await trainer.getParameters({}, contextOf());
      const free = await trainer.fit(start, { epochs: 1 }, contextOf(1));
      const held = await trainer.fit(start, { epochs: 1, proximal_mu: 1 }, contextOf(1));
      expect(told.filter(({ type }) => type === "epoch")).toHaveLength(2);
      expect(l2NormOf(held.parameters, start)).toBeLessThan(l2NormOf(free.parameters, start) / 2);
      await expect(trainer.fit(start, { epochs: "many" }, contextOf(2))).rejects.toMatchObject({
        code: "BAD_CONFIG",
      });
    });
  });

  it("goes on within a round, to the same end", async () => {
    const whole = await using(LEARNING, async (trainer) => {
      const start = await trainer.getParameters({}, contextOf());
      return numbersOf((await trainer.fit(start, {}, contextOf(1))).parameters);
    });
    const checkpointPath = join(folder, "round.safetensors");
    const options = { ...LEARNING, checkpointPath };
    const start = await using(options, async (trainer) => {
      const stop = new AbortController();
      const parameters = await trainer.getParameters({}, contextOf());
      const onProgress = ({ share }: { readonly share: number }) => {
        if (share > 0.5) stop.abort();
      };
      const context = { ...contextOf(1, stop.signal), onProgress };
      await expect(trainer.fit(parameters, {}, context)).rejects.toThrow();
      return parameters;
    });
    await using(options, async (trainer, told) => {
      const { parameters } = await trainer.fit(start, {}, contextOf(1));
      expect(told.find(({ type }) => type === "resumed")).toEqual({ type: "resumed", epochs: 1 });
      expect(numbersOf(parameters)).toEqual(whole);
      // Other work begins at its begin.
      await trainer.fit(start, { epochs: 1 }, contextOf(1));
      await trainer.fit(start, {}, contextOf(2));
      expect(told.filter(({ type }) => type === "resumed")).toHaveLength(1);
    });
  });

  it.each([0, 0.1])(
    "gives a round back that is asked for again, with a proximal term of %d",
    async (proximalMu) => {
      const options = { ...LEARNING, checkpointPath: join(folder, "round.safetensors") };
      const config = proximalMu === 0 ? {} : { proximal_mu: proximalMu };
      const { start, first } = await using(options, async (trainer) => {
        const start = await trainer.getParameters({}, contextOf());
        return { start, first: await trainer.fit(start, config, contextOf(1)) };
      });
      await using(options, async (trainer, told) => {
        const again = await trainer.fit(start, config, contextOf(1));
        expect(numbersOf(again.parameters)).toEqual(numbersOf(first.parameters));
        expect(again.metrics).toEqual(first.metrics);
        expect(told.map(({ type }) => type)).toEqual(["resumed"]);
        // Of no round nobody knows whether it is the same one.
        for (let i = 0; i < 2; i++) await trainer.fit(start, config, contextOf());
        expect(told.filter(({ type }) => type === "epoch")).toHaveLength(2 * LEARNING.epochs);
      });
    },
  );

  it("goes on learning where a checkpoint cannot be written", async () => {
    const state = join(folder, "state");
    const options = { ...LEARNING, epochs: 1, checkpointPath: join(state, "round.safetensors") };
    await using(options, async (trainer, told) => {
      rmSync(state, { recursive: true });
      const start = await trainer.getParameters({}, contextOf());
      await trainer.fit(start, {}, contextOf(1));
      const event = { type: "notWritten", option: "checkpointPath", reason: "ENOENT" };
      expect(told).toContainEqual(event);
    });
  });

  it("stops early, and gives back the best epoch", async () => {
    const options = {
      ...LEARNING,
      ...({ epochs: 6, learningRate: 0.05, schedule: "constant", bestWeights: true } as const),
      earlyStopping: { patience: 1 },
    };
    await using(options, async (trainer, told) => {
      const start = await trainer.getParameters({}, contextOf());
      const { parameters } = await trainer.fit(start, {}, contextOf(1));
      const losses = told.flatMap((event) =>
        event.type === "epoch" ? [event.record.validLoss ?? Number.NaN] : [],
      );
      const { loss } = await trainer.evaluate(parameters, {}, contextOf(1));
      expect(losses.length).toBeLessThan(6);
      expect(loss).toBeCloseTo(Math.min(...losses), 5);
    });
  });

  it("refuses data that are not the model's", () => {
    const other = createModel("lenet5", { numClasses: 3, inputShape: [28, 28, 1] });
    expect(() => createTfjsTrainer({ ...LEARNING, model: other })).toThrow(/3 classes/);
    const larger = createModel("lenet5", { numClasses: 10, inputShape: [32, 32, 1] });
    expect(() => createTfjsTrainer({ ...LEARNING, model: larger })).toThrow(/32 x 32/);
  });
});

describe("with privacy", () => {
  const privacy = { noiseMultiplier: 1, maxGradNorm: 1, delta: 1e-4 } as const;

  it("charges every step, over rounds, and tells epsilon and nothing of the images", async () => {
    await using({ ...LEARNING, epochs: 1, privacy }, async (trainer, told) => {
      const start = await trainer.getParameters({}, contextOf());
      const once = await trainer.fit(start, {}, contextOf(1));
      const twice = await trainer.fit(once.parameters, {}, contextOf(2));
      expect(Object.keys(twice.metrics)).toEqual(["epsilon", "delta"]);
      expect(Number(twice.metrics["epsilon"])).toBeGreaterThan(Number(once.metrics["epsilon"]));
      expect(numbersOf(twice.parameters)).not.toEqual(numbersOf(once.parameters));
      expect(told.filter(({ type }) => type === "privacy")).toHaveLength(2);
    });
  });

  it("keeps to a budget: gives back what was learned within it, then refuses", async () => {
    const budget = { epsilon: 2, delta: 1e-4, accountant: pldAccountant() };
    const header = { id: "H0", unit: "record", neighboringRelation: "add-or-remove-one" } as const;
    const ledger = openLedger(join(folder, "ledger.jsonl"), header, { budget });
    const options = { ...LEARNING, epochs: 10, privacy: { ...privacy, ledger } };
    await using(options, async (trainer) => {
      const start = await trainer.getParameters({}, contextOf());
      const { metrics } = await trainer.fit(start, {}, contextOf(1));
      expect(metrics["epsilon"]).toBeLessThanOrEqual(2);
      expect(metrics["epsilon"]).toBeGreaterThan(1.8);
      await expect(trainer.fit(start, {}, contextOf(2))).rejects.toMatchObject({
        code: "BUDGET_EXCEEDED",
      });
    });
    expect(ledger.ledger().entries.length).toBeGreaterThan(20);
    expect(ledger.spent()).not.toEqual(composed());
    ledger.close();
  });

  it("refuses batch norm, and the sampler of rare classes", () => {
    const resnet = createModel("resnet8", { numClasses: 10, inputShape: [28, 28, 1] });
    expect(() => createTfjsTrainer({ ...LEARNING, model: resnet, privacy })).toThrow(/batch norm/);
    const sampled = { ...LEARNING, balance: "sampler", privacy } as const;
    expect(() => createTfjsTrainer(sampled)).toThrow(/Poisson/);
  });
});

describe("what no epsilon would cover", () => {
  const privacy = { noiseMultiplier: 1, maxGradNorm: 1, delta: 1e-4 } as const;

  it.each([
    [{ balance: "class-weights" }, /labels of all images/],
    [{ valid: train }, /other images than train/],
    [{ evaluateOn: train }, /other images than train/],
    [{ checkpointPath: "round" }, /ledger beside it/],
    [{ earlyStopping: { monitor: "auc" } }, /monitor: expected one of loss, accuracy/],
  ] as const)("is refused with privacy: %j", (options, message) => {
    expect(() => createTfjsTrainer({ ...LEARNING, privacy, ...options })).toThrow(message);
  });

  it("is not the server's to say: the size of batches", async () => {
    await using({ ...LEARNING, epochs: 1, privacy }, async (trainer) => {
      const start = await trainer.getParameters({}, contextOf());
      const small = await trainer.fit(start, {}, contextOf(1));
      const again = await using({ ...LEARNING, epochs: 1, privacy }, async (other) =>
        other.fit(start, { batch_size: 640 }, contextOf(1)),
      );
      expect(again.metrics).toEqual(small.metrics);
    });
  });

  it("costs nothing when a round is asked for again", async () => {
    const checkpointPath = join(folder, "round.safetensors");
    const header = { id: "H0", unit: "record", neighboringRelation: "add-or-remove-one" } as const;
    const ledger = openLedger(join(folder, "ledger.jsonl"), header);
    const options = { ...LEARNING, checkpointPath, privacy: { ...privacy, ledger } };
    const fit = (round: number) =>
      using(options, async (trainer) => {
        const start = await trainer.getParameters({}, contextOf());
        return trainer.fit(start, {}, contextOf(round));
      });
    const first = await fit(1);
    const again = await fit(1);
    expect(numbersOf(again.parameters)).toEqual(numbersOf(first.parameters));
    expect(again.metrics).toEqual(first.metrics);
    const other = await fit(2);
    expect(other.metrics["epsilon"]).toBeGreaterThan(first.metrics["epsilon"] as number);
    ledger.close();
  });

  it("is not given back where the ledger knows nothing of it, or images are other ones", async () => {
    const options = (name: string, images = train) => {
      const header = {
        id: name,
        unit: "record",
        neighboringRelation: "add-or-remove-one",
      } as const;
      const ledger = openLedger(join(folder, name), header);
      const checkpointPath = join(folder, "round.safetensors");
      return {
        ...{ ...LEARNING, train: images, epochs: 1, checkpointPath },
        privacy: { ...privacy, ledger },
      };
    };
    const fit = (one: ReturnType<typeof options>) =>
      using(one, async (trainer, told) => {
        const start = await trainer.getParameters({}, contextOf());
        const { metrics } = await trainer.fit(start, {}, contextOf(1));
        one.privacy.ledger.close();
        return { epsilon: metrics["epsilon"], types: told.map(({ type }) => type) };
      });
    const first = await fit(options("a.jsonl"));
    const others = subsetOf(train, Array.from(train.labels.keys()).reverse());
    for (const one of [options("b.jsonl"), options("c.jsonl", others)]) {
      const { epsilon, types } = await fit(one);
      expect(epsilon).toBeCloseTo(first.epsilon as number, 6);
      expect(types).not.toContain("resumed");
    }
    const again = await fit(options("c.jsonl", others));
    expect(again.types).toContain("resumed");
  });

  it("gives back a round that stopped early, or whose budget ended, with a proximal term too", async () => {
    const header = { id: "H0", unit: "record", neighboringRelation: "add-or-remove-one" } as const;
    const step = sampledGaussian({ noiseMultiplier: 1, sampleRate: 32 / 640 });
    const accountant = pldAccountant();
    const { epsilon } = accountant.epsilon(repeated(step, 50), 1e-4, { lowerBound: false });
    const budget = { epsilon, delta: 1e-4, accountant };
    const ledger = openLedger(join(folder, "ledger.jsonl"), header, { budget });
    const checkpointPath = join(folder, "round.safetensors");
    const options = { ...LEARNING, epochs: 5, checkpointPath, privacy: { ...privacy, ledger } };
    const results: { readonly numbers: unknown; readonly types: readonly string[] }[] = [];
    for (let i = 0; i < 3; i++) {
      await using(options, async (trainer, told) => {
        const start = await trainer.getParameters({}, contextOf());
        const { parameters } = await trainer.fit(start, { proximal_mu: 0.1 }, contextOf(1));
        results.push({ numbers: numbersOf(parameters), types: told.map(({ type }) => type) });
      });
    }
    ledger.close();
    // 20 steps an epoch.
    expect(results[0]!.types.filter((type) => type === "epoch")).toHaveLength(3);
    for (const { numbers, types } of results.slice(1)) {
      expect(numbers).toEqual(results[0]!.numbers);
      expect(types).toEqual(["resumed"]);
    }
  });

  it("changes images by no known seed", async () => {
    const seeds = new Set<number>();
    const watched: ImageDataset = {
      ...train,
      readBatch: (indices, options) => {
        // None where the time of a step is taken.
        if (options?.augmentSeed !== undefined) seeds.add(options.augmentSeed);
        return train.readBatch(indices, options);
      },
    };
    const options = { ...LEARNING, train: watched, epochs: 1 };
    for (let i = 0; i < 2; i++) {
      await using({ ...options, privacy }, async (trainer) =>
        trainer.fit(await trainer.getParameters({}, contextOf()), {}, contextOf(1)),
      );
    }
    expect(seeds.size).toBe(2);
    seeds.clear();
    for (let i = 0; i < 2; i++) {
      await using(options, async (trainer) =>
        trainer.fit(await trainer.getParameters({}, contextOf()), {}, contextOf(1)),
      );
    }
    expect(seeds.size).toBe(1);
  });

  it("does not go on from a round of other privacy", async () => {
    const checkpointPath = join(folder, "round.safetensors");
    const start = await using({ ...LEARNING, checkpointPath }, async (trainer) => {
      const stop = new AbortController();
      const first = await trainer.getParameters({}, contextOf());
      const onProgress = ({ share }: { readonly share: number }) => share > 0.9 && stop.abort();
      const context = { ...contextOf(1, stop.signal), onProgress };
      await expect(trainer.fit(first, {}, context)).rejects.toThrow();
      return first;
    });
    const header = { id: "H0", unit: "record", neighboringRelation: "add-or-remove-one" } as const;
    const ledger = openLedger(join(folder, "ledger.jsonl"), header);
    const options = { ...LEARNING, checkpointPath, privacy: { ...privacy, ledger } };
    await using(options, async (trainer, told) => {
      await trainer.fit(start, {}, contextOf(1));
      expect(told.some(({ type }) => type === "resumed")).toBe(false);
      expect(told.filter(({ type }) => type === "epoch")).toHaveLength(3);
    });
    ledger.close();
  });
});
