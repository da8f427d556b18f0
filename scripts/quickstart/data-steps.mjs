/**
 * From DICOM to the images of three hospitals: D-SAIL's steps, by its names for them.
 *
 * @module
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine, shown } from "./console.mjs";
import { writeDigits } from "./digits-as-dicom.mjs";
import { gather } from "./gather.mjs";
import { classesOfFolders, copyByLabels, readLabels } from "./own-classes.mjs";
import { DIGITS, HOSPITALS, SCANS, SEED } from "./settings.mjs";

/** @typedef {import("./options.mjs").Options} Options */
/** @typedef {import("./children.mjs").Children} Children */

/**
 * @param {Options} options
 * @param {Children} children
 * @returns {readonly import("./run-steps.mjs").Step[]}
 */
export function createDataSteps({ source, labels, output, images }, children) {
  const at = (/** @type {string[]} */ ...names) => join(output, ...names);
  const input = source !== undefined && labels === undefined ? source : at("1-input");
  const convert = (/** @type {string[]} */ ...args) =>
    lastLine(children.run("dsail-convert", args));
  const byPatient = ["--group-by", "tag:PatientID", "--metadata", at("6-classes", "METADATA")];
  // Hospitals see other patients: of digits, each sees some more often than others.
  const skew = source === undefined ? ["--skew", "label", "--alpha", "0.6"] : [];
  // Of few patients a small share may be none.
  const isSmall = source !== undefined || images < 300;
  const fractions = isSmall ? "train=0.7,valid=0.3" : "train=0.85,valid=0.15";
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
        ...[SCANS, pseudonymized, "--key-file", join(output, "secret", "project.key")],
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
