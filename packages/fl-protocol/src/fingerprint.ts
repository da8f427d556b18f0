/**
 * A short name for parameters, to tell whether two runs gave the same ones, bit by bit.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ModelParameters } from "./tensor.js";
import { bytesOfTensor } from "./tensor-bytes.js";

/** Of what is hashed; another one if that ever changes. */
const FORMAT = "dsail-parameters-1\n";

/**
 * SHA-256 of the names, dtypes, shapes and bytes of all tensors in their order, as 64 hexadecimal digits. Zeros of
 * different sign, and NaNs of different bits, are different.
 */
export function fingerprintOf(parameters: ModelParameters): string {
  const hash = createHash("sha256").update(FORMAT);
  for (const tensor of parameters) {
    const { name, dtype, shape } = tensor;
    // The line tells how many bytes follow it, so that no two lists of tensors are hashed as the same bytes.
    hash.update(`${JSON.stringify([name, dtype, shape])}\n`).update(bytesOfTensor(tensor));
  }
  return hash.digest("hex");
}
