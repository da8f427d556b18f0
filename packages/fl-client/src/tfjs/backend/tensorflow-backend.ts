/**
 * TensorFlow under Node: `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu`, if someone has installed them.
 *
 * Their types are not at hand where they are not installed, so what is used of them is declared here.
 *
 * @module
 */
import { backend, engine, env, version_core } from "@tensorflow/tfjs-core";
import { activateBackend } from "./activate-backend.js";
import { loadFailure } from "./load-failure.js";
import type { BackendAttempt } from "./selected-backend.js";
import { registerTensorflowKernels } from "./tensorflow-kernels.js";

interface TfjsNode {
  readonly engine: () => unknown;
  readonly version_core: string;
}

/** Loads the package of `name`, and makes its backend the current one. */
export async function startTensorflow(
  name: "tensorflow-gpu" | "tensorflow",
  importModule: (specifier: string) => Promise<unknown>,
): Promise<BackendAttempt> {
  const specifier =
    name === "tensorflow-gpu" ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";
  if (!env().getBool("IS_NODE")) return { ok: false, why: `${specifier} is for Node alone` };
  replaceIsNullOrUndefined();
  let module: TfjsNode;
  try {
    module = commonJs((await importModule(specifier)) as Partial<TfjsNode>);
  } catch (cause) {
    return { ok: false, why: loadFailure(specifier, cause), cause };
  }
  // A copy of the same version is harmless: copies share engine and kernels through the global object.
  if (module.version_core !== version_core || module.engine() !== engine()) {
    const why = `${specifier} brings along another @tensorflow/tfjs-core (${module.version_core}, here it is ${version_core}), whose tensors and kernels do not fit`;
    return { ok: false, why };
  }
  if (!(await activateBackend("tensorflow"))) {
    return { ok: false, why: `${specifier} could not start TensorFlow` };
  }
  registerTensorflowKernels();
  return attemptOf(specifier);
}

function attemptOf(specifier: string): BackendAttempt {
  const { isUsingGpuDevice } = backend() as { readonly isUsingGpuDevice?: boolean };
  if (isUsingGpuDevice === true) {
    return { ok: true, name: "tensorflow-gpu", reason: `TensorFlow of ${specifier}, on a GPU` };
  }
  const reason = `TensorFlow of ${specifier}, on the processor`;
  return { ok: true, name: "tensorflow", reason };
}

/** The exports of a CommonJS package, where an import has them under `default` alone. */
function commonJs(module: Partial<TfjsNode> & { readonly default?: TfjsNode }): TfjsNode {
  return (module.engine === undefined ? module.default : module) as TfjsNode;
}

/**
 * tfjs-node 4.22.0 calls `util.isNullOrUndefined` in every operation; Node 22 warns of it, and Node 23 took it away
 * (tensorflow/tfjs#8609).
 */
function replaceIsNullOrUndefined(): void {
  const util = process.getBuiltinModule("util") as { isNullOrUndefined?: unknown };
  util.isNullOrUndefined = (value: unknown): boolean => value === null || value === undefined;
}
