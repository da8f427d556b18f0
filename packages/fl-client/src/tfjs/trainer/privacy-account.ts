/**
 * What a trainer spends of its patients' privacy: charged to a ledger before it is spent, and told as an epsilon.
 *
 * @module
 */
import {
  type Accountant,
  composed,
  type DpEvent,
  pldAccountant,
  rdpAccountant,
  repeated,
} from "@dsail/dp";

/** Where events are recorded; `openLedger` of `@dsail/dp/node` gives one that is on the disk and may have a budget. */
export interface PrivacyLedger {
  /** All that was spent. */
  readonly spent: () => DpEvent;
  /** Records what is about to be done; if it throws (`BUDGET_EXCEEDED`), it is not done. */
  readonly record: (event: DpEvent, note?: string) => void;
}

/** What was spent in all. */
export interface PrivacySpent {
  readonly epsilon: number;
  readonly delta: number;
  /** What one should know, in words. */
  readonly warnings: readonly string[];
}

/** An account. */
export interface PrivacyAccount {
  readonly charge: (event: DpEvent, note: string) => void;
  readonly spent: () => PrivacySpent;
}

/** Of what an account is made. */
export interface PrivacyAccountOptions {
  /** Above 0, below 1; smaller than one over the number of examples, or it promises nothing. */
  readonly delta: number;
  readonly numExamples: number;
  /** Orders of Rényi divergence, as D-SAIL's `alphas`. Left out: the tighter accountant of privacy loss distributions. */
  readonly alphas?: readonly number[];
  /** Default: one in memory, that begins anew with each process. */
  readonly ledger?: PrivacyLedger;
}

/** Above this, epsilon says little: an odds ratio of 22,000. */
const LARGE_EPSILON = 10;

/**
 * Opens an account.
 *
 * @throws {@link RangeError} for a delta or orders out of their range
 */
export function openPrivacyAccount({
  delta,
  numExamples,
  alphas,
  ledger = memoryLedger(),
}: PrivacyAccountOptions): PrivacyAccount {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta: expected 0 to 1, got ${delta}`);
  const accountant: Accountant =
    alphas === undefined ? pldAccountant() : rdpAccountant({ orders: alphas });
  return {
    charge: (event, note) => ledger.record(event, note),
    spent: () => {
      const bound = accountant.epsilon(ledger.spent(), delta, { lowerBound: false });
      const warnings = [...bound.warnings];
      if (bound.epsilon > LARGE_EPSILON) {
        warnings.push(
          `epsilon ${bound.epsilon.toPrecision(3)} is above ${LARGE_EPSILON} and protects little: more noise, fewer epochs, or more data`,
        );
      }
      if (delta * numExamples >= 1) {
        warnings.push(`delta ${delta} is not below one over the number of examples`);
      }
      return { epsilon: bound.epsilon, delta, warnings };
    },
  };
}

/** A ledger that ends with the process: how often each event was. */
function memoryLedger(): PrivacyLedger {
  const counts = new Map<string, { readonly event: DpEvent; count: number }>();
  return {
    spent: () =>
      composed(...[...counts.values()].map(({ event, count }) => repeated(event, count))),
    record: (event) => {
      const key = JSON.stringify(event);
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { event, count: 1 });
      else known.count += 1;
    },
  };
}
