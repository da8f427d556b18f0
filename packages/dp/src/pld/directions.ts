/**
 * The privacy losses of mechanisms, by the ways in which data sets are neighbors.
 *
 * @module
 */
import type { NeighboringRelation } from "../event.js";
import { type CountedMechanism, type Mechanism, unsupportedMechanism } from "../mechanism.js";
import type { Direction } from "./bounds.js";
import { gaussianLoss } from "./gaussian-loss.js";
import { laplaceLoss } from "./laplace-loss.js";
import type { Adjacency, PrivacyLoss } from "./privacy-loss.js";

/** Less noise than this is none: losses of half a million take too long. */
const MIN_NOISE = 1e-3;

/** What this accountant knows. */
type KnownMechanism = Exclude<Mechanism, { readonly kind: "non-private" | "tree-aggregation" }>;

/** Steps of one mechanism. */
interface Steps {
  readonly mechanism: KnownMechanism;
  readonly count: number;
}

/**
 * Directions of which the worst one counts; none where nothing is spent, `undefined` where nothing can be promised.
 *
 * @param tailMass - what may be left out of either end of all losses together
 * @throws {@link DpError} `UNSUPPORTED_EVENT`
 */
export function directionsOf(
  counted: readonly CountedMechanism[],
  relation: NeighboringRelation,
  tailMass: number,
): readonly Direction[] | undefined {
  const steps = knownSteps(counted, relation);
  if (steps === undefined) return undefined;
  if (steps.length === 0) return [];
  const all = steps.reduce((sum, { count }) => sum + count, 0);
  return adjacenciesOf(steps, relation).map((adjacency) =>
    steps.map(({ mechanism, count }) => ({
      loss: lossOf(mechanism, adjacency, tailMass / all),
      count,
    })),
  );
}

function knownSteps(
  counted: readonly CountedMechanism[],
  relation: NeighboringRelation,
): readonly Steps[] | undefined {
  const steps: Steps[] = [];
  let isPrivate = true;
  // Sums with normal noise are together one, with 1/s^2 the sum of theirs; sampled ones are not.
  let gaussianShift = 0; // 1/s
  for (const { mechanism, count } of counted) {
    const { kind } = mechanism;
    if (kind === "tree-aggregation" || (kind === "sampled-laplace" && relation === "replace-one")) {
      throw unsupportedMechanism("pld", mechanism, relation);
    }
    if (
      kind === "non-private" ||
      mechanism.noiseMultiplier < MIN_NOISE ||
      !Number.isFinite(count)
    ) {
      isPrivate = false;
    } else if (kind === "gaussian") {
      gaussianShift = Math.hypot(gaussianShift, Math.sqrt(count) / mechanism.noiseMultiplier);
    } else steps.push({ mechanism, count });
  }
  if (gaussianShift > 0) {
    const noiseMultiplier = 1 / gaussianShift;
    if (noiseMultiplier < MIN_NOISE) isPrivate = false;
    steps.push({ mechanism: { kind: "gaussian", noiseMultiplier }, count: 1 });
  }
  return isPrivate ? steps : undefined;
}

/** Removing a record usually costs more than adding it, and so comes first. Without sampling both are the same. */
function adjacenciesOf(
  steps: readonly Steps[],
  relation: NeighboringRelation,
): readonly Adjacency[] {
  // The mirror image of a replacement is one.
  if (relation === "replace-one") return ["replace"];
  const isSampled = steps.some(({ mechanism }) => "sampleRate" in mechanism);
  return isSampled ? ["remove", "add"] : ["remove"];
}

function lossOf(mechanism: KnownMechanism, adjacency: Adjacency, tailMass: number): PrivacyLoss {
  const { noiseMultiplier } = mechanism;
  // Without sampling a replacement was counted as less noise, and is the same as a removal.
  const unsampled = adjacency === "replace" ? "remove" : adjacency;
  switch (mechanism.kind) {
    case "gaussian":
      return gaussianLoss({ noiseMultiplier, sampleRate: 1, adjacency: unsampled, tailMass });
    case "sampled-gaussian": {
      const { sampleRate } = mechanism;
      return gaussianLoss({ noiseMultiplier, sampleRate, adjacency, tailMass });
    }
    case "laplace":
      return laplaceLoss({ noiseMultiplier, sampleRate: 1, adjacency: unsampled });
    case "sampled-laplace": {
      const { sampleRate } = mechanism;
      return laplaceLoss({ noiseMultiplier, sampleRate, adjacency: unsampled });
    }
  }
}
