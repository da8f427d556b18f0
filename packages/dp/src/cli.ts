#!/usr/bin/env node
/**
 * The bin `dsail-dp`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { run } from "./cli/run.js";

// A reader that has seen enough, such as head, is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// Sources and build lie equally deep.
const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
const { version } = JSON.parse(manifest) as { readonly version: string };

process.exitCode = await run(
  process.argv.slice(2),
  { out: process.stdout, error: process.stderr },
  version,
);
