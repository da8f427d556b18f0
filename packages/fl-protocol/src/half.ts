/**
 * Numbers of 16 bits: IEEE 754 binary16, and bfloat16 (the upper half of a float32).
 *
 * @module
 */

/** The value of each float16. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const result = new Float32Array(halves.length);
  const bits = new Uint32Array(result.buffer);
  for (let i = 0; i < halves.length; i++) bits[i] = float32Bits(halves[i]!);
  return result;
}

/** The float16 nearest to each number, and of two the even one; infinity from 65520 on. A NaN stays one. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const result = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) result[i] = float16Bits(bits[i]!);
  return result;
}

/** The value of each bfloat16. */
export function decodeBfloat16(halves: Uint16Array): Float32Array {
  const result = new Float32Array(halves.length);
  const bits = new Uint32Array(result.buffer);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return result;
}

/** The bfloat16 nearest to each number, and of two the even one. A NaN stays one. */
export function encodeBfloat16(values: Float32Array): Uint16Array {
  const bits = bitsOf(values);
  const result = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    const isNotANumber = (word & 0x7fffffff) > 0x7f800000;
    // A NaN is made quiet: rounded, or cut, it could become infinity.
    result[i] = isNotANumber ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return result;
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

function float32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  // The bias is 127 in the place of 15.
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Below the smallest exponent: fraction · 2^-24, which a float32 holds with a leading 1.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

function float16Bits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  // 65520, half way from the largest float16 to what would be the next.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // 2^-14, the smallest with a leading 1. A carry out of the fraction raises the exponent, as it should.
  if (magnitude >= 0x38800000) {
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // 2^-25, half of the smallest, is as near to 0, which is even.
  if (magnitude <= 0x33000000) return sign;
  const exponent = magnitude >>> 23;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  // In units of 2^-24: fraction · 2^(exponent - 126), 14 to 24 bits to the right.
  const shift = 126 - exponent;
  const whole = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (whole + (rest > half || (rest === half && (whole & 1) === 1) ? 1 : 0));
}
