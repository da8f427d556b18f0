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
 * A command line for a shell.
 *
 * @param {string} name
 * @param {readonly string[]} args
 */
export function commandLine(name, args) {
  return [name, ...args.map((arg) => quoted(arg.startsWith(root) ? shown(arg) : arg))].join(" ");
}

/** @param {string} arg */
function quoted(arg) {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}

/** @param {number} ms */
export function seconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
