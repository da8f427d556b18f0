/**
 * The gradient of a batch's mean loss, without privacy.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelVariables } from "./model-variables.js";
import { addGradients, type NamedGradients } from "./named-gradients.js";

/** What a batch gave. */
export interface PlainGradients {
  /** The caller disposes of them. */
  readonly gradients: NamedGradients;
  readonly lossSum: number;
}

/**
 * Gradients added up over parts of a batch.
 *
 * @param trained - names of the variables that gradients are taken of
 * @param lossSums - of each part, the sum of its losses
 * @param divisor - what sums are divided by in the end: the sum of the weights of all examples
 */
export async function plainGradients(
  variables: ModelVariables,
  trained: ReadonlySet<string>,
  {
    lossSums,
    divisor,
    signal,
  }: {
    readonly lossSums: readonly (() => tf.Scalar)[];
    readonly divisor: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<PlainGradients> {
  const names = [...trained];
  const list = names.map((name) => variables.get(name)!);
  const gradients: NamedGradients = new Map();
  let sum = 0;
  try {
    for (const lossSum of lossSums) {
      signal?.throwIfAborted();
      const { value, grads } = tf.variableGrads(
        () => tf.div(lossSum(), divisor) as tf.Scalar,
        list,
      );
      const byName = names.map((name, i) => [name, grads[list[i]!.name]!] as const);
      addGradients(gradients, new Map(byName.filter(([, gradient]) => gradient !== undefined)));
      sum += (await value.data())[0]! * divisor;
      value.dispose();
    }
  } catch (error) {
    tf.dispose([...gradients.values()]);
    throw error;
  }
  return { gradients, lossSum: sum };
}
