/**
 * The discrete Fourier transform of real numbers, length a power of two.
 *
 * Own code (iterative radix 2, a real transform packed into a complex one of half the length), as its rounding error
 * has to be known: every input reaches every output over `log2(n)` butterflies and the unpacking, each with a
 * relative error below 10 u (Higham 2002, theorem 24.2, twiddle factors right to 4 u), u = 2^-53. So each output is off
 * by less than {@link transformError} times the sum of the inputs' sizes, and the outputs together (2-norm) by as much
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
  return 10 * 2 ** -53 * (Math.log2(length) + 2);
}

/** @param length - a power of two, at least 4 */
export function createRealTransform(length: number): RealTransform {
  const half = length / 2;
  // cos and sin of 2 pi k / length, each of its own: a recurrence would lose the bound above. Of the first quarter;
  // what follows is as good.
  const cos = new Float64Array(half);
  const sin = new Float64Array(half);
  const quarter = half / 2;
  for (let k = 0; k <= quarter; k++) {
    const s = Math.sin((2 * Math.PI * k) / length);
    sin[k] = s;
    cos[quarter - k] = s;
    if (k > 0 && k < quarter) {
      sin[half - k] = s;
      cos[quarter + k] = -s;
    }
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
  reverseBits(re, im);
  let size = 2;
  if (Math.log2(n) % 2 === 1) {
    for (let p = 0; p < n; p += 2) {
      const xr = re[p + 1]!;
      const xi = im[p + 1]!;
      re[p + 1] = re[p]! - xr;
      im[p + 1] = im[p]! - xi;
      re[p] = re[p]! + xr;
      im[p] = im[p]! + xi;
    }
    size = 4;
  }
  // Two stages of radix 2 at a time, as memory is what takes long: that of `size`, and that of twice as much.
  for (; size < n; size *= 4) {
    const reach = size / 2;
    const stride = n / size;
    for (let start = 0; start < n; start += 2 * size) {
      for (let k = 0, w = 0; k < reach; k++, w += stride) {
        const p0 = start + k;
        const p1 = p0 + reach;
        const p2 = p1 + reach;
        const p3 = p2 + reach;
        const c1 = cos[2 * w]!;
        const s1 = -sin[2 * w]!;
        const br = re[p1]! * c1 - im[p1]! * s1;
        const bi = re[p1]! * s1 + im[p1]! * c1;
        const dr = re[p3]! * c1 - im[p3]! * s1;
        const di = re[p3]! * s1 + im[p3]! * c1;
        const ar = re[p0]! + br;
        const ai = im[p0]! + bi;
        const er = re[p0]! - br;
        const ei = im[p0]! - bi;
        const cr = re[p2]! + dr;
        const ci = im[p2]! + di;
        const fr = re[p2]! - dr;
        const fi = im[p2]! - di;
        const c2 = cos[w]!;
        const s2 = -sin[w]!;
        const xr = cr * c2 - ci * s2;
        const xi = cr * s2 + ci * c2;
        // The factor of the other half is this one turned by a quarter.
        const yr = fr * s2 + fi * c2;
        const yi = fi * s2 - fr * c2;
        re[p0] = ar + xr;
        im[p0] = ai + xi;
        re[p2] = ar - xr;
        im[p2] = ai - xi;
        re[p1] = er + yr;
        im[p1] = ei + yi;
        re[p3] = er - yr;
        im[p3] = ei - yi;
      }
    }
  }
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  for (let i = 1, j = 0; i < re.length; i++) {
    let bit = re.length >> 1;
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
}
