/**
 * From the images of three hospitals to a model: certificates, noise, training together and alone, and what came of it.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareModels } from "./compare-models.mjs";
import { SECRET } from "./layout.mjs";
import { calibrate, spentOf } from "./privacy.mjs";
import { DELTA, HOSPITALS, LEARNING_RATE, SEED } from "./settings.mjs";
import { train } from "./train.mjs";

/** @typedef {import("./options.mjs").Options} Options */
/** @typedef {import("./children.mjs").Children} Children */

/**
 * @param {Options} options
 * @param {Children} children
 * @returns {readonly import("./run-steps.mjs").Step[]}
 */
export function createTrainingSteps({ output, rounds, epsilon, arch, imageSize }, children) {
  const at = (/** @type {string[]} */ ...names) => join(output, ...names);
  const readPrivacy = () => JSON.parse(readFileSync(at("privacy.json"), "utf8"));
  const training = (/** @type {string} */ folder, /** @type {readonly string[]} */ names) => ({
    ...{ folder, rounds, epsilon, arch, imageSize, delta: DELTA, seed: SEED },
    learningRate: LEARNING_RATE,
    certificates: at(SECRET, "certificates"),
    classes: readdirSync(at("6-dataset", "train")).sort(),
    sites: names.map((name) => ({
      ...{ name, dataPath: at("7-hospitals", name) },
      ...readPrivacy()[name],
    })),
  });
  return [
    {
      name: "certificates",
      title: "Certificates of the server and of each hospital",
      outputs: [`${SECRET}/certificates`],
      run: async () => {
        const ca = at(SECRET, "certificates");
        await children.run("dsail-fl-server", ["ca", "init", ca]);
        const host = ["--kind", "server", "--host", "127.0.0.1"];
        await children.run("dsail-fl-server", ["ca", "issue", ca, "server", ...host]);
        for (const name of HOSPITALS) {
          await children.run("dsail-fl-server", ["ca", "issue", ca, name, "--kind", "client"]);
        }
        return undefined;
      },
    },
    {
      name: "noise",
      title: `Noise, such that each image's privacy costs epsilon ${epsilon} at most`,
      outputs: ["privacy.json"],
      settings: { rounds, epsilon, DELTA },
      run: async () => {
        const privacy = { rounds, epsilon, delta: DELTA };
        /** @type {globalThis.Record<string, unknown>} */
        const found = {};
        for (const name of HOSPITALS) {
          found[name] = await calibrate(children, at("7-hospitals", name), privacy);
        }
        writeFileSync(at("privacy.json"), `${JSON.stringify(found, undefined, 2)}\n`);
        return undefined;
      },
    },
    {
      name: "federated",
      title: "Three hospitals train together: a server and three clients, over mutual TLS",
      outputs: ["8-federated"],
      settings: { arch, imageSize, LEARNING_RATE },
      goesOn: true,
      run: async () => {
        const onRound = (/** @type {string} */ line) => console.log(`  ${line}`);
        await train(children, { ...training(at("8-federated"), HOSPITALS), onRound });
        return undefined;
      },
    },
    {
      name: "alone",
      title: "Each hospital trains alone, with the same settings",
      outputs: ["9-alone"],
      goesOn: true,
      run: async () => {
        const each = HOSPITALS.map((name) => training(at("9-alone", name), [name]));
        await Promise.all(each.map((one) => train(children, one)));
        return undefined;
      },
    },
    {
      name: "compare",
      title: "All models on the same test images",
      outputs: ["result"],
      run: async () => {
        const trainings = [
          { name: "federated", models: at("8-federated", "models") },
          ...HOSPITALS.map((name) => ({
            name: `${name} alone`,
            models: at("9-alone", name, "models"),
          })),
        ];
        const dataset = at("6-dataset");
        const results = await compareModels(at("result"), {
          ...{ dataset, trainings, rounds, arch, imageSize },
        });
        /** @type {globalThis.Record<string, number>} */
        const spent = {};
        for (const name of HOSPITALS) {
          const ledger = at("8-federated", name, "ledger.jsonl");
          spent[name] = await spentOf(children, ledger, DELTA);
        }
        writeFileSync(at("result", "epsilon.json"), `${JSON.stringify(spent, undefined, 2)}\n`);
        return Object.entries(results)
          .map(([name, { accuracy }]) => `${name} ${(100 * accuracy).toFixed(1)} %`)
          .join(", ");
      },
    },
  ];
}
