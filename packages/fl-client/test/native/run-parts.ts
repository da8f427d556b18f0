/**
 * Programs that find TensorFlow.js in another folder.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a program ends with that can't do its work on this machine. */
const SKIPPED = 77;

/**
 * Runs programs one after another, up to one that can't run here; goes on after a failure.
 *
 * @param folder - whose `node_modules` has TensorFlow.js
 * @param parts - file in the package, and arguments
 * @param environment - beside this process' own
 */
export function runParts(
  folder: string,
  parts: readonly (readonly string[])[],
  environment: Readonly<Record<string, string>> = {},
): "passed" | "failed" | "skipped" {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const options = ["--conditions=@dsail/source", "--import=./test/native/resolve-from-folder.mjs"];
  const log = { TF_CPP_MIN_LOG_LEVEL: "2" };
  let failed = false;
  for (const part of parts) {
    console.log(`\n# ${part[0]}`);
    const { status } = spawnSync("node_modules/.bin/tsx", [...options, ...part], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...log, ...environment, DSAIL_TFJS_FOLDER: folder },
    });
    if (status === SKIPPED) return "skipped";
    if (status !== 0) {
      console.log(`failed: ${part[0]}`);
      failed = true;
    }
  }
  return failed ? "failed" : "passed";
}
