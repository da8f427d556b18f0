/**
 * The receiver operating characteristic: what a threshold finds against what it takes wrongly.
 *
 * @module
 */

/** A curve from (0, 0) to (1, 1). */
export interface RocCurve {
  /** 1 - specificity, rising. */
  readonly falsePositiveRates: readonly number[];
  /** Sensitivity, rising. */
  readonly truePositiveRates: readonly number[];
  /** Scores at or above it are positive. Falling; the first is infinite: nothing is positive. */
  readonly thresholds: readonly number[];
}

/** Examples by their scores, kept so that their area can be computed for many weights. */
interface RankedScores {
  /** Indices of examples, by rising score. */
  readonly order: Uint32Array;
  /** Where each run of equal scores ends in `order`. */
  readonly ends: readonly number[];
}

/** Sorts examples by their scores. */
export function rankScores(scores: ArrayLike<number>): RankedScores {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index);
  order.sort((a, b) => scores[a]! - scores[b]!);
  const ends: number[] = [];
  for (let i = 1; i <= order.length; i++) {
    if (i === order.length || scores[order[i]!] !== scores[order[i - 1]!]) ends.push(i);
  }
  return { order, ends };
}

/**
 * The area under the curve: how often a positive example scores higher than a negative one, a tie being half of it
 * (the statistic of Mann and Whitney; Hanley and McNeil 1982). Exact up to 2^53 pairs, but for the last division.
 *
 * @param positives - 1 for a positive example, 0 for a negative one
 * @param weights - how often each example counts. Default: once
 * @returns undefined where there are no positives, or no negatives
 */
export function areaUnderRoc(
  { order, ends }: RankedScores,
  positives: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number | undefined {
  let halves = 0;
  let positivesBelow = 0;
  let negativesBelow = 0;
  let start = 0;
  for (const end of ends) {
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (let i = start; i < end; i++) {
      const weight = weights === undefined ? 1 : weights[order[i]!]!;
      if (positives[order[i]!] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    halves += tiedPositives * (2 * negativesBelow + tiedNegatives);
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    start = end;
  }
  const pairs = positivesBelow * negativesBelow;
  return pairs === 0 ? undefined : halves / 2 / pairs;
}

/**
 * The points of the curve, without those in the middle of a straight piece, as scikit-learn's `roc_curve` with
 * `drop_intermediate`.
 *
 * @param positives - 1 for a positive example, 0 for a negative one
 * @returns undefined where there are no positives, or no negatives
 */
export function rocCurve(
  scores: ArrayLike<number>,
  positives: ArrayLike<number>,
): RocCurve | undefined {
  const { order, ends } = rankScores(scores);
  const found: number[] = [];
  const wrong: number[] = [];
  const thresholds: number[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let group = ends.length - 1; group >= 0; group--) {
    const start = group === 0 ? 0 : ends[group - 1]!;
    for (let i = start; i < ends[group]!; i++) {
      if (positives[order[i]!] === 1) truePositives++;
      else falsePositives++;
    }
    found.push(truePositives);
    wrong.push(falsePositives);
    thresholds.push(scores[order[start]!]!);
  }
  if (truePositives === 0 || falsePositives === 0) return undefined;
  const isCorner = (i: number): boolean =>
    i === 0 || i === found.length - 1 || bends(found, i) || bends(wrong, i);
  const kept = found.map((_, i) => i).filter(isCorner);
  return {
    falsePositiveRates: [0, ...kept.map((i) => wrong[i]! / falsePositives)],
    truePositiveRates: [0, ...kept.map((i) => found[i]! / truePositives)],
    thresholds: [Number.POSITIVE_INFINITY, ...kept.map((i) => thresholds[i]!)],
  };
}

function bends(counts: readonly number[], i: number): boolean {
  return counts[i + 1]! - counts[i]! !== counts[i]! - counts[i - 1]!;
}
