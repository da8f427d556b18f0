/**
 * Gradients by the names of their arrays, added up over micro-batches.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";

/** In inner shape. */
export type NamedGradients = Map<string, tf.Tensor>;

/** Adds to `sum`, and takes the tensors of `added` over. */
export function addGradients(sum: NamedGradients, added: ReadonlyMap<string, tf.Tensor>): void {
  for (const [name, tensor] of added) {
    const old = sum.get(name);
    if (old === undefined) {
      sum.set(name, tensor);
      continue;
    }
    sum.set(name, tf.add(old, tensor));
    tf.dispose([old, tensor]);
  }
}
