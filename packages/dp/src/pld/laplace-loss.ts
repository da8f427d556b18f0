/**
 * The privacy loss of the Laplace mechanism on a Poisson sample: the mixture (1 - q) Lap(0, b) + q Lap(1, b) against
 * Lap(0, b), where a record is removed; the other way about, where it is added (as dp_accounting's
 * `LaplacePrivacyLoss`). Outcomes below 0, and above 1, all have one loss: two atoms and a density between.
 *
 * @module
 */
import {
  type Adjacency,
  type PrivacyLoss,
  sampledLogRatio,
  unsampledLogRatio,
} from "./privacy-loss.js";

export interface LaplaceLossOptions {
  /** The scale, above 0. */
  readonly noiseMultiplier: number;
  /** Above 0, at most 1. */
  readonly sampleRate: number;
  readonly adjacency: Exclude<Adjacency, "replace">;
}

export function laplaceLoss(options: LaplaceLossOptions): PrivacyLoss {
  const { noiseMultiplier: b, sampleRate: q, adjacency } = options;
  const most = sampledLogRatio(1 / b, q);
  const least = sampledLogRatio(-1 / b, q);
  // Of the outcome o between 0 and 1, under Lap(0, b) and Lap(1, b).
  const without = (o: number) => Math.exp(-o / b) / (2 * b);
  const withOne = (o: number) => Math.exp((o - 1) / b) / (2 * b);
  const mixture = (o: number) => (1 - q) * without(o) + q * withOne(o);
  const pieceAt = () => 0.02 * b;
  const far = Math.exp(-1 / b) / 2;

  if (adjacency === "remove") {
    return {
      densities: [
        {
          from: 0,
          to: 1,
          loss: (o) => sampledLogRatio((2 * o - 1) / b, q),
          outcomeOf: (loss) => (unsampledLogRatio(loss, q) * b + 1) / 2,
          density: mixture,
          otherDensity: without,
          pieceAt,
        },
      ],
      atoms: [
        { loss: least, mass: (1 - q) / 2 + q * far },
        { loss: most, mass: (1 - q) * far + q / 2 },
      ],
      massAbove: 0,
      massBelow: 0,
    };
  }
  // u is the outcome turned round, so that the loss grows with it.
  return {
    densities: [
      {
        from: -1,
        to: 0,
        loss: (u) => -sampledLogRatio((-2 * u - 1) / b, q),
        outcomeOf: (loss) => -(unsampledLogRatio(-loss, q) * b + 1) / 2,
        density: (u) => without(-u),
        otherDensity: (u) => mixture(-u),
        pieceAt,
      },
    ],
    atoms: [
      { loss: -most, mass: far },
      { loss: -least, mass: 0.5 },
    ],
    massAbove: 0,
    massBelow: 0,
  };
}
