/**
 * The step from parameters to others, as arrays that can be clipped.
 *
 * @module
 */
import {
  assertSameStructure,
  type Dtype,
  FlError,
  type ModelParameters,
  type NamedTensor,
} from "@dsail/fl-protocol";

const INTEGERS: readonly Dtype[] = [
  ...(["bool", "int8", "uint8", "int16", "uint16"] as const),
  ...(["int32", "uint32", "int64", "uint64"] as const),
];

type FloatTensor = Extract<NamedTensor, { readonly dtype: "float32" | "float64" }>;

/**
 * What was added to the floating-point tensors, in float64 and in their order. Integers and bools are left out: they
 * cannot be scaled.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH`; `NOT_IMPLEMENTED` for dtypes other than float32, float64, integers and bools
 */
export function updateOf(
  parameters: ModelParameters,
  reference: ModelParameters,
): readonly Float64Array[] {
  assertSameStructure(parameters, reference, { ignoreNames: true });
  return parameters.flatMap((tensor, i) => {
    if (!isFloat(tensor)) return [];
    const { data } = tensor;
    const origin = reference[i]!.data as Float32Array | Float64Array;
    const update = new Float64Array(data.length);
    for (let k = 0; k < update.length; k++) update[k] = data[k]! - origin[k]!;
    return [update];
  });
}

/**
 * Reference plus update. Integers and bools are those of the reference: what training made of them tells of the data, and
 * would leave unclipped. (PyTorch's `num_batches_tracked` stays as it was.)
 */
export function addUpdate(
  reference: ModelParameters,
  update: readonly ArrayLike<number>[],
  names: ModelParameters,
): ModelParameters {
  let next = 0;
  return reference.map((tensor, t) => {
    const { name } = names[t]!;
    if (!isFloat(tensor)) return { ...tensor, name };
    const added = update[next++]!;
    const data = tensor.data.slice();
    for (let i = 0; i < data.length; i++) data[i] = data[i]! + added[i]!;
    return { ...tensor, name, data } as NamedTensor;
  });
}

function isFloat(tensor: NamedTensor): tensor is FloatTensor {
  if (tensor.dtype === "float32" || tensor.dtype === "float64") return true;
  if (INTEGERS.includes(tensor.dtype)) return false;
  throw new FlError("NOT_IMPLEMENTED", `clipping of ${tensor.dtype}`);
}
