/**
 * Threads that decode images, so that a batch is read while the one before is learned from.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { FlError } from "@dsail/fl-protocol";
import { badData } from "./bad-data.js";
import { type DecodeAnswer, type DecodeJob, decodeErrorOf } from "./decode-job.js";
import type { FileDecoder } from "./file-decoder.js";
import type { FittedImage, ImageForm } from "./fit-image.js";

/** The built worker lies beside the built entries; there is none when sources are run. */
const WORKER = new URL("./decode-worker.js", import.meta.url);

/** Whether there are threads to be had. */
export function hasDecodeWorkers(): boolean {
  return existsSync(WORKER);
}

interface Task {
  readonly resolve: (image: FittedImage) => void;
  readonly reject: (error: Error) => void;
}

interface DecodeThread extends FileDecoder {
  /** How many files it has to decode. */
  readonly pending: () => number;
}

/**
 * A pool in which each file goes to the thread with the fewest. Threads begin with their first file, and keep a program
 * alive only while they have one. A thread that dies takes its files with it; the next file begins another.
 *
 * @param workers - 1 or more
 * @param module - the worker's own
 */
export function createDecodePool(
  form: ImageForm,
  workers: number,
  module: URL = WORKER,
): FileDecoder {
  const threads = Array.from({ length: workers }, () => createDecodeThread(form, module));
  return {
    decode: (path) => {
      const free = threads.reduce((a, b) => (b.pending() < a.pending() ? b : a));
      return free.decode(path);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function createDecodeThread(form: ImageForm, module: URL): DecodeThread {
  const tasks = new Map<number, Task>();
  let worker: Worker | undefined;
  let lastJobId = 0;
  let isClosed = false;

  function start(): Worker {
    const started = new Worker(module, { workerData: form });
    started.on("message", (answer: DecodeAnswer) => {
      const task = tasks.get(answer.jobId);
      tasks.delete(answer.jobId);
      if (tasks.size === 0) started.unref();
      if ("image" in answer) task?.resolve(answer.image);
      else task?.reject(decodeErrorOf(answer.error));
    });
    // The end follows.
    started.on("error", () => undefined);
    started.on("exit", () => {
      worker = undefined;
      refuseAll(isClosed ? closed() : badData("the thread that decodes images ended", "FAILED"));
    });
    return started;
  }

  function refuseAll(error: Error): void {
    const refused = [...tasks.values()];
    tasks.clear();
    for (const task of refused) task.reject(error);
  }

  return {
    pending: () => tasks.size,
    decode: (path) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(closed());
        worker ??= start();
        worker.ref();
        lastJobId += 1;
        tasks.set(lastJobId, { resolve, reject });
        worker.postMessage({ jobId: lastJobId, path } satisfies DecodeJob);
      }),
    close: async () => {
      isClosed = true;
      refuseAll(closed());
      await worker?.terminate();
    },
  };
}

function closed(): FlError {
  return new FlError("ABORTED", "the data set is closed");
}
