/**
 * Type-checks every project with the TypeScript the packages are built with, and with the current
 * release (the native compiler), so that neither kind of user meets an error first.
 *
 * Usage: node scripts/typecheck.mjs [pinned|current]
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

const COMPILERS = { pinned: "typescript", current: "typescript-current" };

const projects = ["tsconfig.json"];
for (const folder of ["packages", "examples"]) {
  for (const entry of readdirSync(join(root, folder))) {
    const file = join(folder, entry, "tsconfig.json");
    if (existsSync(join(root, file))) projects.push(file);
  }
}

const wanted = process.argv[2];
let failed = false;
for (const [label, name] of Object.entries(COMPILERS)) {
  if (wanted !== undefined && wanted !== label) continue;
  const manifest = require.resolve(`${name}/package.json`);
  const { version } = require(manifest);
  for (const project of projects) {
    const { status } = spawnSync(
      process.execPath,
      [join(dirname(manifest), "bin", "tsc"), "--noEmit", "-p", project],
      { cwd: root, stdio: "inherit" },
    );
    console.log(`typescript ${version}  ${project}  ${status === 0 ? "ok" : "FAILED"}`);
    failed ||= status !== 0;
  }
}
if (failed) process.exitCode = 1;
