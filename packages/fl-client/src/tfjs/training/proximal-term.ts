/**
 * What FedProx adds to a gradient: that of μ/2 · ‖w - w₀‖² (Li et al. 2020, arXiv:1812.06127, equation 2). It knows nothing of
 * the data, so with privacy it is added after the noise, and costs nothing.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelState } from "../layers/module.js";
import { copyOf } from "./model-variables.js";
import type { NamedGradients } from "./named-gradients.js";

/** The term, with its w₀. */
export interface ProximalTerm {
  /** Adds μ (w - w₀) to each gradient. */
  readonly addTo: (gradients: NamedGradients, state: ModelState) => void;
  readonly dispose: () => void;
}

/**
 * The term around a state, of which it keeps a copy; of nothing for a μ of 0.
 *
 * @throws {@link RangeError} for a μ below 0
 */
export function createProximalTerm(state: ModelState, mu = 0): ProximalTerm {
  if (!(mu >= 0 && mu < Infinity))
    throw new RangeError(`proximalMu: expected 0 or more, got ${mu}`);
  const origin = new Map<string, tf.Tensor>();
  if (mu > 0) for (const [name, tensor] of state) origin.set(name, copyOf(tensor));
  return {
    addTo: (gradients, now) => {
      if (mu === 0) return;
      for (const [name, gradient] of gradients) {
        const moved = (): tf.Tensor => tf.sub(now.get(name)!, origin.get(name)!);
        gradients.set(
          name,
          tf.tidy(() => tf.add(gradient, tf.mul(moved(), mu))),
        );
        gradient.dispose();
      }
    },
    dispose: () => {
      tf.dispose([...origin.values()]);
    },
  };
}
