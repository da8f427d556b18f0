/**
 * How long training will take.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { ModelState } from "../layers/module.js";
import type { FitSettings } from "./fit-settings.js";
import { learnerOf } from "./learner-of.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/**
 * Seconds of a step: of the second of two, since the first warms up. Nothing of what they learn is kept or told, so that no
 * ledger is charged for them.
 */
export async function secondsOfStep(
  options: TfjsTrainerOptions,
  state: ModelState,
  settings: FitSettings,
  signal: AbortSignal,
): Promise<number> {
  const { train } = options;
  const count = Math.min(settings.batchSize, train.size);
  const batch = await train.readBatch(Array.from({ length: count }, (_, index) => index));
  const learner = learnerOf(options, {
    state,
    settings,
    round: 0,
    epochsDone: 0,
    record: () => {},
  });
  try {
    let began = 0;
    for (let step = 0; step < 2; step++) {
      began = performance.now();
      await learner.step(batch, { learningRate: settings.learningRate, signal });
      await setImmediate();
    }
    return (performance.now() - began) / 1000;
  } finally {
    learner.dispose();
  }
}
