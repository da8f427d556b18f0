/**
 * Where what identifies patients lies, and how folders are called in commands that are kept.
 *
 * @module
 */
import { join } from "node:path";

/**
 * All in it is a secret: what was there before pseudonymizing, the lookup table, keys, and which commands ran on which
 * folders. Nothing outside of it is.
 */
export const SECRET = "secret";

/**
 * The folder with a folder for each class.
 *
 * @param {import("./options.mjs").Options} options
 */
export function inputFolder({ source, labels, output }) {
  const isByClass = source !== undefined && labels === undefined;
  return isByClass ? source : join(output, SECRET, "1-input");
}

/**
 * Folders by the variables that `commands.sh` has for them: paths of one's own may name patients.
 *
 * @param {import("./options.mjs").Options} options
 * @returns {readonly import("./console.mjs").Variable[]} the innermost first
 */
export function variablesOf(options) {
  return [
    { name: "SOURCE", path: inputFolder(options) },
    { name: "OUTPUT", path: options.output },
  ];
}
