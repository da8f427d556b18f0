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
 * Does a job in workers, one file at a time in each.
 *
 * @param next - the path of the next file, relative to the job's input; undefined if there is none
 * @param onFile - called for each file, as it ends
 */
export async function runInWorkers(
  job: FolderJob,
  next: () => string | undefined,
  workers: number,
  onFile: (outcome: FileOutcome) => void,
): Promise<void> {
  await Promise.all(Array.from({ length: workers }, () => runWorker(job, next, onFile)));
  // Only if all workers died.
  for (let path = next(); path !== undefined; path = next()) onFile(died(path));
}

function runWorker(
  job: FolderJob,
  next: () => string | undefined,
  onFile: (outcome: FileOutcome) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: job });
    let current: string | undefined;
    const feed = () => {
      current = next();
      if (current === undefined) void worker.terminate();
      else worker.postMessage(current);
    };
    worker.on("message", (outcome: FileOutcome) => {
      current = undefined;
      try {
        onFile(outcome);
        feed();
      } catch (error) {
        // The caller's own: no further file is begun here.
        reject(error);
        void worker.terminate();
      }
    });
    // A worker that dies takes its file with it, and nothing else.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      if (current !== undefined) onFile(died(current));
      resolve();
    });
    feed();
  });
}

function died(path: string): FileOutcome {
  const message = "the thread that had the file ended early";
  return { kind: "failed", path, code: "WORKER_DIED", message };
}
