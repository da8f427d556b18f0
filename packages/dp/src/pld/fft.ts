/**
 * The discrete Fourier transform of real numbers, length a power of two.
 *
 * Own code (iterative radix 2, a real transform packed into a complex one of half the length), as its rounding error
 * has to be known: every input reaches every output over `log2(n)` butterflies and the unpacking, each with a
 * relative error below 7 u (Higham 2002, theorem 24.2, twiddle factors right to u), u = 2^-53. So each output is off by
 * less than {@link transformError} times the sum of the inputs' sizes, and the outputs together (2-norm) by as much
 * relative to their own 2-norm.
 *
 * @module
 */

/** A transform of one length. */
export interface RealTransform {
  readonly length: number;
  /** The coefficients 0 … length/2 of real numbers: the real parts, the imaginary parts. */
  readonly forward: (values: Float64Array) => Spectrum;
  /** The real numbers whose coefficients these are. */
  readonly inverse: (spectrum: Spectrum) => Float64Array;
}

/** Coefficients 0 … length/2; the others are their conjugates. */
interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The bound of the relative rounding error of a transform of this length. */
export function transformError(length: number): number {
  return 8 * 2 ** -53 * (Math.log2(length) + 2);
}

/** @param length - a power of two, at least 4 */
export function createRealTransform(length: number): RealTransform {
  const half = length / 2;
  // cos and sin of 2 pi k / length, each of its own: a recurrence would lose the bound above.
  const cos = new Float64Array(half);
  const sin = new Float64Array(half);
  for (let k = 0; k < half; k++) {
    cos[k] = Math.cos((2 * Math.PI * k) / length);
    sin[k] = Math.sin((2 * Math.PI * k) / length);
  }

  return {
    length,
    forward: (values) => {
      const zr = new Float64Array(half);
      const zi = new Float64Array(half);
      for (let k = 0; k < half; k++) {
        zr[k] = values[2 * k]!;
        zi[k] = values[2 * k + 1]!;
      }
      complexTransform(zr, zi, cos, sin);
      const re = new Float64Array(half + 1);
      const im = new Float64Array(half + 1);
      for (let k = 0; k <= half; k++) {
        const p = k === half ? 0 : k;
        const m = k === 0 ? 0 : half - k;
        const evenRe = (zr[p]! + zr[m]!) / 2;
        const evenIm = (zi[p]! - zi[m]!) / 2;
        const oddRe = (zi[p]! + zi[m]!) / 2;
        const oddIm = (zr[m]! - zr[p]!) / 2;
        const c = k === half ? -1 : cos[k]!;
        const s = k === half ? 0 : -sin[k]!;
        re[k] = evenRe + c * oddRe - s * oddIm;
        im[k] = evenIm + c * oddIm + s * oddRe;
      }
      return { re, im };
    },
    inverse: ({ re, im }) => {
      // Packed so that a forward transform of the conjugate gives the inverse.
      const zr = new Float64Array(half);
      const zi = new Float64Array(half);
      for (let k = 0; k < half; k++) {
        const m = half - k;
        const evenRe = (re[k]! + re[m]!) / 2;
        const evenIm = (im[k]! - im[m]!) / 2;
        const diffRe = (re[k]! - re[m]!) / 2;
        const diffIm = (im[k]! + im[m]!) / 2;
        const oddRe = diffRe * cos[k]! - diffIm * sin[k]!;
        const oddIm = diffRe * sin[k]! + diffIm * cos[k]!;
        zr[k] = evenRe - oddIm;
        zi[k] = -(evenIm + oddRe);
      }
      complexTransform(zr, zi, cos, sin);
      const values = new Float64Array(length);
      for (let k = 0; k < half; k++) {
        values[2 * k] = zr[k]! / half;
        values[2 * k + 1] = -zi[k]! / half;
      }
      return values;
    },
  };
}

/** In place; `cos` and `sin` are of twice as many points. */
function complexTransform(
  re: Float64Array,
  im: Float64Array,
  cos: Float64Array,
  sin: Float64Array,
): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const r = re[i]!;
      re[i] = re[j]!;
      re[j] = r;
      const t = im[i]!;
      im[i] = im[j]!;
      im[j] = t;
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const reach = size / 2;
    const stride = (2 * n) / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0, w = 0; k < reach; k++, w += stride) {
        const p = start + k;
        const q = p + reach;
        const c = cos[w]!;
        const s = -sin[w]!;
        const xr = re[q]! * c - im[q]! * s;
        const xi = re[q]! * s + im[q]! * c;
        re[q] = re[p]! - xr;
        im[q] = im[p]! - xi;
        re[p] = re[p]! + xr;
        im[p] = im[p]! + xi;
      }
    }
  }
}
