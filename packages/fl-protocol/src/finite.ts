/**
 * Whether numbers are finite, by their bits: as many at once as 32 bits hold, without a branch for each.
 *
 * @module
 */
import type { Dtype } from "./tensor.js";

/**
 * Per 32 bits: where the exponents are, and one in the lowest bit of each. An exponent of ones, which infinity and NaN
 * have, is the only one that this makes flow over, into the bit of the sign.
 */
interface Pattern {
  readonly mask: number;
  readonly one: number;
  readonly overflow: number;
  /** Whether there is an exponent only in every second word, as a float64 has it in its upper one. */
  readonly isDouble: boolean;
}

const pattern = (mask: number, one: number, overflow: number, isDouble = false): Pattern => {
  return { mask, one, overflow, isDouble };
};

const FLOAT16 = pattern(0x7c007c00, 0x04000400, 0x80008000);
const BFLOAT16 = pattern(0x7f807f80, 0x00800080, 0x80008000);
const FLOAT32 = pattern(0x7f800000, 0x00800000, 0x80000000);
const FLOAT64 = pattern(0x7ff00000, 0x00100000, 0x80000000, true);

const PATTERNS: Readonly<Partial<Record<Dtype, Pattern>>> = {
  float16: FLOAT16,
  bfloat16: BFLOAT16,
  float32: FLOAT32,
  float64: FLOAT64,
  complex64: FLOAT32,
  complex128: FLOAT64,
};

/**
 * What is looked at, or copied where it isn't aligned, at once: a multiple of every element. Also, a function that is
 * called often is compiled better than one that is called once with much to do.
 */
const BLOCK_BYTES = 2 ** 16;

/** Whether the numbers of a dtype can be other than finite. */
export function isFloating(dtype: Dtype): boolean {
  return PATTERNS[dtype] !== undefined;
}

/** Whether all are finite. Integers are. `bytes` are whole elements, and needn't be aligned. */
export function areFinite(bytes: Uint8Array, dtype: Dtype): boolean {
  const own = PATTERNS[dtype];
  if (own === undefined) return true;
  const copy = bytes.byteOffset % 4 === 0 ? undefined : new Uint8Array(BLOCK_BYTES);
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    let block = bytes.subarray(at, at + BLOCK_BYTES);
    if (copy !== undefined) {
      copy.set(block);
      block = copy.subarray(0, block.length);
    }
    if (!areAlignedFinite(block, own)) return false;
  }
  return true;
}

function areAlignedFinite(
  { buffer, byteOffset, byteLength }: Uint8Array,
  { mask, one, overflow, isDouble }: Pattern,
): boolean {
  const words = new Int32Array(buffer, byteOffset, byteLength >>> 2);
  const evenMask = isDouble ? 0 : mask;
  const evenOne = isDouble ? 0 : one;
  // In turn into several: none waits for the one before.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < words.length; i += 4) {
    a |= ((words[i]! & evenMask) + evenOne) | 0;
    b |= ((words[i + 1]! & mask) + one) | 0;
    c |= ((words[i + 2]! & evenMask) + evenOne) | 0;
    d |= ((words[i + 3]! & mask) + one) | 0;
  }
  for (; i < words.length; i++) {
    if (!isDouble || i % 2 === 1) a |= ((words[i]! & mask) + one) | 0;
  }
  if (byteLength % 4 !== 0) {
    // The last of an odd number of 16 bits.
    const last = new DataView(buffer, byteOffset).getUint16(byteLength - 2, true);
    b |= (last & mask) + (one & 0xffff);
  }
  return ((a | b | c | d) & overflow) === 0;
}
