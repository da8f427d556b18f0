/**
 * Which parameters learn, and how fast.
 *
 * @module
 */
import type { Model } from "../layers/module.js";

/** Parameters that learn at one rate. */
export interface ParameterGroup {
  /** Of the names of its parameters; an empty one is of all. */
  readonly prefixes: readonly string[];
  /** 0 or more, finite. */
  readonly learningRate: number;
}

/**
 * The learning rate of each parameter. It is in the first group that has a prefix of its name; one that is in none is frozen,
 * and not in the result.
 *
 * @throws {@link RangeError} for a learning rate out of its range, or groups without a parameter
 */
export function learningRates(
  { state }: Pick<Model, "state">,
  groups: readonly ParameterGroup[],
): ReadonlyMap<string, number> {
  for (const { learningRate } of groups) {
    if (learningRate >= 0 && learningRate < Infinity) continue;
    throw new RangeError(`learningRate: expected 0 or more, got ${learningRate}`);
  }
  const rates = new Map<string, number>();
  for (const { name, kind } of state) {
    if (kind !== "parameter") continue;
    const group = groups.find(({ prefixes }) => prefixes.some((each) => name.startsWith(each)));
    if (group !== undefined) rates.set(name, group.learningRate);
  }
  if (rates.size === 0) throw new RangeError("groups: expected one with a parameter of the model");
  return rates;
}
