/**
 * A worker thread of `convert-folder.ts`: takes paths, answers with what became of each.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { createFileTask } from "./node/file-task.js";
import type { FolderJob } from "./node/folder-job.js";

const task = createFileTask(workerData as FolderJob);
parentPort?.on("message", async (path: string) => {
  parentPort?.postMessage(await task.run(path));
});
