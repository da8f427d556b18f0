/**
 * The privacy loss of the Gaussian mechanism on a Poisson sample (Zhu, Dong & Wang 2022, arXiv:2106.08567,
 * proposition 30): the mixture (1 - q) N(0, s^2) + q N(1, s^2) against N(0, s^2), where a record is removed; the other
 * way about, where it is added. These two dominate all neighbors.
 *
 * Where a record is replaced: (1 - q) N(0, s^2) + q N(1, s^2) against (1 - q) N(0, s^2) + q N(-1, s^2), as
 * dp_accounting 0.6.0. It dominates: let the records be worth a and b, of norms up to 1. Of all sets that are as likely
 * under N(0, s^2), by Neyman and Pearson a half-space along the first axis is the likeliest that N(a, s^2) can have any
 * of, where a is its unit vector, and at once the least likely for N(b, s^2), where b is the opposite one.
 *
 * @module
 */
import {
  type Adjacency,
  type LossDensity,
  type PrivacyLoss,
  sampledLogRatio,
  unsampledLogRatio,
} from "./privacy-loss.js";

const ROOT_OF_2_PI = Math.sqrt(2 * Math.PI);

export interface GaussianLossOptions {
  /** Above 0. */
  readonly noiseMultiplier: number;
  /** Above 0, at most 1. */
  readonly sampleRate: number;
  readonly adjacency: Adjacency;
  /** What may be left out of either end. */
  readonly tailMass: number;
}

export function gaussianLoss(options: GaussianLossOptions): PrivacyLoss {
  const { noiseMultiplier, sampleRate: q, adjacency, tailMass } = options;
  // u is the outcome in units of the noise; the shifted normal is around `shift`.
  const shift = 1 / noiseMultiplier;
  // P(N > t) < exp(-t^2 / 2) / 2 for t > 0. Half of the tail may be between the normals, in the midst of losses.
  const reach = Math.sqrt(-2 * Math.log(Math.min(tailMass, 0.1)));
  const ratios = ratiosOf(options, shift);
  const areApart = shift > 2 * reach;
  // Apart, only the nearer normal matters, and how fast the loss grows.
  const pieceAt = areApart
    ? (u: number) =>
        Math.min(0.02 / Math.max(1, Math.min(Math.abs(u), Math.abs(u - shift))), 0.1 / shift)
    : (u: number) => 0.02 / Math.max(1, Math.abs(u) + shift);
  const between = (from: number, to: number): LossDensity => ({ ...ratios, from, to, pieceAt });
  const densities = (): readonly LossDensity[] => {
    if (adjacency === "add") return [between(-reach, reach)];
    if (q === 1) return [between(shift - reach, shift + reach)];
    if (!areApart) return [between(-reach, shift + reach)];
    return [between(-reach, reach), between(shift - reach, shift + reach)];
  };
  return { densities: densities(), atoms: [], massAbove: tailMass, massBelow: tailMass };
}

/** The densities of P and Q, and their ratio. */
function ratiosOf(
  { sampleRate: q, adjacency }: GaussianLossOptions,
  shift: number,
): Pick<LossDensity, "loss" | "outcomeOf" | "density" | "otherDensity"> {
  const normal = (u: number) => Math.exp((-u * u) / 2) / ROOT_OF_2_PI;
  const mixture = (u: number, mean: number) => (1 - q) * normal(u) + q * normal(u - mean);
  switch (adjacency) {
    case "remove":
      return {
        loss: (u) => sampledLogRatio(shift * (u - shift / 2), q),
        outcomeOf: (loss) => unsampledLogRatio(loss, q) / shift + shift / 2,
        density: (u) => mixture(u, shift),
        otherDensity: normal,
      };
    case "add":
      // u is the outcome turned round, so that the loss grows with it.
      return {
        loss: (u) => -sampledLogRatio(-shift * (u + shift / 2), q),
        outcomeOf: (loss) => -unsampledLogRatio(-loss, q) / shift - shift / 2,
        density: normal,
        otherDensity: (u) => mixture(u, -shift),
      };
    case "replace":
      return {
        loss: (u) =>
          sampledLogRatio(shift * (u - shift / 2), q) -
          sampledLogRatio(-shift * (u + shift / 2), q),
        outcomeOf: (loss) => replacementLogRatio(loss, q, shift) / shift,
        density: (u) => mixture(u, shift),
        otherDensity: (u) => mixture(u, -shift),
      };
  }
}

/**
 * The product z of outcome and shift where a loss L is: with y = e^z and A = (1 - q) / q e^(shift^2 / 2), that
 * e^L = (A + y) / (A + 1 / y) is solved by z = L / 2 + asinh(A sinh(L / 2)).
 */
function replacementLogRatio(loss: number, sampleRate: number, shift: number): number {
  const half = Math.abs(loss) / 2;
  const logSinh = half > 20 ? half - Math.LN2 : Math.log(Math.sinh(half));
  const log = (shift * shift) / 2 + Math.log1p(-sampleRate) - Math.log(sampleRate) + logSinh;
  const asinh = log > 20 ? log + Math.LN2 : Math.asinh(Math.exp(log));
  return Math.sign(loss) * (half + asinh);
}
