/**
 * Which class files of one's own are of: by the folders they are in, or by a table.
 *
 * @module
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { QuickstartError } from "./console.mjs";
import { requireOf } from "./workspace.mjs";

/**
 * Names of the folders, which are the classes.
 *
 * @param {string} source
 */
export function classesOfFolders(source) {
  const names = readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
  return checked(names, "--source: expected two folders or more, one for each class, or --labels");
}

/**
 * Classes by files.
 *
 * @param {string} file - CSV with the columns file and label, or JSON
 * @returns {ReadonlyMap<string, string>}
 */
export function readLabels(file) {
  const text = readFileSync(file, "utf8");
  const pairs = file.toLowerCase().endsWith(".json") ? pairsOfJson(text) : pairsOfCsv(text);
  checked([...new Set(pairs.map(([, label]) => label))], "--labels: expected two labels or more");
  return new Map(pairs);
}

/**
 * Copies the files of a table to `<folder>/<class>/…`.
 *
 * @param {string} source
 * @param {ReadonlyMap<string, string>} labels
 * @param {string} folder
 */
export function copyByLabels(source, labels, folder) {
  for (const [file, label] of labels) {
    const path = normalize(file);
    if (path.startsWith("..") || path.startsWith(sep)) {
      throw new QuickstartError("--labels: a file that is not in --source", { exitCode: 2 });
    }
    if (!existsSync(join(source, path))) {
      throw new QuickstartError("--labels: a file that is not there", { exitCode: 2 });
    }
    const target = join(folder, label, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(source, path), target);
  }
}

/**
 * @param {readonly string[]} names
 * @param {string} message
 */
function checked(names, message) {
  const isUsable = names.every((name) => /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$/u.test(name));
  if (names.length >= 2 && isUsable) return names;
  throw new QuickstartError(isUsable ? message : "a class has a name that no folder should have", {
    exitCode: 2,
  });
}

/**
 * @param {string} text
 * @returns {[string, string][]}
 */
function pairsOfJson(text) {
  try {
    return Object.entries(JSON.parse(text)).map(([file, label]) => [file, String(label)]);
  } catch {
    throw new QuickstartError("--labels: not JSON", { exitCode: 2 });
  }
}

/**
 * @param {string} text
 * @returns {[string, string][]}
 */
function pairsOfCsv(text) {
  const { parse } = requireOf("packages/converter", "csv-parse/sync");
  /** @type {globalThis.Record<string, string>[]} */
  let rows;
  try {
    rows = parse(text, { columns: true, bom: true, trim: true });
  } catch {
    throw new QuickstartError("--labels: not CSV", { exitCode: 2 });
  }
  return rows.map(({ file, label }) => {
    if (file && label) return [file, label];
    throw new QuickstartError("--labels: expected the columns file and label", { exitCode: 2 });
  });
}
