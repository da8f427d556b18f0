/**
 * Steps of a server's optimizer: element by element over the floating-point tensors of a model.
 *
 * @module
 */
import type { ModelParameters, NamedTensor } from "@dsail/fl-protocol";
import { isFloat, type Numbers, numbersOfTensor, tensorOfNumbers } from "../aggregate/numbers.js";
import type { FitAggregate, RoundContext, StrategyState } from "../strategy.js";

/** One tensor's part of a step, in place. Everything is of one length. */
export interface TensorStep {
  /** The model before. */
  readonly old: Numbers;
  /** The mean of the updates. */
  readonly mean: Numbers;
  /** What the strategy remembers, by its names; zero in the first round. To be written to. */
  readonly memory: readonly Numbers[];
  /** The next model. To be written to. */
  readonly next: Float64Array;
}

/**
 * A step of a server's optimizer. Counters and masks are not trained: they take the mean.
 *
 * @param names - of what is remembered for each tensor: kept as `NAME/tensor` in the state, float64 for float64, otherwise
 *   float32, as Flower keeps it
 */
export function stepTensors(
  { parameters, state }: Pick<RoundContext, "parameters" | "state">,
  mean: ModelParameters,
  names: readonly string[],
  step: (tensor: TensorStep) => void,
): Pick<FitAggregate, "parameters" | "state"> {
  const before = new Map(state.tensors?.map((tensor) => [tensor.name, tensor]));
  const remembered: NamedTensor[] = [];
  const next = parameters.map((tensor, i) => {
    const average = mean[i]!;
    if (!isFloat(tensor.dtype)) return average;
    const old = numbersOfTensor(tensor);
    const keys = names.map((name) => `${name}/${tensor.name}`);
    const memory = keys.map((key) => memoryOf(key, old, before));
    const numbers = new Float64Array(old.length);
    step({ old, mean: numbersOfTensor(average), memory, next: numbers });
    const dtype = old instanceof Float64Array ? "float64" : "float32";
    for (const [k, name] of keys.entries()) {
      remembered.push(tensorOfNumbers({ name, dtype, shape: [old.length] }, memory[k]!));
    }
    return tensorOfNumbers(tensor, numbers);
  });
  const values: Pick<StrategyState, "values"> = state.values ? { values: state.values } : {};
  return { parameters: next, state: { ...values, tensors: remembered } };
}

/** A copy of what was remembered: state is never changed in place. */
function memoryOf(name: string, like: Numbers, before: ReadonlyMap<string, NamedTensor>): Numbers {
  const known = before.get(name)?.data;
  if (like instanceof Float64Array) {
    return known instanceof Float64Array ? known.slice() : new Float64Array(like.length);
  }
  return known instanceof Float32Array ? known.slice() : new Float32Array(like.length);
}
