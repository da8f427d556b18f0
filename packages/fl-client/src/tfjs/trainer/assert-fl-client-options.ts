/**
 * Options of D-SAIL's client that can't be, told before any image is read.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import type { FLClientOptions } from "./fl-client-options.js";

/** @throws {@link RangeError} for an option out of its range; {@link FlError} `BAD_CONFIG` for two that contradict each other */
export function assertFLClientOptions(options: FLClientOptions): void {
  assertEndings(options);
  const { classWeights, classes, balance } = options;
  if (classWeights === undefined) return;
  assertClassWeights(classWeights, classes?.length ?? classWeights.length);
  if (balance !== "class-weights") return;
  throw new FlError("BAD_CONFIG", "classWeights: balance class-weights computes others");
}

/**
 * Looks at weights of classes.
 *
 * @param numClasses - known for sure when the images have been looked at
 * @throws {@link RangeError} if they are not one positive number for each class
 */
export function assertClassWeights(classWeights: readonly number[], numClasses: number): void {
  const isRight = classWeights.every((weight) => weight > 0 && Number.isFinite(weight));
  if (isRight && classWeights.length === numClasses) return;
  const what = `${numClasses} numbers above 0, one for each class`;
  throw new RangeError(`classWeights: expected ${what}, got ${classWeights.join(", ") || "none"}`);
}

function assertEndings(options: FLClientOptions): void {
  const { savePath = ".npz", matrixPath, rocPath, calibrationPath, curvesPath } = options;
  if (!/\.(npz|safetensors)$/.test(savePath)) {
    throw new RangeError("savePath: expected a name that ends in .npz or .safetensors");
  }
  const pictures = { matrixPath, rocPath, calibrationPath, curvesPath };
  for (const [name, path = ".svg"] of Object.entries(pictures)) {
    if (/\.(svg|png)$/i.test(path)) continue;
    throw new RangeError(`${name}: expected a name that ends in .svg or .png`);
  }
}
