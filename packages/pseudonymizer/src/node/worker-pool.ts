/**
 * Worker threads that pseudonymize: reading, deciding and writing run at once in each, so that slow disks and several
 * cores are both put to use.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { FileOutcome, FolderJob } from "./folder-job.js";

/** Files handed over at a time: few, so that all workers end together; more than one, since a message costs. */
const BATCH_FILES = 8;

/** The built worker lies beside the built entries; there is none when sources are run. */
const WORKER = new URL("./folder-worker.js", import.meta.url);

/** Whether there are workers to be had. */
export function hasWorkers(): boolean {
  return existsSync(WORKER);
}

/**
 * Does a job in workers.
 *
 * @param queue - paths relative to the job's input
 * @param onFile - called for each file, as it ends
 */
export async function runInWorkers(
  job: FolderJob,
  queue: Iterator<string>,
  workers: number,
  onFile: (outcome: FileOutcome) => void,
): Promise<void> {
  const takeBatch = () => {
    const batch: string[] = [];
    while (batch.length < BATCH_FILES) {
      const next = queue.next();
      if (next.done === true) break;
      batch.push(next.value);
    }
    return batch;
  };
  await Promise.all(Array.from({ length: workers }, () => runWorker(job, takeBatch, onFile)));
  // Only if all workers died.
  for (let batch = takeBatch(); batch.length > 0; batch = takeBatch()) failAll(batch, onFile);
}

function runWorker(
  job: FolderJob,
  takeBatch: () => readonly string[],
  onFile: (outcome: FileOutcome) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: job });
    let batch: readonly string[] = [];
    const feed = () => {
      batch = takeBatch();
      if (batch.length > 0) worker.postMessage(batch);
      else void worker.terminate();
    };
    worker.on("message", (outcomes: readonly FileOutcome[]) => {
      batch = [];
      try {
        for (const outcome of outcomes) onFile(outcome);
        feed();
      } catch (error) {
        // The caller's own: no further file is begun here.
        reject(error);
        void worker.terminate();
      }
    });
    // A worker that dies, of too little memory say, takes its batch with it, and nothing else.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      failAll(batch, onFile);
      resolve();
    });
    feed();
  });
}

function failAll(paths: readonly string[], onFile: (outcome: FileOutcome) => void): void {
  const failure = { code: "WORKER_DIED", message: "the thread that had the file ended early" };
  for (const path of paths) onFile({ kind: "failed", path, failure });
}
