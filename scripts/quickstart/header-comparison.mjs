/**
 * A header before and after, element by element.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "./workspace.mjs";

/** Widest value, in characters. */
const WIDTH = 40;

/**
 * @typedef {object} Row
 * @property {string} tag
 * @property {string} keyword
 * @property {string} before
 * @property {string} after
 */

/**
 * @param {string} before - a file
 * @param {string} after
 * @returns {Promise<Row[]>}
 */
export async function compareHeaders(before, after) {
  const { readFile, readValues, formatTag } = await load("dicom-core", "index.js");
  const { keywordOfTag } = await load("dicom-core", "dictionary/index.js");
  const [old, fresh] = [elementsOf(before), elementsOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .sort((a, b) => a - b)
    .map((tag) => ({
      tag: formatTag(tag),
      keyword: keywordOfTag(tag) ?? ((tag & 0xffff) === 0 ? "(group length)" : "(private)"),
      before: old.get(tag) ?? "(not there)",
      after: fresh.get(tag) ?? "(removed)",
    }));

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
    return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
  }
}

/**
 * The file that another one became: the same image of the patient's pseudonym.
 *
 * @param {string} file
 * @param {string} folder - where it is, somewhere
 * @param {ReadonlyMap<string, string>} pseudonyms - of patient IDs
 * @returns {Promise<string | undefined>}
 */
export async function findPseudonymized(file, folder, pseudonyms) {
  const { readFile, readText } = await load("dicom-core", "index.js");
  const Tag = await load("dicom-core", "tags.js");
  const tell = (/** @type {string} */ path) => {
    const { dataset } = readFile(readFileSync(path));
    return [readText(dataset, Tag.PatientID), readText(dataset, Tag.InstanceNumber)];
  };
  const [id, number] = tell(file);
  const wanted = [pseudonyms.get(String(id)), number].join();
  return readdirSync(folder, { recursive: true })
    .map((path) => join(folder, String(path)))
    .find((path) => path.endsWith(".dcm") && tell(path).join() === wanted);
}

/** @param {readonly Row[]} rows */
export function printHeaders(rows) {
  const widths = [2, 12, 30, WIDTH + 1, 0];
  const line = (/** @type {readonly string[]} */ cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("")
      .trimEnd();
  console.log(`  ${line([" ", "element", "", "before", "after"])}`);
  for (const { tag, keyword, before, after } of rows) {
    console.log(
      `  ${line([before === after ? " " : "*", tag, keyword.slice(0, 29), before, after])}`,
    );
  }
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === "object" && value !== null && "text" in value
    ? String(value.text)
    : String(value);
}
