/**
 * Builds what has changed since it was built. JavaScript only: declarations are for programs that import the packages.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { QuickstartError } from "./console.mjs";
import { root } from "./workspace.mjs";

const PACKAGES = [
  ...["dicom-core", "pseudonymizer", "converter"],
  ...["tfjs-wasm-train", "dp", "fl-protocol", "fl-client", "fl-server"],
];

export function buildPackages() {
  const tsup = createRequire(import.meta.url).resolve("tsup/dist/cli-default.js");
  for (const name of PACKAGES) {
    const folder = join(root, "packages", name);
    if (isFresh(folder)) continue;
    console.log(`Building @dsail/${name} ...`);
    const { status } = spawnSync(process.execPath, [tsup, "--silent"], {
      cwd: folder,
      env: { ...process.env, DSAIL_BUILD_DTS: "0" },
      stdio: "inherit",
    });
    if (status !== 0) throw new QuickstartError(`@dsail/${name} can't be built: see above`);
  }
}

/** @param {string} folder - whether all that is built is newer than all it is built of */
function isFresh(folder) {
  const built = join(folder, "dist", "index.js");
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  const sources = ["package.json", "tsup.config.ts", ...filesIn(folder, "src")];
  return sources.every((file) => statSync(join(folder, file)).mtimeMs <= mtimeMs);
}

/**
 * @param {string} folder
 * @param {string} inside
 * @returns {string[]}
 */
function filesIn(folder, inside) {
  return readdirSync(join(folder, inside), { recursive: true })
    .map((file) => join(inside, String(file)))
    .filter((file) => !file.endsWith(".test.ts"));
}
