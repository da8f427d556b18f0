/**
 * Whether tensors are those that were agreed on.
 *
 * @module
 */
import { FlError } from "./errors.js";
import { quoteName } from "./resolve-limits.js";
import type { TensorSpec } from "./tensor.js";

/** Whose tensors they are, and how they are compared. */
export interface StructureOptions {
  readonly clientId?: string;
  readonly round?: number;
  /** Compare by their order alone, for a wire without names. Default false. */
  readonly ignoreNames?: boolean;
}

/**
 * Asserts that tensors have the names, dtypes and shapes of `expected`, in its order. Specs or parameters.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH`
 */
export function assertSameStructure(
  actual: readonly TensorSpec[],
  expected: readonly TensorSpec[],
  options: StructureOptions = {},
): void {
  if (actual.length !== expected.length) {
    throw new FlError(
      "SHAPE_MISMATCH",
      `${actual.length} tensors, ${expected.length} expected`,
      options,
    );
  }
  for (const [i, want] of expected.entries()) {
    const got = actual[i]!;
    const what = `tensor ${i}, ${quoteName(want.name)}`;
    if (options.ignoreNames !== true && got.name !== want.name) {
      throw new FlError("SHAPE_MISMATCH", `${what}: its name is ${quoteName(got.name)}`, options);
    }
    const [gotType, wantType] = [formatType(got), formatType(want)];
    if (gotType !== wantType) {
      throw new FlError("SHAPE_MISMATCH", `${what}: ${gotType}, ${wantType} expected`, options);
    }
  }
}

function formatType({ dtype, shape }: TensorSpec): string {
  return `${dtype} [${shape.join(", ")}]`;
}
