/**
 * How good models are on images that no hospital has seen: round by round on a validation set, and the last of each on the
 * test set, once.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labelOfFolder } from "./class-folder.mjs";
import { load } from "./workspace.mjs";

const BATCH_SIZE = 250;

/**
 * @typedef {object} TestResult
 * @property {number} accuracy
 * @property {number} rocAuc
 * @property {readonly (readonly [label: string, sensitivity: number | null])[]} sensitivities
 */

/**
 * Writes `comparison.json`, and `matrix.svg` and `roc.svg` of the federated model, `curves.svg` of all.
 *
 * @param {string} folder
 * @param {object} what
 * @param {string} what.dataset - `{train,valid,test}/<class>/…`
 * @param {readonly { name: string, models: string }[]} what.trainings - the federated one first
 * @param {number} what.rounds
 * @param {string} what.arch
 * @param {number} what.imageSize
 * @returns {Promise<globalThis.Record<string, TestResult>>}
 */
export async function compareModels(folder, { dataset, trainings, rounds, arch, imageSize }) {
  mkdirSync(folder, { recursive: true });
  const { createModel, evaluateDataset, readWeights, selectBackend, stateOfParameters } =
    await load("fl-client", "tfjs.js");
  const { openImageFolder } = await load("fl-client", "data.js");
  const { saveLearningCurves } = await load("fl-client", "metrics.js");
  await selectBackend();
  const images = await openImageFolder(dataset, { channels: 1, size: imageSize });
  try {
    const { classes, valid, test } = images;
    const model = createModel(arch, {
      ...{ numClasses: classes.length, normalization: "group" },
      inputShape: [imageSize, imageSize, 1],
    });
    const evaluate = async (/** @type {string} */ file, /** @type {unknown} */ set) => {
      const state = stateOfParameters(model, readWeights(readFileSync(file)));
      return evaluateDataset(model, state, { dataset: set, batchSize: BATCH_SIZE });
    };
    /** @type {globalThis.Record<string, number>[]} */
    const rows = Array.from({ length: rounds }, (_, i) => ({ epoch: i + 1 }));
    /** @type {globalThis.Record<string, TestResult>} */
    const results = {};
    for (const [i, { name, models }] of trainings.entries()) {
      for (const [at, row] of rows.entries()) {
        const file = join(models, `round-${at + 1}-weights.npz`);
        if (!existsSync(file)) continue;
        const { loss, metrics } = await evaluate(file, valid);
        row[`${name}: loss`] = loss;
        row[`${name}: accuracy`] = metrics.accuracy;
      }
      const { metrics } = await evaluate(join(models, `round-${rounds}-weights.npz`), test);
      const { accuracy, rocAuc, perClass } = metrics;
      results[name] = { accuracy, rocAuc, sensitivities: perClass.map(sensitivityOf) };
      if (i === 0) await drawFederated(folder, metrics);
    }
    const of = (/** @type {string} */ what) => trainings.map(({ name }) => `${name}: ${what}`);
    await saveLearningCurves(join(folder, "curves.svg"), rows, {
      ...{ losses: of("loss"), scores: of("accuracy") },
      title: `Round by round, ${valid.size} validation images`,
    });
    const told = { testImages: test.size, validImages: valid.size, results, rounds: rows };
    writeFileSync(join(folder, "comparison.json"), `${JSON.stringify(told, undefined, 2)}\n`);
    return results;
  } finally {
    await images.close();
  }
}

/**
 * @param {string} folder
 * @param {{ numExamples: number, confusionMatrix: unknown, perClass: readonly { name: string }[] }} metrics
 */
async function drawFederated(folder, metrics) {
  const { saveMatrix, saveRoc } = await load("fl-client", "metrics.js");
  const { confusionMatrix, numExamples } = metrics;
  const perClass = metrics.perClass.map((one) => ({ ...one, name: labelOfFolder(one.name) }));
  const classes = perClass.map(({ name }) => name);
  const title = `Federated model, ${numExamples} test images`;
  await saveMatrix(join(folder, "matrix.svg"), { confusionMatrix, classes, title });
  await saveRoc(join(folder, "roc.svg"), { ...metrics, perClass, title });
}

/**
 * @param {{ name: string, sensitivity: number | undefined }} result
 * @returns {readonly [string, number | null]}
 */
function sensitivityOf({ name, sensitivity }) {
  return [name, sensitivity ?? null];
}
