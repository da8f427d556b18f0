/**
 * The privacy loss of the Gaussian mechanism on a Poisson sample (Zhu, Dong & Wang 2022, arXiv:2106.08567,
 * proposition 30): the mixture (1 - q) N(0, s^2) + q N(1, s^2) against N(0, s^2), where a record is removed; the other
 * way about, where it is added. These two dominate all neighbors.
 *
 * @module
 */
import {
  type Adjacency,
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
  // P(N > t) < exp(-t^2 / 2) / 2 for t > 0.
  const reach = Math.sqrt(-2 * Math.log(2 * Math.min(tailMass, 0.1)));
  const normal = (u: number) => Math.exp((-u * u) / 2) / ROOT_OF_2_PI;
  const pieceAt = (u: number) => 0.02 / Math.max(1, Math.abs(u), Math.abs(Math.abs(u) - shift));
  const tails = { atoms: [], massAbove: tailMass, massBelow: tailMass };

  if (adjacency === "remove") {
    return {
      ...tails,
      density: {
        from: (q === 1 ? shift : 0) - reach,
        to: shift + reach,
        loss: (u) => sampledLogRatio(shift * (u - shift / 2), q),
        outcomeOf: (loss) => unsampledLogRatio(loss, q) / shift + shift / 2,
        density: (u) => (1 - q) * normal(u) + q * normal(u - shift),
        pieceAt,
      },
    };
  }
  // u is the outcome turned round, so that the loss grows with it.
  return {
    ...tails,
    density: {
      from: -reach,
      to: reach,
      loss: (u) => -sampledLogRatio(-shift * (u + shift / 2), q),
      outcomeOf: (loss) => -unsampledLogRatio(-loss, q) / shift - shift / 2,
      density: normal,
      pieceAt,
    },
  };
}
