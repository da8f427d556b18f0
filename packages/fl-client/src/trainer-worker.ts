/**
 * A worker thread of `virtual-clients.ts`: calls trainers, one at a time.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { createTrainerHost } from "./node/trainer-host.js";
import {
  buffersOf,
  copyParameters,
  copyResult,
  type FromWorker,
  plainError,
  type ToWorker,
  type TrainerJob,
} from "./node/trainer-job.js";

const host = createTrainerHost(workerData as string);
let running: { readonly jobId: number; readonly controller: AbortController } | undefined;

async function run({ jobId, client, options, ...call }: TrainerJob): Promise<void> {
  const controller = new AbortController();
  running = { jobId, controller };
  const answer = (message: FromWorker, buffers: ArrayBuffer[] = []) =>
    parentPort?.postMessage(message, buffers);
  try {
    const { parameters } = call;
    const own =
      parameters === undefined ? call : { ...call, parameters: copyParameters(parameters) };
    const result = await host.call(client, options?.value, own, {
      signal: controller.signal,
      round: call.round,
      onProgress: (progress) => answer({ jobId, progress }),
    });
    // The trainer may go on with its own tensors: copies are given away.
    const copy = copyResult(call.kind, result);
    answer({ jobId, result: copy }, buffersOf(call.kind, copy));
  } catch (error) {
    answer({ jobId, error: plainError(error) });
  }
}

parentPort?.on("message", (message: ToWorker) => {
  if ("job" in message) void run(message.job);
  else if (running?.jobId === message.abort) running.controller.abort();
});
