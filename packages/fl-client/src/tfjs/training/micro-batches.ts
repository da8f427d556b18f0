/**
 * A batch in parts, for a memory that does not grow with it.
 *
 * @module
 */
import type { Batch } from "../../data/image-dataset.js";

/**
 * Parts of at most `size` examples, as equal as can be; no copies.
 *
 * @param size - an integer from 1; default: one part
 */
export function microBatches(batch: Batch, size: number = Number.MAX_SAFE_INTEGER): Batch[] {
  const count = batch.labels.length;
  const parts = Math.ceil(count / size);
  const pixels = count === 0 ? 0 : batch.images.length / count;
  return Array.from({ length: parts }, (_, i) => {
    const [start, end] = [i, i + 1].map((part) => Math.round((part * count) / parts));
    return {
      images: batch.images.subarray(start! * pixels, end! * pixels),
      labels: batch.labels.subarray(start, end),
    };
  });
}

/** Some examples of a batch, by index. */
export function selectSamples({ images, labels }: Batch, indices: readonly number[]): Batch {
  const pixels = images.length / labels.length;
  const chosen = new Float32Array(indices.length * pixels);
  for (const [i, n] of indices.entries()) {
    chosen.set(images.subarray(n * pixels, (n + 1) * pixels), i * pixels);
  }
  return { images: chosen, labels: Int32Array.from(indices, (n) => labels[n]!) };
}
