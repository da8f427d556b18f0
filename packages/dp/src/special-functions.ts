/**
 * Functions of the normal distribution, and sums of numbers known by their logarithms: accurate where the numbers
 * themselves are too small or too large for a double.
 *
 * @module
 */

/** Below this the series of erfcx loses few digits; above it the continued fraction needs few terms. */
const SERIES_BELOW = 1;

/**
 * The scaled complementary error function exp(x²) erfc(x), to about 1e-15 of itself.
 *
 * @param x - at least 0
 * @throws {@link RangeError} for another x
 */
export function erfcx(x: number): number {
  if (!(x >= 0)) throw new RangeError(`x: expected at least 0, got ${x}`);
  return x < SERIES_BELOW ? erfcxBySeries(x) : erfcxByFraction(x);
}

/** DLMF 7.6.2: all terms are positive. */
function erfcxBySeries(x: number): number {
  let term = (2 * x) / Math.sqrt(Math.PI);
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return Math.exp(x * x) - sum;
}

/** DLMF 7.9.1, from its end. */
function erfcxByFraction(x: number): number {
  // What n terms leave is about exp(-2x√(2n)) of the whole: 1e-16 for n = 175/x².
  let fraction = x;
  for (let n = Math.ceil(10 + 175 / (x * x)); n >= 1; n -= 1) fraction = x + n / 2 / fraction;
  return 1 / (Math.sqrt(Math.PI) * fraction);
}

/** The distribution function of the standard normal distribution, also in its lower tail to about 1e-14 of itself. */
export function normalCdf(x: number): number {
  const tail = (erfcx(Math.abs(x) / Math.SQRT2) * Math.exp((-x * x) / 2)) / 2;
  return x < 0 ? tail : 1 - tail;
}

/** The logarithm of {@link normalCdf}, where that is 0 too. */
export function logNormalCdf(x: number): number {
  const scaled = erfcx(Math.abs(x) / Math.SQRT2) / 2;
  return x < 0 ? Math.log(scaled) - (x * x) / 2 : Math.log1p(-scaled * Math.exp((-x * x) / 2));
}

/** log(exp(a) + exp(b)). */
export function logAddExp(a: number, b: number): number {
  const larger = Math.max(a, b);
  // Two times infinity: their difference is not a number.
  if (!Number.isFinite(larger)) return larger;
  return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/**
 * log(exp(a) - exp(b)).
 *
 * @throws {@link RangeError} if b is above a, or both are infinite
 */
export function logSubExp(a: number, b: number): number {
  if (a === b && Number.isFinite(a)) return Number.NEGATIVE_INFINITY;
  if (!(a > b)) throw new RangeError(`b: expected less than ${a}, got ${b}`);
  if (a === Number.POSITIVE_INFINITY) return a;
  const difference = b - a;
  // Either way the logarithm gets an argument in which no digits were lost.
  return difference > -Math.LN2
    ? a + Math.log(-Math.expm1(difference))
    : a + Math.log1p(-Math.exp(difference));
}
