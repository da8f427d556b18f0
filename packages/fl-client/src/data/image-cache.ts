/**
 * Images kept in memory once they are decoded and resized.
 *
 * @module
 */
import type { FittedImage } from "./fit-image.js";

/** A limit on bytes that several data sets share. */
export interface ByteBudget {
  /** Takes as many bytes, if they are there. */
  readonly take: (bytes: number) => boolean;
}

export function createByteBudget(maxBytes: number): ByteBudget {
  let left = maxBytes;
  return {
    take: (bytes) => {
      if (bytes > left) return false;
      left -= bytes;
      return true;
    },
  };
}

/**
 * Keeps what fits, and never gives it up for another: where every epoch reads everything once, no order of giving up
 * keeps more of it. What is asked for twice at a time is loaded once.
 */
export function cached(
  load: (index: number) => Promise<FittedImage>,
  budget: ByteBudget,
): (index: number) => Promise<FittedImage> {
  const images = new Map<number, Promise<FittedImage>>();
  return (index) => {
    const known = images.get(index);
    if (known !== undefined) return known;
    const loading = load(index);
    images.set(index, loading);
    loading.then(
      ({ pixels }) => {
        if (!budget.take(pixels.byteLength)) images.delete(index);
      },
      () => images.delete(index),
    );
    return loading;
  };
}
