/**
 * Takes what TensorFlow.js and WebGPU are made of from another folder's `node_modules`, all of it, so that there is one
 * tfjs-core. For `node --import`; the folder is in `DSAIL_TFJS_FOLDER`.
 *
 * @module
 */
import { register } from "node:module";
import { join, resolve as resolvePath } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

/** @param {string} specifier @param {object} context @param {Function} next */
export function resolve(specifier, context, next) {
  const isOurs = !specifier.startsWith("@tensorflow/") && specifier !== "webgpu";
  if (isOurs) return next(specifier, context);
  const folder = resolvePath(process.env["DSAIL_TFJS_FOLDER"] ?? "");
  return next(specifier, {
    ...context,
    parentURL: pathToFileURL(join(folder, "program.mjs")).href,
  });
}

// Node runs hooks in a thread of their own, which loads this file again.
if (isMainThread) register(import.meta.url);
