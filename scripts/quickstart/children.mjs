/**
 * Programs that are started from here: shown as a person would type them, and ended when this one ends.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { appendFileSync, closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { commandLine, QuickstartError } from "./console.mjs";
import { programOf, root } from "./workspace.mjs";

/**
 * @typedef {object} Children
 * @property {(name: import("./workspace.mjs").CommandName, args: readonly string[]) => Promise<string>} run
 *   Runs a command to its end, and gives what it wrote to stdout.
 * @property {(name: import("./workspace.mjs").CommandName, args: readonly string[], to: Output) => Child} start
 *   Starts a command whose output goes to a file.
 * @property {(name: string, args: readonly string[]) => void} note
 *   Shows a command that is done here in another way, as it would be typed.
 * @property {(variables: readonly import("./console.mjs").Variable[]) => void} nameFolders
 *   Says which folders `typed` has by variables only.
 * @property {() => readonly string[]} typed Every command so far, as it may be kept.
 * @property {() => Promise<unknown>} endAll Ends all that run, and waits until they have.
 */

/**
 * @typedef {object} Output
 * @property {string} log - file that is added to
 * @property {(line: string) => void} [onLine] - told each line of stdout
 */

/**
 * @typedef {object} Child
 * @property {Promise<number>} ended - its exit code
 * @property {() => void} end
 */

/** @returns {Children} */
export function createChildren() {
  /** @type {Map<import("node:child_process").ChildProcess, Promise<number>>} */
  const running = new Map();
  /** @type {string[]} */
  const typed = [];
  /** @type {readonly import("./console.mjs").Variable[]} */
  let variables = [];

  /**
   * The screen shows the folders themselves.
   *
   * @param {string} name
   * @param {readonly string[]} args
   * @param {string} [end] - of the line
   */
  function note(name, args, end = "") {
    typed.push(`${commandLine(name, args, variables)}${end}`);
    console.log(`  $ ${commandLine(name, args)}${end}`);
  }

  /**
   * @param {import("./workspace.mjs").CommandName} name
   * @param {readonly string[]} args
   * @param {import("node:child_process").StdioOptions} stdio
   * @param {string} [end] - of the line
   */
  function begin(name, args, stdio, end) {
    note(name, args, end);
    const child = spawn(process.execPath, [programOf(name), ...args], { cwd: root, stdio });
    /** @type {Promise<number>} */
    const ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        running.delete(child);
        resolve(code ?? 1);
      });
    });
    running.set(child, ended);
    return { child, ended };
  }

  return {
    run: async (name, args) => {
      const { child, ended } = begin(name, args, ["ignore", "pipe", "inherit"]);
      let text = "";
      child.stdout?.setEncoding("utf8").on("data", (/** @type {string} */ part) => {
        text += part;
      });
      const code = await ended;
      if (code !== 0) {
        process.stdout.write(text);
        throw new QuickstartError(`${name} ended with exit code ${code}: see above`);
      }
      return text;
    },
    start: (name, args, { log, onLine }) => {
      const file = openSync(log, "a");
      const { child, ended } = begin(name, args, ["ignore", "pipe", file], " &");
      closeSync(file);
      if (child.stdout !== null) {
        createInterface({ input: child.stdout }).on("line", (line) => {
          appendFileSync(log, `${line}\n`);
          onLine?.(line);
        });
      }
      return { ended, end: () => child.kill() };
    },
    note: (name, args) => note(name, args),
    nameFolders: (named) => {
      variables = named;
    },
    typed: () => typed,
    endAll: () => {
      for (const child of running.keys()) child.kill();
      return Promise.allSettled(running.values());
    },
  };
}
