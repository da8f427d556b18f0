/**
 * The public packages, and each as the tarball that npm would get.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Public packages, as their package.json in the tree. */
export const packages = readdirSync(join(root, "packages"))
  .map((folder) => join(root, "packages", folder))
  .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }))
  .filter((manifest) => manifest.private !== true);

/**
 * Runs a program to its end and returns what it printed.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 */
export function run(cwd, command, args) {
  // npm, pnpm and the bins of packages are .cmd files on Windows, which only a shell starts.
  const shell = process.platform === "win32";
  const words = shell ? args.map((word) => `"${word}"`) : args;
  return execFileSync(shell ? `"${command}"` : command, words, {
    cwd,
    shell,
    stdio: "pipe",
    encoding: "utf8",
  });
}

/**
 * Packs one package, as publishing does; pnpm must be on PATH.
 *
 * @param {string} folder - of the package
 * @param {string} destination - folder for the tarball
 * @returns {string} path of the tarball
 */
export function pack(folder, destination) {
  const packed = run(folder, "pnpm", ["pack", "--json", "--pack-destination", destination]);
  return JSON.parse(packed.slice(packed.indexOf("{"))).filename;
}
