#!/usr/bin/env node
/**
 * The bin `dsail-fl-client`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { run } from "./cli/run.js";

// A reader that has seen enough, such as head, is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// The server is told, and what is done is on the disk; a second signal ends at once.
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

// Sources and build lie equally deep.
const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
const { version } = JSON.parse(manifest) as { readonly version: string };

process.exitCode = await run(
  process.argv.slice(2),
  { out: process.stdout, error: process.stderr },
  { signal: stop.signal, version },
);
