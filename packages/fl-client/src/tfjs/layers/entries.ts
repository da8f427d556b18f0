/**
 * Arrays of layers, described.
 *
 * @module
 */
import { constant } from "./initializers.js";
import type { StateEntry, StateLayout } from "./module.js";

/** An array that is trained. */
export function parameterEntry(
  name: string,
  shape: readonly number[],
  { layout = "as-is", initialize }: Pick<StateEntry, "initialize"> & { layout?: StateLayout },
): StateEntry {
  return { name, shape, kind: "parameter", dtype: "float32", layout, initialize };
}

/** An array that a layer keeps for itself. */
export function bufferEntry(
  name: string,
  shape: readonly number[],
  options: { readonly value: number; readonly dtype: StateEntry["dtype"] },
): StateEntry {
  const { dtype, value } = options;
  return { name, shape, kind: "buffer", dtype, layout: "as-is", initialize: constant(value) };
}
