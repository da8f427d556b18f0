/**
 * The moment A(α) of the sampled Gaussian mechanism (Mironov, Talwar & Zhang 2019, arXiv:1908.10530, section 3.3):
 * the mean of (1 - q + q exp((2z - 1) / 2σ²))^α over z ~ N(0, σ²).
 *
 * It is that of Opacus: the binomial coefficients of a fractional α keep their sign, where dp_accounting 0.6.0 takes
 * them as positive, and so its bound is larger. Computed otherwise than there in two ways:
 *
 * - A - 1 instead of A. For a small q, A is 1 and digits far behind the point.
 * - From the order on, terms of a fractional α alternate and fall like a power of their index, slowly. Their sum is
 *   taken as by Cohen, Rodriguez Villegas & Zagier (2000), "Convergence acceleration of alternating series".
 *
 * @module
 */
import { erfcx, logSubExp } from "./special-functions.js";

/**
 * log(A(α) - 1).
 *
 * @param order - α, above 1, finite
 * @param sampleRate - q, above 0, below 1
 * @param noiseMultiplier - σ, such that α/2σ² is neither 0 nor infinite
 */
export function logMomentMinusOne(
  order: number,
  sampleRate: number,
  noiseMultiplier: number,
): number {
  return Number.isInteger(order)
    ? integerOrder(order, sampleRate, noiseMultiplier)
    : fractionalOrder(order, sampleRate, noiseMultiplier);
}

/** (i² - i) / 2σ². */
function exponent(i: number, sigma: number): number {
  return (i * (i - 1)) / 2 / sigma / sigma;
}

/**
 * The sum of C(α,i) q^i (1-q)^(α-i) exp((i²-i)/2σ²), from which that of C(α,i) q^i (1-q)^(α-i) is taken, which is 1.
 * Terms 0 and 1 are then 0, and no other is negative.
 */
function integerOrder(order: number, q: number, sigma: number): number {
  const sum = new SumOfExponentials();
  const logQ = Math.log(q);
  const log1mQ = Math.log1p(-q);
  let logBinomial = 0;
  for (let i = 1; i <= order; i += 1) {
    logBinomial += Math.log((order - i + 1) / i);
    if (i === 1) continue;
    const log = logBinomial + i * logQ + (order - i) * log1mQ;
    sum.add(1, log + logSubExp(exponent(i, sigma), 0));
  }
  return sum.logUpperBound();
}

/**
 * Of the mean, the part below z0, where the second summand is the smaller one, is a series in i, and the part above it
 * one in j = α - i.
 */
function fractionalOrder(order: number, q: number, sigma: number): number {
  const sum = new SumOfExponentials();
  const logQ = Math.log(q);
  const log1mQ = Math.log1p(-q);
  const z0 = sigma * sigma * (log1mQ - logQ) + 0.5;
  // What exp((i²-i)/2σ²) q^i (1-q)^j and the exp of the tail of erfc make: the same for all i, and for j.
  const logTail = order * log1mQ - (z0 / sigma) * (z0 / sigma) * 0.5 - Math.LN2;
  // The 1 is taken from the part with most of the mass, where it cancels term by term.
  const lowerHasMass = q < 0.5;

  const firstAlternating = Math.floor(order) + 1;
  let logBinomial = 0;
  for (let i = 0; i < firstAlternating + TAIL_WEIGHTS.length; i += 1) {
    const j = order - i;
    if (i > 0) logBinomial += Math.log(Math.abs(j + 1) / i);
    const alternating = i - firstAlternating;
    const sign = alternating > 0 && alternating % 2 === 1 ? -1 : 1;
    const logWeight =
      logBinomial + (alternating < 0 ? 0 : Math.log(TAIL_WEIGHTS[alternating] as number));
    addPart(i, i < z0, logWeight + i * logQ + j * log1mQ, lowerHasMass);
    addPart(j, j > z0, logWeight + j * logQ + i * log1mQ, !lowerHasMass);

    function addPart(k: number, isInside: boolean, log: number, hasMass: boolean): void {
      // erfc of a negative argument is 2 - erfc of the positive one.
      const tail = logWeight + logTail + Math.log(erfcx(Math.abs(k - z0) / sigma / Math.SQRT2));
      const power = exponent(k, sigma);
      if (!isInside) {
        sum.add(sign, tail);
        if (hasMass) sum.add(-sign, log);
        return;
      }
      sum.add(-sign, tail);
      if (!hasMass) sum.add(sign, log + power);
      else if (power > 0) sum.add(sign, log + logSubExp(power, 0));
      else if (power < 0) sum.add(-sign, log + logSubExp(0, power));
    }
  }
  return sum.logUpperBound();
}

/**
 * Weights of the first terms of an alternating series of moments (of a positive measure on [0, 1]); Algorithm 1, with
 * an error of 5.8^-n. From the order on, |C(α,i)| are such moments (a Beta integral), the integrals of both parts are
 * those of (q/(1-q) exp((2z-1)/2σ²))^±i, and so are their products.
 */
const TAIL_WEIGHTS: readonly number[] = weightsOfAlternating(24);

function weightsOfAlternating(n: number): readonly number[] {
  const root = (3 + Math.sqrt(8)) ** n;
  const d = (root + 1 / root) / 2;
  const weights: number[] = [];
  let b = -1;
  let c = -d;
  for (let k = 0; k < n; k += 1) {
    c = b - c;
    // The algorithm's c has the term's sign in it.
    weights.push(Math.abs(c) / d);
    b = (b * (k + n) * (k - n)) / ((k + 0.5) * (k + 1));
  }
  return weights;
}

/** What a sum of doubles may have lost, per magnitude of what was summed. */
const ROUNDING = 4 * Number.EPSILON;

/** A sum of exp(log), each times a sign of 1 or -1, far beyond what a double holds. */
class SumOfExponentials {
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #magnitude = 0;

  add(sign: number, log: number): void {
    if (log === Number.NEGATIVE_INFINITY) return;
    if (log > this.#max) {
      const scale = Math.exp(this.#max - log);
      this.#sum *= scale;
      this.#magnitude *= scale;
      this.#max = log;
    }
    const term = Math.exp(log - this.#max);
    this.#sum += sign * term;
    this.#magnitude += term;
  }

  /** The logarithm, with what rounding may have taken added. */
  logUpperBound(): number {
    return this.#max + Math.log(Math.max(0, this.#sum) + ROUNDING * this.#magnitude);
  }
}
