/**
 * Whether numbers look as if drawn from a distribution. Bounds are about five standard errors: with a seed they never
 * flake, and what is off by a few percent is found.
 *
 * @module
 */

/** The standard normal distribution function (Marsaglia 2004, "Evaluating the Normal Distribution"). */
export function normalCdf(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x;
  let term = x;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && term !== 0; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The Laplace distribution function of scale 1. */
export function laplaceCdf(x: number): number {
  return x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2;
}

/** The distance of Kolmogorov and Smirnov times √n: above 1.95 once in a thousand. */
export function ksStatistic(values: Float64Array, cdf: (x: number) => number): number {
  const sorted = values.slice().sort();
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    distance = Math.max(distance, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return distance * Math.sqrt(sorted.length);
}

/** The moment of this order around 0. */
export function moment(values: Float64Array, order: number): number {
  return values.reduce((sum, x) => sum + x ** order, 0) / values.length;
}

/** The names of the checks that `values` fail as normal noise of this standard deviation around 0. */
export function failuresAsNormal(values: Float64Array, standardDeviation: number): string[] {
  const z = values.map((x) => x / standardDeviation);
  const n = z.length;
  const variance = moment(z, 2);
  const tail = z.reduce((count, x) => count + (Math.abs(x) > 3 ? 1 : 0), 0) / n;
  const near = (x: number, expected: number, oneError: number) =>
    Math.abs(x - expected) < 5 * oneError;
  const checks = {
    mean: near(moment(z, 1), 0, 1 / Math.sqrt(n)),
    standardDeviation: near(Math.sqrt(variance), 1, 1 / Math.sqrt(2 * n)),
    kurtosis: near(moment(z, 4) / variance ** 2, 3, Math.sqrt(24 / n)),
    tail: near(tail, 0.0026998, Math.sqrt(0.0027 / n)),
    shape: ksStatistic(z, normalCdf) < 1.95,
    neighbors: near(lagProduct(z, 1) / variance, 0, 1 / Math.sqrt(n)),
  };
  return Object.entries(checks).flatMap(([name, isGood]) => (isGood ? [] : [name]));
}

function lagProduct(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
  return sum / (values.length - lag);
}

/** Pearson's statistic, its mean and its standard deviation where counts are as expected. */
export function chiSquare(
  counts: readonly number[],
  expected: readonly number[],
): { readonly statistic: number; readonly limit: number } {
  const statistic = counts.reduce((sum, c, i) => sum + (c - expected[i]!) ** 2 / expected[i]!, 0);
  const freedom = counts.length - 1;
  return { statistic, limit: freedom + 5 * Math.sqrt(2 * freedom) };
}
