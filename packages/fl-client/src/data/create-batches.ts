/**
 * Batches read ahead: while one is learned from, threads of the data set decode the next.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import type { Batch, ImageDataset } from "./image-dataset.js";

/** How batches are read. */
export interface CreateBatchesOptions {
  /** How many are read before they are asked for, 0 or more. Default 2. */
  readonly ahead?: number;
  /** Of this pass over the data; see `ReadOptions`. Default: images are not augmented. */
  readonly augmentSeed?: number;
  /** Ends it: what waits for a batch gets `ABORTED`. */
  readonly signal?: AbortSignal;
}

/**
 * Batches of the indices, in their order. To leave it early (`break`, `return`) is fine; nothing is read any more.
 *
 * @param indexBatches - taken `ahead` batches before they are needed
 * @throws {@link FlError} `ABORTED` by the signal; whatever `readBatch` throws, at its batch
 */
export async function* createBatches(
  dataset: ImageDataset,
  indexBatches: Iterable<readonly number[]>,
  { ahead = 2, augmentSeed, signal }: CreateBatchesOptions = {},
): AsyncGenerator<Batch, void, undefined> {
  if (!Number.isSafeInteger(ahead) || ahead < 0) {
    throw new RangeError(`ahead: expected an integer of 0 or more, got ${ahead}`);
  }
  const options = augmentSeed === undefined ? {} : { augmentSeed };
  const indices = indexBatches[Symbol.iterator]();
  const reading: Promise<Batch>[] = [];
  let isDone = false;
  const readAhead = () => {
    while (!isDone && reading.length <= ahead) {
      const next = indices.next();
      if (next.done) isDone = true;
      else {
        const batch = dataset.readBatch(next.value, options);
        // Whether anyone gets as far as to ask for it is open.
        batch.catch(() => undefined);
        reading.push(batch);
      }
    }
  };
  try {
    for (;;) {
      if (signal?.aborted) throw aborted();
      readAhead();
      const batch = reading.shift();
      if (batch === undefined) return;
      yield await unlessAborted(batch, signal);
    }
  } finally {
    if (!isDone) indices.return?.();
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let stop: (() => void) | undefined;
  const end = new Promise<never>((_, reject) => {
    stop = () => reject(aborted());
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}

function aborted(): FlError {
  return new FlError("ABORTED", "reading of batches was ended");
}
