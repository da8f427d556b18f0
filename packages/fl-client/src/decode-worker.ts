/**
 * A worker thread of `data/decode-pool.ts`: decodes files of images, one at a time.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { type DecodeAnswer, type DecodeJob, plainDecodeError } from "./data/decode-job.js";
import { createFileDecoder } from "./data/file-decoder.js";
import type { ImageForm } from "./data/fit-image.js";

const { decode } = createFileDecoder(workerData as ImageForm);

async function run({ jobId, path }: DecodeJob): Promise<void> {
  const answer = (message: DecodeAnswer, buffers: ArrayBuffer[] = []) =>
    parentPort?.postMessage(message, buffers);
  try {
    const image = await decode(path);
    // A small image of a large buffer would take all of it along.
    const pixels = image.pixels.slice();
    answer({ jobId, image: { ...image, pixels } }, [pixels.buffer as ArrayBuffer]);
  } catch (error) {
    answer({ jobId, error: plainDecodeError(error) });
  }
}

parentPort?.on("message", (job: DecodeJob) => void run(job));
