/**
 * Making a registered backend the current one, also while another call does the same.
 *
 * @module
 */
import { engine, setBackend } from "@tensorflow/tfjs-core";

/**
 * Of two calls of tfjs-core's `setBackend` at a time the earlier gives false, even if both ask for the same: here it waits
 * for the later one.
 *
 * @returns whether the backend could be started
 */
export async function activateBackend(name: string): Promise<boolean> {
  if (await setBackend(name)) return true;
  // Private in its types. Null after a failure; else the start that came in between.
  const { pendingBackendInit } = engine() as unknown as {
    readonly pendingBackendInit: Promise<boolean> | null;
  };
  await pendingBackendInit;
  return name in engine().registry && (await setBackend(name));
}
