/**
 * The privacy loss of one step: how likely each loss ln(P(o) / Q(o)) is for an outcome o of P.
 *
 * @module
 */

/** A way in which data sets are neighbors; what holds for all of a relation is private under it. */
export type Adjacency = "add" | "remove" | "replace";

/** Where the loss is spread out: a piece of the outcomes along which the loss never falls. */
export interface LossDensity {
  readonly from: number;
  readonly to: number;
  readonly loss: (u: number) => number;
  /** The last u of a loss; beyond what there is, an infinity. */
  readonly outcomeOf: (loss: number) => number;
  /** Of P, by u. */
  readonly density: (u: number) => number;
  /** Of Q: e^-loss times that of P. */
  readonly otherDensity: (u: number) => number;
  /** How far apart outcomes may lie for quadrature of three points to be right to 1e-15. */
  readonly pieceAt: (u: number) => number;
}

/** The privacy loss of one step. */
export interface PrivacyLoss {
  /** Ascending; what is between them is among what is not told. */
  readonly densities: readonly LossDensity[];
  /** Losses that are likely by themselves. */
  readonly atoms: readonly { readonly loss: number; readonly mass: number }[];
  /** Bounds of what is not told: of losses that may be as large as any, and of losses below all that are told. */
  readonly massAbove: number;
  readonly massBelow: number;
}

/** A privacy loss, and how often it is taken. */
export interface RepeatedPrivacyLoss {
  readonly loss: PrivacyLoss;
  readonly count: number;
}

/** The range of the losses that there are, tails left out. */
export function lossRange({ densities, atoms }: PrivacyLoss): readonly [number, number] {
  const losses = [
    ...densities.flatMap(({ loss, from, to }) => [loss(from), loss(to)]),
    ...atoms.map(({ loss }) => loss),
  ];
  return [Math.min(...losses), Math.max(...losses)];
}

/** Poisson sampling: the log of 1 - q + q e^v, where v is the log of the ratio without sampling. */
export function sampledLogRatio(v: number, sampleRate: number): number {
  if (sampleRate === 1) return v;
  if (v > 30) return v + Math.log(sampleRate + (1 - sampleRate) * Math.exp(-v));
  const change = sampleRate * Math.expm1(v);
  // Near -1 log1p would lose what 1 - q has.
  return change > -0.5 ? Math.log1p(change) : Math.log(1 - sampleRate + sampleRate * Math.exp(v));
}

/** The inverse of {@link sampledLogRatio}; `-Infinity` where no v gives so little. */
export function unsampledLogRatio(logRatio: number, sampleRate: number): number {
  if (sampleRate === 1) return logRatio;
  if (logRatio > 30) {
    return logRatio + Math.log1p(-(1 - sampleRate) * Math.exp(-logRatio)) - Math.log(sampleRate);
  }
  // Near 0 the sum with 1 would lose what 1 - q has.
  const ratio =
    logRatio < -1
      ? (Math.exp(logRatio) - (1 - sampleRate)) / sampleRate
      : Math.expm1(logRatio) / sampleRate + 1;
  return ratio > 0 ? Math.log(ratio) : Number.NEGATIVE_INFINITY;
}
