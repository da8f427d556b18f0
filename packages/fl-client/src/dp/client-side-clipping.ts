/**
 * Clipping at the client, for a server that adds noise to the average (McMahan et al. 2018, arXiv:1710.06963): what Flower's
 * `fixedclipping_mod` and `adaptiveclipping_mod` do, for its strategies `DifferentialPrivacyClientSideFixedClipping` and
 * `…AdaptiveClipping`, and ours.
 *
 * The bound comes in the config of each fit, as `clipping_norm`. The server has to be trusted with the noise. Integers and
 * bools come back as they were given. It clips fits only: a trainer whose `getParameters` gives what it has learned goes
 * round it, and so do its metrics.
 *
 * @module
 */
import { clipClientUpdate } from "@dsail/dp";
import { FlError, type Scalars } from "@dsail/fl-protocol";
import type { FitResult, Trainer } from "../trainer.js";
import { addUpdate, updateOf } from "./parameter-update.js";

/** Flower's names (`flwr.common.differential_privacy_constants`). */
const CLIPPING_NORM = "clipping_norm";
const NORM_BIT = "norm_bit";

/** Clips what each fit adds to the parameters to the norm that the server sends. */
export function withClientSideFixedClipping(trainer: Trainer): Trainer {
  return {
    ...trainer,
    fit: async (parameters, config, context) => {
      const maxGradNorm = clippingNormOf(config);
      const result = await trainer.fit(parameters, config, context);
      return clipped(result, parameters, maxGradNorm).result;
    },
  };
}

/** How the bit of {@link withClientSideAdaptiveClipping} is meant. */
export interface AdaptiveClippingBitOptions {
  /**
   * `within`: 1 if the norm was within the bound, as the paper has it (Andrew et al. 2021, arXiv:1905.03871, section 2), and
   * as the update of the bound needs it, at Flower's server as at ours. `clipped`: 1 if it was not, as Flower 1.29's own
   * clients tell, with which the bound runs away from its quantile: only for a federation in which all others do so.
   * Default `within`.
   */
  readonly normBit?: "within" | "clipped";
}

/**
 * Clips, and tells whether there was need to, as the metric `norm_bit`: 1 or 0, an integer. The bit is private; the server
 * adds noise to the sum.
 */
export function withClientSideAdaptiveClipping(
  trainer: Trainer,
  { normBit = "within" }: AdaptiveClippingBitOptions = {},
): Trainer {
  if (normBit !== "within" && normBit !== "clipped") {
    throw new TypeError(`normBit: expected "within" or "clipped", got ${String(normBit)}`);
  }
  return {
    ...trainer,
    fit: async (parameters, config, context) => {
      const maxGradNorm = clippingNormOf(config);
      const raw = await trainer.fit(parameters, config, context);
      const { result, isWithinNorm } = clipped(raw, parameters, maxGradNorm);
      const bit = isWithinNorm === (normBit === "within");
      return { ...result, metrics: { ...result.metrics, [NORM_BIT]: bit ? 1n : 0n } };
    },
  };
}

function clipped(
  result: FitResult,
  reference: FitResult["parameters"],
  maxGradNorm: number,
): { readonly result: FitResult; readonly isWithinNorm: boolean } {
  const { update, isWithinNorm } = clipClientUpdate(
    updateOf(result.parameters, reference),
    maxGradNorm,
  );
  const parameters = addUpdate(reference, update, result.parameters);
  return { result: { ...result, parameters }, isWithinNorm };
}

/** @throws {@link FlError} `BAD_CONFIG`, before any training, if there is none or it is no bound */
function clippingNormOf(config: Scalars): number {
  const value = config[CLIPPING_NORM];
  const norm = typeof value === "bigint" ? Number(value) : value;
  // 2^-100: the least bound that clipping takes.
  if (typeof norm === "number" && norm >= 2 ** -100 && norm < Number.POSITIVE_INFINITY) return norm;
  throw new FlError("BAD_CONFIG", `config: expected a ${CLIPPING_NORM} above 0`);
}
