/**
 * The backends of TensorFlow.js that can train, and what is told of the choice among them.
 *
 * @module
 */

/**
 * `tensorflow-gpu`: TensorFlow on an NVIDIA card (`@tensorflow/tfjs-node-gpu`); `tensorflow`: TensorFlow on the processor
 * (`@tensorflow/tfjs-node`); `webgpu`: any graphics card, by the browser or, in Node, by Dawn; `wasm`: one core, with the
 * kernels of `@dsail/tfjs-wasm-train`; `cpu`: plain JavaScript, more than a hundred times slower, to compare with.
 */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** All that may be asked for by name. */
export const BACKEND_NAMES = ["tensorflow-gpu", "tensorflow", "webgpu", "wasm", "cpu"] as const;

/** A backend that would have been taken before the one that was, and why it was not. */
export interface SkippedBackend {
  readonly name: BackendName;
  /** For a person; holds no path. */
  readonly why: string;
}

/** Which backend runs, and why. */
export interface SelectedBackend {
  readonly name: BackendName;
  /** For a person. */
  readonly reason: string;
  /** In the order in which they were tried. */
  readonly skipped: readonly SkippedBackend[];
}

/** What came of trying one backend. */
export type BackendAttempt =
  | { readonly ok: true; readonly name: BackendName; readonly reason: string }
  | { readonly ok: false; readonly why: string; readonly cause?: unknown };

/** One line for a log, such as `backend: wasm (WebAssembly …); not tensorflow (… is not installed)`. */
export function describeBackend({ name, reason, skipped }: SelectedBackend): string {
  const others = skipped.map((other) => `; not ${other.name} (${other.why})`).join("");
  return `backend: ${name} (${reason})${others}`;
}
