/**
 * Noise at the client, for a server that is not trusted with it: local differential privacy of what each fit adds to the
 * parameters.
 *
 * Flower's `LocalDpMod` takes an epsilon and computes the noise by the classical formula σ = Δ √(2 ln(1.25/δ)) / ε, which
 * holds for ε < 1 alone (Dwork & Roth 2014, theorem A.1; Balle & Wang 2018, arXiv:1805.06530, section 2.3), adds nothing up
 * over rounds, and asks the user for Δ. Here the noise is an argument, the sensitivity follows from the clipping, and
 * each fit is an event for a ledger.
 *
 * @module
 */
import {
  addGaussianNoise,
  clipClientUpdate,
  type DpEvent,
  gaussian,
  type NoiseOptions,
} from "@dsail/dp";
import type { ModelParameters } from "@dsail/fl-protocol";
import type { Trainer } from "../trainer.js";
import { addUpdate, updateOf } from "./parameter-update.js";

/** How much is clipped, and how much noise is added. */
export interface LocalDpOptions extends NoiseOptions {
  /** The L2 norm that an update is clipped to, over all floating-point tensors. 2^-100 or more. */
  readonly maxGradNorm: number;
  /** Standard deviation of the noise over `maxGradNorm`. Above 0, finite. */
  readonly noiseMultiplier: number;
  /**
   * Records the event before anything of it leaves; if it throws (`BUDGET_EXCEEDED` of a ledger), nothing does. The unit is
   * `client`: all of the site's data. That the site took part is known to the server, so one data set in the place of
   * another is what counts: account for it under `replace-one`.
   */
  readonly record: (event: DpEvent) => void | Promise<void>;
}

/**
 * Clips what each fit adds to the parameters, and adds normal noise.
 *
 * Fits lose their metrics, which no noise covers; integers and bools come back as they were given. `getParameters` gives
 * what left last, once something has. The number of examples is told as it is, and so is everything of `evaluate`: where
 * that is private too, the site's policy does not allow it.
 *
 * @throws {@link RangeError} for options out of their range
 */
export function withLocalDp(trainer: Trainer, options: LocalDpOptions): Trainer {
  const { maxGradNorm, noiseMultiplier, record, ...noise } = options;
  if (!(noiseMultiplier > 0 && noiseMultiplier < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`noiseMultiplier: expected more than 0, got ${noiseMultiplier}`);
  }
  // Of its own accord it refuses a bound that can't be; now, not after the training.
  clipClientUpdate([], maxGradNorm);
  let last: ModelParameters | undefined;
  return {
    ...trainer,
    getParameters: (config, context) => last ?? trainer.getParameters(config, context),
    fit: async (parameters, config, context) => {
      const result = await trainer.fit(parameters, config, context);
      const { update } = clipClientUpdate(updateOf(result.parameters, parameters), maxGradNorm);
      await record(gaussian({ noiseMultiplier }));
      for (const tensor of update) addGaussianNoise(tensor, noiseMultiplier * maxGradNorm, noise);
      last = addUpdate(parameters, update, result.parameters);
      return { parameters: last, numExamples: result.numExamples, metrics: {} };
    },
  };
}
