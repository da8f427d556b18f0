/**
 * What a person sees who waits, and how a command is typed.
 *
 * @module
 */
import { relative, sep } from "node:path";
import { root } from "./workspace.mjs";

/** Ends the quickstart with a message, and no trace. */
export class QuickstartError extends Error {
  /** @override */
  name = "QuickstartError";
  /**
   * @param {string} message
   * @param {{ exitCode?: number }} [options] - 1: something failed; 2: wrong usage
   */
  constructor(message, { exitCode = 1 } = {}) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * A path as one would type it at the root of the repository.
 *
 * @param {string} path
 */
export function shown(path) {
  const inside = relative(root, path);
  const short = inside.startsWith("..") || inside === "" ? path : inside;
  return sep === "/" ? short : short.replaceAll(sep, "/");
}

/**
 * A folder that is not to be told.
 *
 * @typedef {object} Variable
 * @property {string} name
 * @property {string} path
 */

/**
 * A command line for a shell.
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @param {readonly Variable[]} [variables] - that stand for folders; the first that fits counts
 */
export function commandLine(name, args, variables = []) {
  const typed = args.map((arg) => {
    const variable = variables.find(({ path }) => arg === path || arg.startsWith(`${path}${sep}`));
    if (variable === undefined) return quoted(arg.startsWith(root) ? shown(arg) : arg);
    const inside = arg.slice(variable.path.length).replaceAll(sep, "/");
    return `"$${variable.name}"${inside === "" ? "" : quoted(inside)}`;
  });
  return [name, ...typed].join(" ");
}

/** @param {string} arg */
function quoted(arg) {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}

/** @param {number} ms */
export function seconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
