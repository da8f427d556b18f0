/**
 * What an accountant is: it tells what events cost.
 *
 * @module
 */
import type { DpEvent, NeighboringRelation } from "./event.js";

/** An epsilon that holds, and how it came about. */
export interface EpsilonBound {
  /** An upper bound, at least 0; `Infinity` if there is none. */
  readonly epsilon: number;
  /** A lower bound of the best epsilon there is, where the accountant knows one. */
  readonly lowerEpsilon?: number;
  /** RDP: the order that gave it. */
  readonly order?: number;
  /** What one should know: such as that the best order is the last one. */
  readonly warnings: readonly string[];
}

/** A delta that holds. */
export interface DeltaBound {
  /** An upper bound, 0 to 1. */
  readonly delta: number;
  readonly warnings: readonly string[];
}

/** What is asked for beside an epsilon. */
export interface EpsilonOptions {
  /** Whether `lowerEpsilon` is computed too, by an accountant that knows one: it takes as long again. Default true. */
  readonly lowerBound?: boolean;
}

/** Tells what events cost, together. */
export interface Accountant {
  readonly name: "rdp" | "pld" | "gdp";
  /** Of which data sets its bounds hold. */
  readonly neighboringRelation: NeighboringRelation;
  /** Whether bounds are only near the truth: not to be promised to anybody. */
  readonly isApproximate: boolean;
  /**
   * The epsilon for a delta.
   *
   * @param delta - above 0, below 1
   * @throws {@link RangeError} for another delta; {@link DpError} `UNSUPPORTED_EVENT`
   */
  readonly epsilon: (event: DpEvent, delta: number, options?: EpsilonOptions) => EpsilonBound;
  /**
   * The delta for an epsilon.
   *
   * @param epsilon - at least 0
   * @throws {@link RangeError} for another epsilon; {@link DpError} `UNSUPPORTED_EVENT`
   */
  readonly delta: (event: DpEvent, epsilon: number) => DeltaBound;
}
