/**
 * Tells tfjs-core the gradients of its operations.
 *
 * tfjs-core has them in a file that Node cannot load by itself (ES modules that are not declared as such), and that only
 * the union package `@tensorflow/tfjs` imports. So those that training needs are here, by hand.
 *
 * @module
 */
import { getGradient, registerGradient } from "@tensorflow/tfjs-core";
import { elementwiseGradients } from "./elementwise-gradients.js";
import { matrixGradients } from "./matrix-gradients.js";
import { shapeGradients } from "./shape-gradients.js";

/** Registers the gradients that are missing, for all backends. What is registered already stays. */
export function registerGradients(): void {
  for (const gradient of [...elementwiseGradients, ...matrixGradients, ...shapeGradients]) {
    if (getGradient(gradient.kernelName) === undefined) registerGradient(gradient);
  }
}
