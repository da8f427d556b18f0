/**
 * What was done with private data, as plain data: what accountants read and ledgers keep.
 *
 * Names follow dp_accounting 0.6.0 (`dp_event.py`).
 *
 * @module
 */

/**
 * Which data sets are neighbors: what one change of them is (Dwork & Roth 2014, 2.3).
 *
 * - `add-or-remove-one`: one unit more or less. What Poisson sampling is accounted under.
 * - `replace-one`: one unit in the place of another.
 */
export type NeighboringRelation = "add-or-remove-one" | "replace-one";

/** What one unit is: a record (an image), or a client with all of its records. */
export type PrivacyUnit = "record" | "client";

/** Something that was done. Immutable, and the same as its JSON. */
export type DpEvent =
  /** Nothing that depends on private data. */
  | { readonly kind: "none" }
  /** Private data given away as they are: infinite epsilon. */
  | { readonly kind: "non-private" }
  /** A sum to which each unit gives at most 1, with normal noise of this standard deviation. */
  | { readonly kind: "gaussian"; readonly noiseMultiplier: number }
  /** A sum to which each unit gives at most 1, with Laplace noise of this scale. */
  | { readonly kind: "laplace"; readonly noiseMultiplier: number }
  /** The event on a random part of the data, to which each record belongs by itself with this probability. */
  | {
      readonly kind: "poisson-sampled";
      readonly sampleRate: number;
      readonly event: DpEvent;
    }
  /**
   * Sums of a tree over steps (DP-FTRL, Kairouz et al. 2021, arXiv:2103.00039), the tree restarted after each of
   * `stepsPerTree`; a record is in at most one step of all of them: each further pass over the data is an event of its own.
   */
  | {
      readonly kind: "tree-aggregation";
      readonly noiseMultiplier: number;
      readonly stepsPerTree: readonly number[];
    }
  /** One after the other, each may depend on what came out before. */
  | { readonly kind: "composed"; readonly events: readonly DpEvent[] }
  /** The same event `count` times. */
  | { readonly kind: "repeated"; readonly event: DpEvent; readonly count: number };
