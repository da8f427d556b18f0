#!/usr/bin/env node
/**
 * The bin `dsail-pseudonymize`.
 *
 * @module
 */
import { run } from "./cli/run.js";

// A reader that has seen enough, such as head, is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  out: process.stdout,
  error: process.stderr,
});
