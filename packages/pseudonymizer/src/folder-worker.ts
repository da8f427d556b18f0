/**
 * A worker thread of `pseudonymizeFolder`: takes batches of paths, answers with what became of them.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { createFileTaskSync, type FolderJob } from "./node/folder-job.js";

const task = createFileTaskSync(workerData as FolderJob);
parentPort?.on("message", (paths: readonly string[]) => {
  parentPort?.postMessage(paths.map(task));
});
