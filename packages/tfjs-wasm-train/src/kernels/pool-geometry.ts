/**
 * Where the windows of a pooling lie.
 *
 * @module
 */
import { backend_util, type NamedAttrMap, type Tensor } from "@tensorflow/tfjs-core";

/** Sizes, strides and padding, in pixels. */
export type PoolGeometry = ReturnType<typeof backend_util.computePool2DInfo>;

/**
 * Of an input NHWC, and a pooling's attributes as tfjs names them.
 *
 * @throws as tfjs does, for attributes that do not fit
 */
export function poolGeometry({ shape }: Pick<Tensor, "shape">, attrs: NamedAttrMap): PoolGeometry {
  return backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    attrs["filterSize"] as number | [number, number],
    attrs["strides"] as number | [number, number],
    1,
    attrs["pad"] as number | "same" | "valid",
    attrs["dimRoundingMode"] as "floor" | "round" | "ceil" | undefined,
  );
}
