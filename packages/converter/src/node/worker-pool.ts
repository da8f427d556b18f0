/**
 * Worker threads that convert files: decoding and encoding take all of a core.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { FileOutcome, FolderJob } from "./folder-job.js";

/** The built worker lies beside the built entries; there is none when sources are run. */
const WORKER = new URL("./convert-worker.js", import.meta.url);

/** Whether there are workers to be had. */
export function hasWorkers(): boolean {
  return existsSync(WORKER);
}

/**
 * Does a job in workers, one file at a time in each. A worker that dies takes its file with it, and nothing else: another
 * one goes on.
 *
 * @param next - the path of the next file, relative to the job's input; undefined if there is none
 * @param onFile - called for each file, as it ends. If it throws, files that are under way are ended, no other is begun, and
 * what it threw is thrown.
 * @param module - the worker's own
 */
export async function runInWorkers(
  job: FolderJob,
  next: () => string | undefined,
  workers: number,
  onFile: (outcome: FileOutcome) => void,
  module: URL = WORKER,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const queue: Queue = {
    next: () => (failure === undefined ? next() : undefined),
    done: (outcome) => {
      if (failure !== undefined) return;
      try {
        onFile(outcome);
      } catch (error) {
        failure = { error };
      }
    },
  };
  const start = () => new Worker(module, { workerData: job });
  await Promise.all(Array.from({ length: workers }, () => runWorker(start, queue)));
  if (failure !== undefined) throw failure.error;
}

interface Queue {
  readonly next: () => string | undefined;
  readonly done: (outcome: FileOutcome) => void;
}

async function runWorker(start: () => Worker, queue: Queue): Promise<void> {
  for (let path = queue.next(); path !== undefined; path = queue.next()) {
    const lost = await runUntilExit(start(), path, queue);
    if (lost === undefined) return;
    const message = "the thread that had the file ended early";
    queue.done({ kind: "failed", path: lost, code: "WORKER_DIED", message });
  }
}

/** @returns the file that a worker had when it died; undefined if it did all there was */
function runUntilExit(worker: Worker, first: string, queue: Queue): Promise<string | undefined> {
  return new Promise((resolve) => {
    let current: string | undefined = first;
    worker.on("message", (outcome: FileOutcome) => {
      queue.done(outcome);
      current = queue.next();
      if (current === undefined) void worker.terminate();
      else worker.postMessage(current);
    });
    // Whatever it was, the end follows.
    worker.on("error", () => undefined);
    worker.on("exit", () => resolve(current));
    worker.postMessage(first);
  });
}
