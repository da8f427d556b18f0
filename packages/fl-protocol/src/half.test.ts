import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from "./half.js";

const EVERY = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);

/** The value of a float16 by its definition. */
function definition(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const one = (encode: (values: Float32Array) => Uint16Array, value: number) =>
  encode(Float32Array.of(value))[0]!;

const finiteFloats = fc.float({ noNaN: true, noDefaultInfinity: true });

describe("float16", () => {
  it("has the value of its definition, for all bits", () => {
    const values = decodeFloat16(EVERY);
    expect([...EVERY].filter((bits) => !Object.is(values[bits], definition(bits)))).toEqual([]);
  });

  it("is the same after it was a float32, for all bits", () => {
    const back = encodeFloat16(decodeFloat16(EVERY));
    const isSame = (bits: number) =>
      Number.isNaN(definition(bits)) ? Number.isNaN(definition(back[bits]!)) : back[bits] === bits;
    expect([...EVERY].filter((bits) => !isSame(bits))).toEqual([]);
  });

  it("is rounded half way to the even one, for all neighbours", () => {
    const wrong: number[] = [];
    // Up to the largest finite one, 65504; beyond it, as if there were 65536.
    for (let bits = 0; bits < 0x7c00; bits++) {
      const low = definition(bits);
      const high = bits === 0x7bff ? 65536 : definition(bits + 1);
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const step = Math.max(middle * 2 ** -23, 2 ** -149);
      const around = Float32Array.of(middle, -middle, middle - step, middle + step);
      const rounded = [...encodeFloat16(around)];
      if (rounded.join() !== [even, even | 0x8000, bits, bits + 1].join()) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });

  it("is no further from a float32 than any other", () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const bits = one(encodeFloat16, value);
        const distance = Math.abs(definition(bits) - value);
        for (const other of [bits - 1, bits + 1]) {
          const there = Math.abs(definition(other & 0xffff) - value);
          if (!Number.isNaN(there)) expect(distance).toBeLessThanOrEqual(there);
        }
      }),
    );
  });
});

describe("bfloat16", () => {
  it("is the upper half of a float32", () => {
    expect([...decodeBfloat16(Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x8000))]).toEqual([
      1,
      -3,
      Number.POSITIVE_INFINITY,
      -0,
    ]);
    const back = encodeBfloat16(decodeBfloat16(EVERY));
    const isSame = (bits: number) =>
      (bits & 0x7fff) > 0x7f80 ? (back[bits]! & 0x7fff) > 0x7f80 : back[bits] === bits;
    expect([...EVERY].filter((bits) => !isSame(bits))).toEqual([]);
  });

  it("is rounded to the nearest, and half way to the even one", () => {
    fc.assert(
      fc.property(finiteFloats, (value) => {
        const word = new Uint32Array(Float32Array.of(value).buffer)[0]!;
        const low = word >>> 16;
        const rest = word & 0xffff;
        const isUp = rest > 0x8000 || (rest === 0x8000 && low % 2 === 1);
        expect(one(encodeBfloat16, value)).toBe(isUp ? low + 1 : low);
      }),
    );
    expect(one(encodeBfloat16, 1 + 2 ** -8)).toBe(0x3f80);
    expect(one(encodeBfloat16, 1 + 3 * 2 ** -8)).toBe(0x3f82);
    expect(one(encodeBfloat16, -3.4028234663852886e38)).toBe(0xff80);
  });

  it("keeps a NaN whose upper half alone would be infinity", () => {
    const nan = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer);
    expect([...decodeBfloat16(encodeBfloat16(nan))]).toEqual([Number.NaN, Number.NaN]);
    expect([...decodeFloat16(encodeFloat16(nan))]).toEqual([Number.NaN, Number.NaN]);
  });
});
