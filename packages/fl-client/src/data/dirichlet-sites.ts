/**
 * Examples divided among sites that see different classes: to try federated learning on one data set in memory.
 *
 * Of each class, the shares of the sites are drawn from Dirichlet(α, …, α) (Yurochkin et al. 2019, arXiv:1905.12022; after
 * Hsu, Qi & Brown 2019, arXiv:1909.06335, who draw for each site). Patients are not known here: where one has several
 * images, divide with `splitSites` of `@dsail/converter`.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";
import { FlError } from "@dsail/fl-protocol";
import { normalOf, seededRandom, shuffledIndices } from "../seeded-random.js";

/** How unequal the sites are. */
export interface DirichletSitesOptions {
  /** How many, 1 or more. */
  readonly sites: number;
  /** Concentration, above 0: at 100 sites are all but equal, at 0.1 very unequal. */
  readonly alpha: number;
  /** An integer. */
  readonly seed: number;
  /** A draw that leaves a site fewer examples is made again. 0 or more; default 1. */
  readonly minPerSite?: number;
}

/** Apart from what else a seed is used for. */
const DIVIDE = 3;
const MAX_DRAWS = 1000;

/**
 * Every example is at one site.
 *
 * @returns the indices of each site, ascending
 * @throws {@link RangeError} for options that are none; {@link FlError} `BAD_CONFIG` if no draw of 1,000 gives every site enough
 */
export function dirichletSites(
  labels: ArrayLike<number>,
  { sites, alpha, seed, minPerSite = 1 }: DirichletSitesOptions,
): readonly (readonly number[])[] {
  if (!Number.isSafeInteger(sites) || sites < 1) {
    throw new RangeError(`sites: expected an integer of 1 or more, got ${sites}`);
  }
  if (!(alpha > 0 && Number.isFinite(alpha))) {
    throw new RangeError(`alpha: expected a number above 0, got ${alpha}`);
  }
  const byLabel = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const same = byLabel.get(labels[i]!);
    if (same === undefined) byLabel.set(labels[i]!, [i]);
    else same.push(i);
  }
  const classes = [...byLabel].sort(([a], [b]) => a - b).map(([, indices]) => indices);
  const random = seededRandom(seed, DIVIDE);
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const divided = divide(classes, sites, alpha, random);
    if (divided.every(({ length }) => length >= minPerSite)) return divided;
  }
  throw new FlError(
    "BAD_CONFIG",
    "a site would have too few examples: use fewer sites or more alpha",
  );
}

function divide(
  classes: readonly (readonly number[])[],
  sites: number,
  alpha: number,
  random: RandomSource,
): readonly (readonly number[])[] {
  const divided = Array.from({ length: sites }, (): number[] => []);
  for (const indices of classes) {
    const order = shuffledIndices(indices.length, random);
    const shares = drawShares(sites, alpha, random);
    let [sum, from] = [0, 0];
    for (const [site, share] of shares.entries()) {
      sum += share;
      const to = site === sites - 1 ? order.length : Math.round(sum * order.length);
      for (const at of order.slice(from, to)) divided[site]!.push(indices[at]!);
      from = to;
    }
  }
  return divided.map((indices) => indices.sort((a, b) => a - b));
}

/** As logarithms: at a small alpha, gamma variates are below the smallest number there is. */
function drawShares(count: number, alpha: number, random: RandomSource): readonly number[] {
  const logs = Array.from({ length: count }, () => logGammaVariate(alpha, random));
  const largest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The logarithm of a gamma variate of scale 1: Marsaglia & Tsang, ACM TOMS 26(3), 2000. */
function logGammaVariate(shape: number, random: RandomSource): number {
  // Section 6 there: Gamma(a) is Gamma(a + 1) times U^(1/a).
  const boost = shape < 1 ? Math.log(random.uniform()) / shape : 0;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalOf(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) {
      return Math.log(d * v) + boost;
    }
  }
}
