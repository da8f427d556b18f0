/**
 * The inverse cosine transform of a block (ITU-T T.81 A.3.3), in floating point: as exact as samples of 12 bits need.
 *
 * Rows and columns are transformed one after the other, even and odd frequencies apart, since samples that mirror each
 * other differ only in the sign of the odd ones.
 *
 * @module
 */

/** cos(kπ/16) / 2: the factor 1/4 of A.3.3 is shared by the two passes. */
const half = (k: number): number => Math.cos((k * Math.PI) / 16) / 2;
const [C1, C2, C3, C4, C5, C6, C7] = [1, 2, 3, 4, 5, 6, 7].map(half) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** Where samples go. */
export interface SamplePlane {
  readonly samples: Uint8Array | Uint16Array;
  /** Samples of a row. */
  readonly stride: number;
}

/**
 * Transforms a block, in place, into samples: shifted to be positive (A.3.1), rounded, and limited to their bits.
 *
 * @param block - 64 coefficients by rows, quantization undone; afterwards of no use
 * @param start - where in the plane the block begins
 */
export function inverseDct(
  block: Float64Array,
  { samples, stride }: SamplePlane,
  start: number,
  bits: number,
): void {
  for (let column = 0; column < 8; column++) transformEight(block, column, 8);
  for (let row = 0; row < 8; row++) transformEight(block, 8 * row, 1);
  // Half a unit more, so that cutting off rounds.
  const middle = (1 << (bits - 1)) + 0.5;
  const greatest = (1 << bits) - 1;
  for (let row = 0, from = 0, to = start; row < 8; row++, to += stride) {
    for (let column = 0; column < 8; column++, from++) {
      samples[to + column] = Math.max(0, Math.min((block[from] as number) + middle, greatest));
    }
  }
}

/** The same for a block of which only the first coefficient is not zero: all of its samples are the same. */
export function inverseDctOfMean(
  coefficient: number,
  { samples, stride }: SamplePlane,
  start: number,
  bits: number,
): void {
  const greatest = (1 << bits) - 1;
  const value = coefficient / 8 + (1 << (bits - 1)) + 0.5;
  const sample = Math.max(0, Math.min(value, greatest));
  for (let row = 0, to = start; row < 8; row++, to += stride) samples.fill(sample, to, to + 8);
}

/** The transform of a row or column. */
function transformEight(block: Float64Array, start: number, step: number): void {
  const i1 = start + step;
  const i2 = i1 + step;
  const i3 = i2 + step;
  const i4 = i3 + step;
  const i5 = i4 + step;
  const i6 = i5 + step;
  const i7 = i6 + step;
  const s0 = (block[start] as number) * C4;
  const s1 = block[i1] as number;
  const s2 = block[i2] as number;
  const s3 = block[i3] as number;
  const s4 = (block[i4] as number) * C4;
  const s5 = block[i5] as number;
  const s6 = block[i6] as number;
  const s7 = block[i7] as number;
  const sum = s0 + s4;
  const difference = s0 - s4;
  const outer = s2 * C2 + s6 * C6;
  const inner = s2 * C6 - s6 * C2;
  const even0 = sum + outer;
  const even1 = difference + inner;
  const even2 = difference - inner;
  const even3 = sum - outer;
  const odd0 = s1 * C1 + s3 * C3 + s5 * C5 + s7 * C7;
  const odd1 = s1 * C3 - s3 * C7 - s5 * C1 - s7 * C5;
  const odd2 = s1 * C5 - s3 * C1 + s5 * C7 + s7 * C3;
  const odd3 = s1 * C7 - s3 * C5 + s5 * C3 - s7 * C1;
  block[start] = even0 + odd0;
  block[i1] = even1 + odd1;
  block[i2] = even2 + odd2;
  block[i3] = even3 + odd3;
  block[i4] = even3 - odd3;
  block[i5] = even2 - odd2;
  block[i6] = even1 - odd1;
  block[i7] = even0 - odd0;
}
