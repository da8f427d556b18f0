/**
 * Shares drawn from a Dirichlet distribution: how unequal sites are made on purpose (Hsu, Qi & Brown 2019,
 * arXiv:1909.06335).
 *
 * Logarithms are not rounded alike by every engine in the last bit: the draw is repeatable on one engine, and on others but for
 * ties that hang on that bit.
 *
 * @module
 */
import type { SeededRandom } from "./seeded-random.js";

/**
 * Draws shares that sum to 1.
 *
 * @param concentrations - one a share, each above 0; their ratio is that of the mean shares, and the smaller they are, the
 * more a draw differs from it
 */
export function drawDirichlet(
  concentrations: readonly number[],
  random: SeededRandom,
): readonly number[] {
  // As logarithms: at small concentrations, gamma variates are below the smallest number there is.
  const logs = concentrations.map((concentration) => logGammaVariate(concentration, random));
  const largest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The logarithm of a gamma variate of scale 1: Marsaglia & Tsang, ACM TOMS 26(3), 2000. */
function logGammaVariate(shape: number, random: SeededRandom): number {
  // Section 6 there: Gamma(a) is Gamma(a + 1) times U^(1/a).
  const boost = shape < 1 ? Math.log(random.uniform()) / shape : 0;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalVariate(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) {
      return Math.log(d * v) + boost;
    }
  }
}

/** A standard normal variate, by Marsaglia's polar method; its twin is not kept. */
function normalVariate(random: SeededRandom): number {
  for (;;) {
    const x = 2 * random.uniform() - 1;
    const y = 2 * random.uniform() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}
