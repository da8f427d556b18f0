/**
 * Installs the workspace when that is needed, with nothing but Node and npm.
 *
 * Needed means: there is no `node_modules`, or it was made from another lockfile.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const LOCKFILE = join(root, "pnpm-lock.yaml");
/** pnpm's copy of the lockfile that it installed. */
const INSTALLED = join(root, "node_modules", ".pnpm", "lock.yaml");

/** @returns {boolean} whether what is installed differs from what is asked for */
function installIsStale() {
  return !existsSync(INSTALLED) || !readFileSync(INSTALLED).equals(readFileSync(LOCKFILE));
}

/** Installs exactly what the lockfile names; ends the process when that fails. */
export function bootstrap() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node 20.19 or newer is needed, this is ${process.versions.node}.`);
    process.exit(1);
  }
  if (!installIsStale()) return;

  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  console.log(`Installing the workspace with ${packageManager} ...`);
  const { status } = spawnSync("npx", ["--yes", packageManager, "install", "--frozen-lockfile"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32", // npx is a .cmd file there
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bootstrap();
