import { type Tensor, util } from "@tensorflow/tfjs-core";

/**
 * Checks that what belongs to a parameter has its shape.
 *
 * @throws {@link RangeError} if not
 */
export function assertSameShape(
  parameter: Tensor,
  others: Readonly<Record<string, Tensor | undefined>>,
): void {
  for (const [name, tensor] of Object.entries(others)) {
    if (tensor !== undefined && !util.arraysEqual(tensor.shape, parameter.shape)) {
      throw new RangeError(`${name}: expected [${parameter.shape}], got [${tensor.shape}]`);
    }
  }
}
