/**
 * Gaussian differential privacy (Dong, Roth & Su 2019, arXiv:1905.02383): what happened is as telling as one look at a
 * normal variable whose mean moves by μ. For Gaussians it is exact, but for rounding. For a sampled Gaussian that is
 * repeated, it is the limit of many steps (Bu et al. 2019, arXiv:1911.11607), which the truth may exceed: to compare
 * with, not to promise.
 *
 * @module
 */
import type { Accountant } from "./accountant.js";
import { assertDelta, assertEpsilon } from "./assert-target.js";
import { DpError } from "./errors.js";
import type { DpEvent, NeighboringRelation } from "./event.js";
import { assertNeighboringRelation, countMechanisms, unsupportedMechanism } from "./mechanism.js";
import { erfcx, normalCdf } from "./special-functions.js";

const LIMIT_WARNING =
  "central limit theorem: near the truth for many steps, and not an upper bound";

/** μ, and what one should know of it. */
interface Mu {
  readonly mu: number;
  readonly warnings: readonly string[];
}

export interface GdpAccountantOptions {
  /** Default `add-or-remove-one`. Under `replace-one` a sampled Gaussian is not known. */
  readonly neighboringRelation?: NeighboringRelation;
}

/** Makes a GDP accountant. It knows Gaussians, or one sampled Gaussian that is repeated, as Opacus. */
export function gdpAccountant({
  neighboringRelation = "add-or-remove-one",
}: GdpAccountantOptions = {}): Accountant {
  assertNeighboringRelation(neighboringRelation);
  return {
    name: "gdp",
    neighboringRelation,
    isApproximate: true,

    epsilon: (event, delta) => {
      assertDelta(delta);
      const { mu, warnings } = muOf(event, neighboringRelation);
      return { epsilon: epsilonOfMu(mu, delta), warnings };
    },

    delta: (event, epsilon) => {
      assertEpsilon(epsilon);
      const { mu, warnings } = muOf(event, neighboringRelation);
      return { delta: deltaOfMu(mu, epsilon), warnings };
    },
  };
}

function muOf(event: DpEvent, relation: NeighboringRelation): Mu {
  const counted = countMechanisms(event, relation);
  const isSampled = counted.some(({ mechanism }) => mechanism.kind === "sampled-gaussian");
  if (isSampled && counted.length > 1) {
    throw new DpError("UNSUPPORTED_EVENT", "event: gdp takes a sampled Gaussian by itself only");
  }
  let mu = 0;
  for (const { mechanism, count } of counted) {
    switch (mechanism.kind) {
      case "non-private":
        mu = Number.POSITIVE_INFINITY;
        break;
      case "gaussian":
        // Cor. 3.3: squares add up.
        mu = Math.hypot(mu, Math.sqrt(count) / mechanism.noiseMultiplier);
        break;
      case "sampled-gaussian": {
        if (relation === "replace-one") throw unsupportedMechanism("gdp", mechanism, relation);
        // Bu et al. 2019, Th. 5: q √T √(exp(σ^-2) - 1).
        const { sampleRate, noiseMultiplier } = mechanism;
        const perStep = sampleRate * Math.sqrt(Math.expm1(1 / noiseMultiplier / noiseMultiplier));
        // Sampling never costs privacy; the limit would, for little noise and a high rate. opacus does not cap it.
        mu = Math.hypot(mu, Math.sqrt(count) * Math.min(perStep, 1 / noiseMultiplier));
        break;
      }
      default:
        throw unsupportedMechanism("gdp", mechanism, relation);
    }
  }
  return { mu, warnings: isSampled ? [LIMIT_WARNING] : [] };
}

/** Dong, Roth & Su 2019, Cor. 2.13: Φ(-ε/μ + μ/2) - exp(ε) Φ(-ε/μ - μ/2). */
function deltaOfMu(mu: number, epsilon: number): number {
  if (mu === 0 || epsilon === Number.POSITIVE_INFINITY)
    return mu === Number.POSITIVE_INFINITY ? 1 : 0;
  const a = epsilon / mu - mu / 2;
  const b = epsilon / mu + mu / 2;
  if (!Number.isFinite(a)) return a > 0 ? 0 : 1;
  // exp(ε) cancels in the second summand: ε - b²/2 = -a²/2.
  const half = Math.exp((-a * a) / 2) / 2;
  const second = half * erfcx(b / Math.SQRT2);
  const first = a >= 0 ? half * erfcx(a / Math.SQRT2) : normalCdf(-a);
  return Math.min(1, Math.max(0, first - second));
}

/** The smallest epsilon of the delta, from above. */
function epsilonOfMu(mu: number, delta: number): number {
  if (deltaOfMu(mu, 0) <= delta) return 0;
  let high = 1;
  while (deltaOfMu(mu, high) > delta) {
    if (high === Number.POSITIVE_INFINITY) return high;
    high *= 2;
  }
  let low = high === 1 ? 0 : high / 2;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (deltaOfMu(mu, middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}
