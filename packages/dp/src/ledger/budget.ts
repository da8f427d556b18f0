/**
 * How much may be spent, and a refusal of more.
 *
 * @module
 */
import type { Accountant } from "../accountant.js";
import { DpError } from "../errors.js";
import type { DpEvent } from "../event.js";

/** What may be spent in all. */
export interface Budget {
  /** Above 0. */
  readonly epsilon: number;
  /** Above 0, below 1. */
  readonly delta: number;
  readonly accountant: Accountant;
}

/** What is spent is bounded from above; the other bound would take as long again. */
const UPPER = { lowerBound: false } as const;

/**
 * How often an event may still happen after what was spent.
 *
 * @param most - no more than this is of interest, nor more than 2^53 - 1. Default 2^31
 * @throws {@link DpError} `UNSUPPORTED_EVENT`
 */
export function remainingCount(
  spent: DpEvent,
  event: DpEvent,
  { epsilon, delta, accountant }: Budget,
  most: number = 2 ** 31,
): number {
  const limit = Math.min(most, Number.MAX_SAFE_INTEGER);
  const fits = (count: number) =>
    accountant.epsilon(after(spent, event, count), delta, UPPER).epsilon <= epsilon;
  if (!fits(0)) return 0;
  let low = 0;
  let high = 1;
  while (high < limit && fits(high)) {
    low = high;
    high *= 2;
  }
  if (high >= limit && fits(limit)) return limit;
  high = Math.min(high, limit);
  // Fits at low, not at high.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** @throws {@link DpError} `BUDGET_EXCEEDED` if the event may not happen any more */
export function assertWithinBudget(spent: DpEvent, event: DpEvent, budget: Budget): void {
  const { epsilon } = budget.accountant.epsilon(after(spent, event, 1), budget.delta, UPPER);
  if (epsilon <= budget.epsilon) return;
  throw new DpError(
    "BUDGET_EXCEEDED",
    `the next step would make epsilon ${epsilon.toPrecision(4)}, of ${budget.epsilon} at delta ${budget.delta}`,
  );
}

function after(spent: DpEvent, event: DpEvent, count: number): DpEvent {
  if (count === 0) return spent;
  return { kind: "composed", events: [spent, { kind: "repeated", event, count }] };
}
