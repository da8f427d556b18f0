/**
 * Worker threads of TypeScript sources, without a build.
 *
 * @module
 */
import { Worker } from "node:worker_threads";

/** Starts one. */
export function typescriptWorker(source: URL, workerData: unknown): Worker {
  const runner = new URL("./typescript-worker.mjs", import.meta.url);
  return new Worker(runner, { workerData, argv: [source.href] });
}
