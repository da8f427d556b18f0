/**
 * What is learned from 8,500 digits, measured: one experiment, one line of JSON.
 *
 *     tsx experiment.ts central | federated | alone | private | federated-private
 *         [--seed 1] [--arch cnn] [--rounds 20] [--epochs 8] [--epsilon 8]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { calibrateNoise, pldAccountant, repeated, sampledGaussian } from "@dsail/dp";
import type { Trainer, TrainerContext } from "@dsail/fl-client";
import type { ImageDataset } from "@dsail/fl-client/data";
import {
  createModel,
  createTfjsTrainer,
  evaluateDataset,
  selectBackend,
  stateOfParameters,
  type TfjsTrainerOptions,
} from "@dsail/fl-client/tfjs";
import type { ModelParameters } from "@dsail/fl-protocol";
import { loadDigits, shareOut } from "./digits.ts";
import { federate } from "./federation.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    arch: { type: "string", default: "cnn" },
    rounds: { type: "string", default: "20" },
    epochs: { type: "string", default: "8" },
    epsilon: { type: "string", default: "8" },
    alpha: { type: "string", default: "0.5" },
    batch: { type: "string" },
    lr: { type: "string" },
  },
});
const [what = "central"] = positionals;
const seed = Number(values.seed);
const rounds = Number(values.rounds);
const epochs = Number(values.epochs);
const DELTA = 1e-5;

await selectBackend();
const { train, test } = loadDigits();
const model = createModel(values.arch, { numClasses: 10, inputShape: [28, 28, 1] });
const sites = shareOut(train, { alpha: Number(values.alpha), seed });
const began = performance.now();

/** What FedAvg is used with: plain steps, at one rate. */
const FEDERATED = {
  epochs: 1,
  batchSize: 32,
  learningRate: 0.02,
  schedule: "constant",
  optimizer: { kind: "sgd", momentum: 0.9 },
} as const;

switch (what) {
  case "central": {
    const options = { epochs, batchSize: 64, learningRate: Number(values.lr ?? 2e-3) };
    report({ accuracy: await accuracyOf(await fitOnce(train, options)) });
    break;
  }
  case "federated": {
    const trainers = sites.map((site) => trainerOf(site, FEDERATED));
    const onRound = (round: number, _: number, accuracy: number) =>
      console.error(`round ${round}: ${accuracy.toFixed(4)}`);
    report({ accuracy: await accuracyOf(await federate(trainers, { rounds, onRound })) });
    break;
  }
  case "alone": {
    // As many passes over its own data as in the federation.
    const options = { ...FEDERATED, epochs: rounds };
    const accuracy: number[] = [];
    for (const site of sites) accuracy.push(await accuracyOf(await fitOnce(site, options)));
    report({ accuracy });
    break;
  }
  case "private": {
    const options = privateOptions(train, epochs);
    const { noiseMultiplier } = options.privacy;
    const parameters = await fitOnce(train, { ...options, epochs });
    report({ accuracy: await accuracyOf(parameters), epsilon: values.epsilon, noiseMultiplier });
    break;
  }
  case "federated-private": {
    // Of each hospital's images epsilon is that of all rounds; the smaller a hospital, the more noise.
    const trainers = sites.map((site) => trainerOf(site, privateOptions(site, rounds)));
    const accuracy = await accuracyOf(await federate(trainers, { rounds }));
    report({ accuracy, epsilon: values.epsilon });
    break;
  }
  default:
    throw new RangeError("expected central, federated, alone, private or federated-private");
}

function trainerOf(site: ImageDataset, options: Partial<TfjsTrainerOptions>): Trainer {
  return createTfjsTrainer({ model, train: site, valid: test, seed, privacy: "none", ...options });
}

async function fitOnce(
  site: ImageDataset,
  options: Partial<TfjsTrainerOptions>,
): Promise<ModelParameters> {
  const context: TrainerContext = {
    round: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
  };
  const trainer = trainerOf(site, {
    ...options,
    onEvent: (event) => {
      if (event.type === "epoch") {
        console.error(`epoch ${event.record.epoch}: ${event.record.metrics["accuracy"]}`);
      }
    },
  });
  return (await trainer.fit(await trainer.getParameters({}, context), {}, context)).parameters;
}

/** Noise such that all epochs together cost `--epsilon`. */
function privateOptions(site: ImageDataset, passes: number) {
  const batchSize = Number(values.batch ?? 256);
  const sampleRate = Math.min(1, batchSize / site.size);
  const steps = Math.ceil(site.size / batchSize) * passes;
  const noiseMultiplier = calibrateNoise({
    eventOf: (noise) => repeated(sampledGaussian({ noiseMultiplier: noise, sampleRate }), steps),
    accountant: pldAccountant(),
    epsilon: Number(values.epsilon),
    delta: DELTA,
  });
  return {
    epochs: 1,
    batchSize,
    learningRate: Number(values.lr ?? 0.25),
    schedule: passes === rounds ? "constant" : "one-cycle",
    optimizer: { kind: "sgd", momentum: 0.9 },
    privacy: { noiseMultiplier, maxGradNorm: 1, delta: DELTA },
  } as const;
}

async function accuracyOf(parameters: ModelParameters): Promise<number> {
  const state = stateOfParameters(model, parameters);
  const { metrics } = await evaluateDataset(model, state, { dataset: test, batchSize: 250 });
  return metrics.accuracy ?? Number.NaN;
}

function report(result: object): void {
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(JSON.stringify({ what, arch: model.name, seed, rounds, epochs, ...result, seconds }));
}
