/**
 * How far an update moves the model.
 *
 * @module
 */
import { l2Norm } from "@dsail/dp";
import type { ModelParameters } from "@dsail/fl-protocol";
import { eachDifference } from "./each-difference.js";
import type { ReceivedUpdate } from "./received-update.js";

/** The L2 norm of (update − model) over all floating-point tensors, in float64. */
export async function updateNorm(
  update: ReceivedUpdate,
  parameters: ModelParameters,
): Promise<number> {
  const norms: number[] = [];
  await eachDifference(update, parameters, (difference) => norms.push(l2Norm([difference])));
  return l2Norm([Float64Array.from(norms)]);
}
