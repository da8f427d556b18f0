/**
 * Names for tensors that came over a wire without any.
 *
 * @module
 */
import { assertSameStructure, type ModelParameters, type TensorSpec } from "@dsail/fl-protocol";
import type { Trainer } from "./trainer.js";

/**
 * Gives a trainer its parameters under its own names.
 *
 * Flower's wire has only an order, and tensors are called `0`, `1`, …: those get the names of `specs`, one after the
 * other. Tensors with other names have to have those of `specs`. In both cases dtypes and shapes have to be the same.
 *
 * @param specs - what the trainer's parameters are. Default: what `getParameters` gives when it is first needed.
 */
export function withNames(trainer: Trainer, specs?: readonly TensorSpec[]): Trainer {
  let known = specs;
  const named = async (
    parameters: ModelParameters,
    ask: () => ReturnType<Trainer["getParameters"]>,
  ): Promise<ModelParameters> => {
    known ??= (await ask()).map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    return nameParameters(parameters, known);
  };
  return {
    ...trainer,
    fit: async (parameters, config, context) => {
      const own = await named(parameters, () => trainer.getParameters({}, context));
      return trainer.fit(own, config, context);
    },
    evaluate: async (parameters, config, context) => {
      const own = await named(parameters, () => trainer.getParameters({}, context));
      return trainer.evaluate(own, config, context);
    },
  };
}

/**
 * The same tensors under the names of `specs`, by position. Their elements are not copied.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH` for another count, dtype or shape, or for names that are neither positions nor
 *   those of `specs`
 */
export function nameParameters(
  parameters: ModelParameters,
  specs: readonly TensorSpec[],
): ModelParameters {
  const ignoreNames = parameters.every(({ name }, i) => name === String(i));
  assertSameStructure(parameters, specs, { ignoreNames });
  return parameters.map((tensor, i) => ({ ...tensor, name: specs[i]!.name }));
}
