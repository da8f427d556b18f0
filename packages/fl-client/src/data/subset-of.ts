/**
 * A part of a data set, as one of its own: what a site of a simulation has, or what is held back.
 *
 * @module
 */
import { digestOf } from "./fingerprint.js";
import type { ImageDataset } from "./image-dataset.js";

/**
 * @param indices - of examples, in the order of the part; one may come twice
 * @returns a view: to close it is left to whoever has the whole
 * @throws {@link RangeError} for an index outside
 */
export function subsetOf(dataset: ImageDataset, indices: ArrayLike<number>): ImageDataset {
  const own = Array.from(indices);
  const labels = Int32Array.from(own, (index) => {
    const label = dataset.labels[index];
    if (label === undefined) {
      throw new RangeError(`index: expected 0 to ${dataset.size - 1}, got ${index}`);
    }
    return label;
  });
  const { fingerprint } = dataset;
  return {
    ...{ size: own.length, classes: dataset.classes, imageShape: dataset.imageShape, labels },
    ...(fingerprint && { fingerprint: () => digestOf(fingerprint(), JSON.stringify(own)) }),
    readBatch: async (wanted, options) => {
      const inner = wanted.map((index) => {
        const one = own[index];
        if (one === undefined) {
          throw new RangeError(`index: expected 0 to ${own.length - 1}, got ${index}`);
        }
        return one;
      });
      return dataset.readBatch(inner, options);
    },
  };
}
