/**
 * Learning rates over the steps of a phase.
 *
 * @module
 */

/** What a schedule says of one step. */
interface ScheduledStep {
  /** What the learning rates of the phase are multiplied by. */
  readonly factor: number;
  /** Momentum, or Adam's β₁; left out: the optimizer's own. */
  readonly momentum?: number;
}

/** From the share of a phase that is done, 0 to 1, to what the next step is done with. */
export type Schedule = (share: number) => ScheduledStep;

/** The same rate always. */
export const constantSchedule: Schedule = () => ({ factor: 1 });

/** As fastai's `fit_one_cycle`. */
export interface OneCycleOptions {
  /** The first rate is the highest over this. Default 25. */
  readonly div?: number;
  /** The last rate is the highest over this. Default 1e5. */
  readonly divFinal?: number;
  /** Share of the steps before the highest rate, above 0, less than 1. Default 0.25. */
  readonly pctStart?: number;
  /** Momentum at the begin, at the highest rate and at the end. Default 0.95, 0.85, 0.95; undefined: the optimizer's own. */
  readonly momentums?: readonly [begin: number, middle: number, end: number] | undefined;
}

/**
 * Up to the highest rate and down again by half waves of the cosine, momentum the other way round (Smith & Topin 2018,
 * arXiv:1708.07120; fastai 2.5 `callback.schedule.fit_one_cycle`).
 *
 * @throws {@link RangeError} for options out of their range
 */
export function oneCycle({
  div = 25,
  divFinal = 1e5,
  pctStart = 0.25,
  momentums = [0.95, 0.85, 0.95],
}: OneCycleOptions = {}): Schedule {
  if (!(div > 0)) throw new RangeError(`div: expected more than 0, got ${div}`);
  if (!(divFinal > 0)) throw new RangeError(`divFinal: expected more than 0, got ${divFinal}`);
  if (!(pctStart > 0 && pctStart < 1)) {
    throw new RangeError(`pctStart: expected 0 < x < 1, got ${pctStart}`);
  }
  const inCycle = (share: number, [begin, middle, end]: readonly [number, number, number]) =>
    share < pctStart
      ? cosine(begin, middle, share / pctStart)
      : cosine(middle, end, (share - pctStart) / (1 - pctStart));
  return (share) => ({
    factor: inCycle(share, [1 / div, 1, 1 / divFinal]),
    momentum: inCycle(share, momentums),
  });
}

/** From `start` to `end`, level at both. */
function cosine(start: number, end: number, share: number): number {
  return start + ((1 + Math.cos(Math.PI * (1 - share))) * (end - start)) / 2;
}
