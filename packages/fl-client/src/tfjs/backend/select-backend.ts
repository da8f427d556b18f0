/**
 * Which backend trains: the one that is asked for, or the fastest that is installed.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import { registerGradients, registerTrainingKernels } from "@dsail/tfjs-wasm-train";
import { activateBackend } from "./activate-backend.js";
import {
  BACKEND_NAMES,
  type BackendAttempt,
  type BackendName,
  type SelectedBackend,
  type SkippedBackend,
} from "./selected-backend.js";
import { startTensorflow } from "./tensorflow-backend.js";
import { startWebGpu } from "./webgpu-backend.js";
import { withoutListeners } from "./without-listeners.js";

/** What a choice may depend on. */
export interface SelectBackendOptions {
  /**
   * Default `auto`: `tensorflow-gpu` or `tensorflow` where it is installed, else `wasm`. The others are taken only when
   * asked for: `webgpu` since drivers differ, `cpu` since it is too slow to train with.
   */
  readonly backend?: BackendName | "auto";
  /**
   * Where the `.wasm` files of `@tensorflow/tfjs-backend-wasm` are served, for bundlers: a prefix, or a table by file
   * name. Node finds them by itself.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /**
   * Loads an optional package. Default: `import()` of its name, which bundlers do not look into: a web page that wants
   * WebGPU gives a function with `import("@tensorflow/tfjs-backend-webgpu")` written out.
   */
  readonly importModule?: (specifier: string) => Promise<unknown>;
  /** Called as it goes along. */
  readonly onEvent?: (event: BackendEvent) => void;
}

/** What happens while a backend is chosen. */
export type BackendEvent =
  | (SkippedBackend & { readonly type: "skipped" })
  | (SelectedBackend & { readonly type: "selected" });

const AUTOMATIC: readonly BackendName[] = ["tensorflow-gpu", "tensorflow", "wasm"];

const NO_GPU = "@tensorflow/tfjs-node-gpu sees no GPU";

/** What to do about a backend that is asked for and can't be had. */
const REMEDIES: Readonly<Record<BackendName, string>> = {
  "tensorflow-gpu": 'install @tensorflow/tfjs-node-gpu 4.22.0 with its CUDA, or ask for "auto"',
  tensorflow: 'install @tensorflow/tfjs-node 4.22.0 with its native addon, or ask for "auto"',
  webgpu:
    'install @tensorflow/tfjs-backend-webgpu 4.22.0 (and, for Node, webgpu) and a driver of the graphics card, or ask for "auto"',
  wasm: "check that WebAssembly is allowed and that wasmPaths names where its files are",
  cpu: "check that @tensorflow/tfjs-backend-cpu 4.22.0 is installed",
};

/**
 * Makes a backend TensorFlow.js's current one, for the whole process, with all that training needs. Called again, it gives
 * the same; of two calls that ask for different ones, the last to end counts.
 *
 * @throws {@link FlError} `BAD_CONFIG` if the backend that is asked for can't be had, with why and what to do
 * @throws {@link TypeError} for a name that is none
 */
export async function selectBackend(options: SelectBackendOptions = {}): Promise<SelectedBackend> {
  const { backend = "auto", onEvent } = options;
  if (backend !== "auto" && !BACKEND_NAMES.includes(backend)) {
    const names = ["auto", ...BACKEND_NAMES].join(", ");
    throw new TypeError(`backend: expected one of ${names}, got ${String(backend)}`);
  }
  const candidates = backend === "auto" ? AUTOMATIC : [backend];
  const skipped: SkippedBackend[] = [];
  let cause: unknown;
  for (const name of candidates) {
    const attempt = await start(name, options);
    // The package for GPUs runs without one too: good enough, but not for who asked for a GPU.
    const lacksGpu = attempt.ok && name === "tensorflow-gpu" && attempt.name !== name;
    if (attempt.ok && !(lacksGpu && backend === name)) {
      if (lacksGpu) skip(name, NO_GPU);
      // tfjs-core alone has none in Node; those that tfjs-node brought along stay.
      registerGradients();
      const selected = { name: attempt.name, reason: attempt.reason, skipped };
      onEvent?.({ type: "selected", ...selected });
      return selected;
    }
    if (!attempt.ok) cause = attempt.cause;
    skip(name, attempt.ok ? NO_GPU : attempt.why);
  }
  const last = skipped.at(-1) as SkippedBackend;
  throw new FlError(
    "BAD_CONFIG",
    `backend ${last.name} can't be had: ${last.why}; ${REMEDIES[last.name]}`,
    { cause },
  );

  function skip(name: BackendName, why: string): void {
    skipped.push({ name, why });
    onEvent?.({ type: "skipped", name, why });
  }
}

async function start(name: BackendName, options: SelectBackendOptions): Promise<BackendAttempt> {
  const { importModule = importByName } = options;
  switch (name) {
    case "tensorflow-gpu":
    case "tensorflow":
      return startTensorflow(name, importModule);
    case "webgpu":
      return startWebGpu(importModule);
    case "wasm":
      return startWasm(options.wasmPaths);
    case "cpu":
      await import("@tensorflow/tfjs-backend-cpu");
      return (await activateBackend("cpu"))
        ? { ok: true, name, reason: "plain JavaScript, to compare with" }
        : { ok: false, why: "it could not be started" };
  }
}

async function startWasm(paths: SelectBackendOptions["wasmPaths"]): Promise<BackendAttempt> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  if (paths !== undefined) setWasmPaths(typeof paths === "string" ? paths : { ...paths });
  registerTrainingKernels();
  return (await withoutListeners(() => activateBackend("wasm")))
    ? { ok: true, name: "wasm", reason: "WebAssembly with kernels for training, on one core" }
    : { ok: false, why: "WebAssembly could not be started" };
}

/** The name is in a variable, and the comments are there, so that bundlers do not look for what may not be installed. */
function importByName(specifier: string): Promise<unknown> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ specifier);
}
