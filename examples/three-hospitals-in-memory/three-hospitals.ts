/**
 * Three hospitals, each with other digits, train one network, and each of them one alone for comparison:
 *
 *     tsx three-hospitals.ts [OUTPUT]
 *
 * @module
 */
import type { TrainerContext } from "@dsail/fl-client";
import { type ImageDataset, subsetOf } from "@dsail/fl-client/data";
import { saveMatrix, saveRoc } from "@dsail/fl-client/metrics";
import {
  createModel,
  createTfjsTrainer,
  describeBackend,
  evaluateDataset,
  selectBackend,
  stateOfParameters,
  type TfjsTrainerOptions,
} from "@dsail/fl-client/tfjs";
import type { ModelParameters } from "@dsail/fl-protocol";
import { loadDigits, shareOut } from "./digits.ts";
import { federate } from "./federation.ts";

const [output = "output"] = process.argv.slice(2);
const ROUNDS = 5;

console.log(describeBackend(await selectBackend()));
const { train, test } = loadDigits();
const model = createModel("lenet5", { numClasses: 10, inputShape: [28, 28, 1] });
// Every second one: enough to see it, in half the time.
const half = Array.from({ length: Math.floor(train.size / 2) }, (_, i) => 2 * i);
const sites = shareOut(subsetOf(train, half), { sites: 3, alpha: 0.3, seed: 4 });

const options = (site: ImageDataset, epochs: number): TfjsTrainerOptions => ({
  model,
  train: site,
  valid: test,
  epochs,
  batchSize: 32,
  learningRate: 0.02,
  schedule: "constant",
  // Digits are no patients.
  privacy: "none",
  optimizer: { kind: "sgd", momentum: 0.9 },
});

console.log("\nimages of each digit");
for (const [i, { labels }] of sites.entries()) {
  const counts = test.classes.map((_, label) => labels.filter((one) => one === label).length);
  console.log(`hospital ${i + 1}  ${counts.map((count) => String(count).padStart(4)).join(" ")}`);
}

console.log("\nround   loss  accuracy");
const together = await federate(
  sites.map((site) => createTfjsTrainer(options(site, 1))),
  {
    rounds: ROUNDS,
    folder: output,
    onRound: (round, loss, accuracy) =>
      console.log(`${String(round).padStart(5)}  ${loss.toFixed(3)}  ${accuracy.toFixed(3)}`),
  },
);

console.log("\naccuracy on digits that nobody trained on");
const { metrics } = await evaluate(together);
console.log(`together    ${metrics.accuracy?.toFixed(3)}`);
for (const [i, site] of sites.entries()) {
  const alone = await evaluate(await trainAlone(site));
  console.log(`hospital ${i + 1}  ${alone.metrics.accuracy?.toFixed(3)}`);
}
await saveMatrix(`${output}/matrix.png`, { ...metrics, classes: test.classes });
await saveRoc(`${output}/roc.png`, metrics);

/** As many passes over its own images as in the federation. */
async function trainAlone(site: ImageDataset): Promise<ModelParameters> {
  const trainer = createTfjsTrainer(options(site, ROUNDS));
  const signal = new AbortController().signal;
  const context: TrainerContext = { round: 1, signal, onProgress: () => {} };
  const first = await trainer.getParameters({}, context);
  return (await trainer.fit(first, {}, context)).parameters;
}

async function evaluate(parameters: ModelParameters) {
  const state = stateOfParameters(model, parameters);
  return evaluateDataset(model, state, { dataset: test, batchSize: 250 });
}
