/**
 * Threads that hold the trainers of many clients. A client stays with its thread, since its trainer may have a memory of its
 * own; each thread trains one at a time. One that dies takes the call with it that it was at, and the trainers' memory;
 * another one takes its place.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { FlError, type ModelParameters } from "@dsail/fl-protocol";
import type { TrainerContext } from "../trainer.js";
import { createTrainerHost } from "./trainer-host.js";
import {
  errorOf,
  type FromWorker,
  shareParameters,
  type ToWorker,
  type TrainerCall,
  type TrainerJob,
  type TrainerResult,
} from "./trainer-job.js";

/** The built worker lies beside the built entries; there is none when sources are run. */
const WORKER = new URL("./trainer-worker.js", import.meta.url);

/** Whether there are workers to be had. */
export function hasWorkers(): boolean {
  return existsSync(WORKER);
}

/** Of what a pool is made. */
export interface TrainerPoolOptions {
  readonly trainerModule: URL;
  readonly trainerOptionsOf: (client: number) => unknown;
  /** Threads; 0: this one. */
  readonly workers: number;
}

/** A pool of threads. */
export interface TrainerPool {
  /** Calls a client's trainer, when its thread gets to it. */
  readonly call: (
    client: number,
    call: TrainerCall,
    context: TrainerContext,
  ) => Promise<TrainerResult>;
  /** Ends all threads, and what they are at. */
  readonly close: () => Promise<void>;
}

/** A call that waits, or is worked on. */
interface Task {
  readonly client: number;
  readonly call: TrainerCall;
  readonly context: TrainerContext;
  readonly resolve: (result: TrainerResult) => void;
  readonly reject: (error: Error) => void;
}

/** @param workerModule - the worker's own */
export function createTrainerPool(
  options: TrainerPoolOptions,
  workerModule: URL = WORKER,
): TrainerPool {
  if (options.workers === 0) return createPoolOfThisThread(options);
  const shared = createSharedParameters();
  const threads = Array.from({ length: options.workers }, () =>
    createThread(options, workerModule, shared),
  );
  return {
    call: (client, call, context) => threads[client % threads.length]!.call(client, call, context),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

/** One call at a time here too. */
function createPoolOfThisThread({
  trainerModule,
  trainerOptionsOf,
}: TrainerPoolOptions): TrainerPool {
  const host = createTrainerHost(trainerModule.href);
  let last: Promise<unknown> = Promise.resolve();
  return {
    call: (client, call, context) => {
      const result = last.then(() => {
        if (context.signal.aborted) throw gaveUp();
        return host.call(client, trainerOptionsOf(client), call, context);
      });
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => undefined,
  };
}

/** Parameters in shared memory, for as long as a call with them is not over: the clients of a round mostly get the same. */
function createSharedParameters() {
  const shared = new Map<ModelParameters, { users: number; copy: ModelParameters | undefined }>();
  return {
    use: (parameters: ModelParameters) => {
      const entry = shared.get(parameters) ?? { users: 0, copy: undefined };
      entry.users += 1;
      shared.set(parameters, entry);
    },
    /** Made when it is first needed, not for those that wait. */
    copyOf: (parameters: ModelParameters): ModelParameters => {
      const entry = shared.get(parameters)!;
      entry.copy ??= shareParameters(parameters);
      return entry.copy;
    },
    // The server may write to its parameters between two rounds: no copy outlives its calls.
    release: (parameters: ModelParameters) => {
      const entry = shared.get(parameters)!;
      entry.users -= 1;
      if (entry.users === 0) shared.delete(parameters);
    },
  };
}

function createThread(
  { trainerModule, trainerOptionsOf }: TrainerPoolOptions,
  workerModule: URL,
  shared: ReturnType<typeof createSharedParameters>,
): TrainerPool {
  const waiting: Task[] = [];
  let worker: Worker | undefined;
  let known = new Set<number>();
  let running: (Task & { readonly jobId: number }) | undefined;
  let lastJobId = 0;
  let isClosed = false;

  function start(): Worker {
    known = new Set();
    const started = new Worker(workerModule, { workerData: trainerModule.href });
    started.on("message", (message: FromWorker) => {
      if (message.jobId !== running?.jobId) return;
      if ("progress" in message) running.context.onProgress(message.progress);
      else if ("result" in message) finish((task) => task.resolve(message.result));
      else finish((task) => task.reject(errorOf(message.error)));
    });
    let cause: unknown;
    // The end follows.
    started.on("error", (error) => {
      cause = error;
    });
    started.on("exit", () => {
      worker = undefined;
      finish((task) => task.reject(died(cause)));
    });
    return started;
  }

  /** Ends what is running, if anything is, and goes on. */
  function finish(settle: (task: Task) => void): void {
    const task = running;
    running = undefined;
    if (task !== undefined) settle(task);
    next();
  }

  function next(): void {
    if (running !== undefined) return;
    const task = waiting.shift();
    if (task === undefined) return;
    lastJobId += 1;
    running = { ...task, jobId: lastJobId };
    try {
      worker ??= start();
      const { client, call } = task;
      const options = known.has(client) ? {} : { options: { value: trainerOptionsOf(client) } };
      const { parameters } = call;
      const job: TrainerJob = {
        ...{ ...call, ...options, jobId: lastJobId, client },
        ...(parameters === undefined ? {} : { parameters: shared.copyOf(parameters) }),
      };
      worker.postMessage({ job } satisfies ToWorker);
      known.add(client);
    } catch (error) {
      finish((failed) => failed.reject(error as Error));
    }
  }

  function enqueue(client: number, call: TrainerCall, context: TrainerContext) {
    return new Promise<TrainerResult>((resolve, reject) => {
      const task: Task = { client, call, context, resolve, reject };
      const { signal } = context;
      if (isClosed || signal.aborted) return reject(gaveUp());
      const abort = () => {
        const at = waiting.indexOf(task);
        if (at !== -1) {
          waiting.splice(at, 1);
          reject(gaveUp());
        } else if (running?.context === context) {
          worker?.postMessage({ abort: running.jobId } satisfies ToWorker);
        }
      };
      signal.addEventListener("abort", abort, { once: true });
      waiting.push(task);
      next();
    });
  }

  return {
    call: async (client, call, context) => {
      const { parameters } = call;
      if (parameters === undefined) return enqueue(client, call, context);
      shared.use(parameters);
      try {
        return await enqueue(client, call, context);
      } finally {
        shared.release(parameters);
      }
    },
    close: async () => {
      isClosed = true;
      for (const task of waiting.splice(0)) task.reject(gaveUp());
      await worker?.terminate();
    },
  };
}

function gaveUp(): FlError {
  return new FlError("ABORTED", "nobody waits for the trainer any more");
}

/** @param cause - for the site; the server is told the code */
function died(cause: unknown): Error {
  const error = new Error("the thread of the trainer ended", { cause });
  return Object.assign(error, { code: "WORKER_DIED" });
}
