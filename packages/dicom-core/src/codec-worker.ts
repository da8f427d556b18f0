/**
 * The thread of `createCodecWorker`: takes one frame at a time, answers with what became of it.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { isDicomError } from "./errors.js";
import type { CodecAnswer, CodecRequest, CodecWorkerData } from "./node/codec-worker-messages.js";
import { LOCAL_CODECS } from "./pixel-data/codecs/local-codecs.js";

limitMemory((workerData as CodecWorkerData).maxMemoryBytes);
parentPort?.on("message", async (request: CodecRequest) => {
  const answer = await answerTo(request);
  const bytes = answer.kind === "decoded" ? answer.image.bytes : undefined;
  parentPort?.postMessage(answer, bytes === undefined ? [] : [bytes.buffer as ArrayBuffer]);
});

async function answerTo(request: CodecRequest): Promise<CodecAnswer> {
  try {
    if (request.kind === "decode") {
      const { frame, pixel, transferSyntaxUid } = request;
      const image = await LOCAL_CODECS.decode(frame, pixel, transferSyntaxUid);
      // A view of something larger cannot be handed over.
      const isWhole = image.bytes.byteLength === image.bytes.buffer.byteLength;
      return { kind: "decoded", image: isWhole ? image : { ...image, bytes: image.bytes.slice() } };
    }
    const { image, transferSyntaxUid, options } = request;
    return { kind: "encoded", bytes: await LOCAL_CODECS.encode(image, transferSyntaxUid, options) };
  } catch (error) {
    if (!isDicomError(error)) throw error;
    return { kind: "failed", code: error.code, message: error.message, at: error.at };
  }
}

/** Limits of worker threads do not count WebAssembly, but its memory grows only by this function. */
function limitMemory(maxBytes: number): void {
  const PAGE_BYTES = 65_536;
  const { prototype } = (globalThis as unknown as WithWebAssembly).WebAssembly.Memory;
  const grow = prototype.grow;
  prototype.grow = function (this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES > maxBytes) {
      throw new RangeError("the codec needs more memory than it may have");
    }
    return grow.call(this, pages);
  };
}

/** The part of it that is used: the types of browsers are not those of Node. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WithWebAssembly {
  readonly WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };
}
