/**
 * From DICOM to the images of three hospitals: D-SAIL's steps, by its names for them.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDigits } from "./digits-as-dicom.mjs";
import { inputFolder, SECRET } from "./layout.mjs";
import { classesOfFolders, copyByLabels, readLabels } from "./own-classes.mjs";
import { DIGITS, HOSPITALS, SCANS, SEED } from "./settings.mjs";

/** @typedef {import("./options.mjs").Options} Options */
/** @typedef {import("./children.mjs").Children} Children */

/**
 * @param {Options} options
 * @param {Children} children
 * @returns {readonly import("./run-steps.mjs").Step[]}
 */
export function createDataSteps(options, children) {
  const { source, labels, output, images } = options;
  const at = (/** @type {string[]} */ ...names) => join(output, ...names);
  const input = inputFolder(options);
  // Steps remove what they wrote: never a folder of one's own.
  const isCopied = source === undefined || labels !== undefined;
  const convert = (/** @type {string[]} */ ...args) =>
    lastLine(children.run("dsail-convert", args));
  const byPatient = ["--group-by", "tag:PatientID", "--metadata", at("5-classes", "METADATA")];
  // Hospitals see other patients: of digits, each sees some more often than others.
  const skew = source === undefined ? ["--skew", "label", "--alpha", "0.6"] : [];
  // Of few patients a small share may be none.
  const isSmall = source !== undefined || images < 300;
  const fractions = isSmall ? "train=0.7,valid=0.3" : "train=0.85,valid=0.15";
  return [
    {
      name: "input",
      title: source === undefined ? "Digits as DICOM, of invented patients" : "DICOM by class",
      outputs: isCopied ? [`${SECRET}/1-input`] : [],
      settings: { source, labels: labels && readFileSync(labels, "utf8"), images, DIGITS, SEED },
      run: async () => {
        if (source === undefined) {
          const what = { digits: DIGITS, imagesPerDigit: images, seed: SEED };
          const { files, patients } = await writeDigits(input, what);
          return `${files} files of ${patients} patients in ${SECRET}/1-input`;
        }
        if (labels !== undefined) copyByLabels(source, readLabels(labels), input);
        return `classes ${classesOfFolders(input).join(", ")}`;
      },
    },
    {
      name: "label",
      title: "Label: each file gets its class, in (0014,2016)",
      outputs: [`${SECRET}/2-labelled`],
      run: async () => {
        children.note("mkdir", ["-p", "-m", "700", at(SECRET)]);
        for (const name of classesOfFolders(input)) {
          // After --, a label may begin with anything.
          const to = at(SECRET, "2-labelled", name);
          await convert("label", join(input, name), name, "--output", to);
        }
        return undefined;
      },
    },
    {
      name: "pseudonymize",
      // New names, of new UIDs: files of one name in two folders do not meet.
      title: "Gather and pseudonymize: all in one folder, with a lookup table",
      outputs: ["3-pseudonymized", `${SECRET}/project.key`, `${SECRET}/lookup.csv`],
      run: async () => {
        const key = at(SECRET, "project.key");
        await children.run("dsail-pseudonymize", ["keygen", key]);
        const folders = [at(SECRET, "2-labelled"), at("3-pseudonymized")];
        const secrets = ["--key-file", key, "--lookup", at(SECRET, "lookup.csv")];
        const args = [...folders, ...secrets, "--names", "flat"];
        return lastLine(children.run("dsail-pseudonymize", args));
      },
    },
    ...(source === undefined ? [scansStep(output, children)] : []),
    {
      name: "decompose",
      title: "Decompose: PNG and JSON of each file",
      outputs: ["4-decomposed"],
      run: () => convert("decompose", at("3-pseudonymized"), at("4-decomposed")),
    },
    {
      name: "classify",
      title: "Classify: a folder for each label",
      outputs: ["5-classes"],
      run: () => convert("classify", at("4-decomposed"), at("5-classes")),
    },
    {
      name: "split",
      title: "Train, valid and test, each patient in one of them",
      outputs: ["6-dataset"],
      run: () =>
        convert(
          ...["split", at("5-classes", "IMAGES"), at("6-dataset"), ...byPatient],
          ...["--fractions", "train=0.7,valid=0.1,test=0.2", "--seed", String(SEED)],
        ),
    },
    {
      name: "sites",
      title: "Three hospitals, each patient in one of them",
      outputs: ["7-hospitals"],
      settings: skew,
      run: () =>
        convert(
          ...["sites", at("6-dataset", "train"), at("7-hospitals"), ...byPatient],
          ...["--sites", String(HOSPITALS.length), "--names", HOSPITALS.join(","), ...skew],
          ...["--fractions", fractions, "--seed", String(SEED)],
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
        ...[SCANS, pseudonymized, "--key-file", join(output, SECRET, "project.key")],
        ...["--names", "mirror"],
      ]);
      const args = ["render", pseudonymized, join(folder, "previews"), "--frames", "montage"];
      return lastLine(children.run("dsail-convert", args));
    },
  };
}

/**
 * What a command says in the end.
 *
 * @param {Promise<string>} text
 */
async function lastLine(text) {
  return (await text).trimEnd().split("\n").at(-1);
}
