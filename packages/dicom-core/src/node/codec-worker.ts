/**
 * Codecs in a worker thread with limits of time and memory, for frames from elsewhere: a hostile one costs its own
 * result, and nothing more.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { DicomError } from "../errors.js";
import type { FrameCodecs } from "../pixel-data/codecs/frame-codec.js";
import type { ImagePixel } from "../pixel-data/image-pixel.js";
import type { CodecAnswer, CodecRequest, CodecWorkerData } from "./codec-worker-messages.js";

export interface CodecWorkerOptions {
  /** How long one frame may take, the first one with the start of the thread, in milliseconds, at least 1. Default 30,000. */
  readonly timeoutMs?: number;
  /** How much memory a codec may have, in bytes, at least 32 MiB. Default 1 GiB. */
  readonly maxMemoryBytes?: number;
}

/** Codecs in a thread of their own. The thread lets the process end while it is idle. */
export interface CodecWorker extends FrameCodecs {
  /** Ends the thread; what is under way or waits fails with `BAD_VALUE`. A later frame starts another thread. */
  readonly close: () => Promise<void>;
}

/** The built worker lies beside the built entries; there is none when sources are run. */
const WORKER = new URL("./codec-worker.js", import.meta.url);
const MIN_MEMORY_BYTES = 32 * 1024 * 1024;

/** Whether there is a worker to be had: not where sources are run. */
export function hasCodecWorker(): boolean {
  return existsSync(WORKER);
}

/**
 * Starts a worker with the first frame, and another one after a frame that took too long or killed it.
 *
 * Its codecs throw `LIMIT_EXCEEDED` if a frame takes too long, and `BAD_VALUE` if it needs too much memory.
 *
 * @throws {@link RangeError} for a limit that is none
 */
export function createCodecWorker(options: CodecWorkerOptions = {}): CodecWorker {
  return startCodecWorker(WORKER, options);
}

/** As {@link createCodecWorker}, with the worker's own module. */
export function startCodecWorker(
  module: URL,
  { timeoutMs = 30_000, maxMemoryBytes = 1024 * 1024 * 1024 }: CodecWorkerOptions = {},
): CodecWorker {
  if (!(timeoutMs >= 1 && timeoutMs < 2 ** 31)) {
    throw new RangeError(`timeoutMs: expected 1 to 2147483647, got ${timeoutMs}`);
  }
  if (!(maxMemoryBytes >= MIN_MEMORY_BYTES)) {
    throw new RangeError(
      `maxMemoryBytes: expected ${MIN_MEMORY_BYTES} or more, got ${maxMemoryBytes}`,
    );
  }
  let worker: Worker | undefined;
  let timesClosed = 0;
  let last: Promise<unknown> = Promise.resolve();

  const start = () => {
    const started = new Worker(module, {
      workerData: { maxMemoryBytes } satisfies CodecWorkerData,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(maxMemoryBytes / 2 ** 20) },
    });
    worker = started;
    // Whoever waits for a frame hears of these too; an idle worker's end is no one's failure.
    started.on("error", () => undefined);
    started.on("exit", () => {
      if (worker === started) worker = undefined;
    });
    return started;
  };

  const runNow = (request: CodecRequest, buffer: ArrayBuffer, asked: number) =>
    new Promise<CodecAnswer>((resolve, reject) => {
      const closed = () => failure("BAD_VALUE", "the codecs were closed before the frame was done");
      if (asked !== timesClosed) return reject(closed());
      const running = worker ?? start();
      const end = (settle: () => void) => {
        clearTimeout(timer);
        running.off("message", answered).off("error", died).off("exit", died);
        running.unref();
        settle();
      };
      const fail = (error: DicomError) =>
        end(() => {
          if (worker === running) worker = undefined;
          void running.terminate();
          reject(error);
        });
      const answered = (answer: CodecAnswer) => end(() => resolve(answer));
      // Its own words may quote the frame.
      const died = () =>
        fail(
          asked === timesClosed
            ? failure("BAD_VALUE", "a frame ended the thread of its codec")
            : closed(),
        );
      const timer = setTimeout(
        () => fail(failure("LIMIT_EXCEEDED", `a frame took longer than ${timeoutMs} ms`)),
        timeoutMs,
      );
      running.ref();
      running.on("message", answered).on("error", died).on("exit", died);
      running.postMessage(request, [buffer]);
    });

  /** One at a time: a limit of time is of one frame. */
  const run = (request: CodecRequest, buffer: ArrayBuffer) => {
    const asked = timesClosed;
    const answer = last.then(() => runNow(request, buffer, asked));
    last = answer.catch(() => undefined);
    return answer;
  };

  return {
    decode: async (frame, pixel, transferSyntaxUid) => {
      if (decodedBytes(pixel) > maxMemoryBytes) {
        throw failure("BAD_VALUE", "a frame needs more memory than its codec may have");
      }
      const copy = ownCopy(frame);
      const request: CodecRequest = { kind: "decode", frame: copy, pixel, transferSyntaxUid };
      const answer = await run(request, copy.buffer);
      if (answer.kind === "decoded") return answer.image;
      throw errorOf(answer);
    },
    encode: async (image, transferSyntaxUid, encodeOptions) => {
      const bytes = ownCopy(image.bytes);
      const request: CodecRequest = {
        kind: "encode",
        image: { ...image, bytes },
        transferSyntaxUid,
        options: {
          compressionRatio: encodeOptions.compressionRatio,
          maxError: encodeOptions.maxError,
        },
      };
      const answer = await run(request, bytes.buffer);
      if (answer.kind === "encoded") return answer.bytes;
      throw errorOf(answer);
    },
    close: async () => {
      const running = worker;
      worker = undefined;
      timesClosed++;
      await running?.terminate();
    },
  };
}

/** A message would take along all that a view is of; `slice` of a Node `Buffer` is a view, too. */
function ownCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Limits of worker threads count neither WebAssembly, which counts itself, nor arrays of codecs in JavaScript. */
function decodedBytes(pixel: ImagePixel): number {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixel;
  return rows * columns * samplesPerPixel * Math.ceil(bitsAllocated / 8);
}

function errorOf(answer: CodecAnswer): Error {
  if (answer.kind !== "failed") return new TypeError("expected an answer to what was asked");
  return new DicomError(answer.code, answer.message, { at: answer.at });
}

function failure(code: "LIMIT_EXCEEDED" | "BAD_VALUE", message: string): DicomError {
  return new DicomError(code, message, { at: "(7FE0,0010)" });
}
