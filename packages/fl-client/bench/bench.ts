/**
 * All measurements of this package: `pnpm bench [--smoke]`.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const tsx = createRequire(import.meta.url).resolve("tsx/cli");
for (const name of ["train-step.ts", "dp-step.ts"]) {
  console.log(`\n# ${name}`);
  const script = fileURLToPath(new URL(name, import.meta.url));
  const args = [tsx, "--conditions=@dsail/source", script, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
