#!/usr/bin/env node
/**
 * The bin `dsail-pseudonymize`.
 *
 * @module
 */
import { run } from "./cli/run.js";

process.exitCode = await run(process.argv.slice(2), {
  out: process.stdout,
  error: process.stderr,
});
