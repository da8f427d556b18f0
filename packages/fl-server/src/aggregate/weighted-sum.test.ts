import {
  checkedSource,
  type Dtype,
  encodeBfloat16,
  encodeFloat16,
  type NamedTensor,
  sourceOf,
  specsOf,
} from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { layoutOf } from "./layout.js";
import { createSpool } from "./spool.js";
import { createWeightedSum } from "./weighted-sum.js";

async function meanOf(
  tensors: readonly NamedTensor[],
  weights: readonly number[],
  segmentBytes = 64,
): Promise<NamedTensor> {
  const layout = layoutOf(specsOf([tensors[0]!]), segmentBytes);
  const spool = createSpool();
  const sum = createWeightedSum(layout);
  for (const [i, tensor] of tensors.entries()) {
    const update = await spool.receive(checkedSource(sourceOf([tensor]), layout), layout);
    await sum.add(update, weights[i]!);
    update.release();
  }
  return sum.mean()[0]!;
}

const of = (dtype: Dtype, data: unknown, shape = [(data as Uint8Array).length]) =>
  ({ name: "w", dtype, shape, data }) as NamedTensor;

describe("a weighted mean", () => {
  it("equals a direct computation in float64, to the bit, over many segments", async () => {
    const count = 1001;
    const clients = [3, 1, 8].map((seed) =>
      Float32Array.from({ length: count }, (_, i) =>
        Math.fround(Math.sin(seed * i) * 10 ** (i % 9)),
      ),
    );
    const weights = [17, 5, 31];
    const mean = await meanOf(
      clients.map((data) => of("float32", data)),
      weights,
    );
    const direct = Float32Array.from({ length: count }, (_, i) => {
      let sum = 0;
      for (const [k, data] of clients.entries()) sum += weights[k]! * data[i]!;
      return sum / 53;
    });
    expect(mean.data).toEqual(direct);
  });

  it("sums in float64: what float32 would lose is there", async () => {
    const mean = await meanOf(
      [
        of("float32", Float32Array.of(2 ** 24)),
        of("float32", Float32Array.of(1)),
        of("float32", Float32Array.of(-(2 ** 24))),
      ],
      [1, 1, 1],
    );
    expect(mean.data[0]).toBe(Math.fround(1 / 3));
  });

  it.each([
    ["int8", Int8Array.of(-3, 1, 100), Int8Array.of(-4, 2, 101), [-4, 2, 100]],
    ["uint8", Uint8Array.of(3, 1, 250), Uint8Array.of(4, 2, 255), [4, 2, 252]],
    ["int16", Int16Array.of(-3), Int16Array.of(-4), [-4]],
    ["uint16", Uint16Array.of(3), Uint16Array.of(4), [4]],
    ["int32", Int32Array.of(-(2 ** 31)), Int32Array.of(-(2 ** 31)), [-(2 ** 31)]],
    ["uint32", Uint32Array.of(2 ** 32 - 1), Uint32Array.of(2 ** 32 - 1), [2 ** 32 - 1]],
    ["bool", Uint8Array.of(1, 0, 1), Uint8Array.of(1, 1, 0), [1, 0, 0]],
  ] as const)(
    "rounds %s to the nearest, and to the even one between two",
    async (dtype, a, b, expected) => {
      const mean = await meanOf([of(dtype, a), of(dtype, b)], [1, 1]);
      expect(mean.dtype).toBe(dtype);
      expect([...mean.data].map(Number)).toEqual(expected);
    },
  );

  it("is exact for integers of 64 bits", async () => {
    const big = 2n ** 62n + 1n;
    const mean = await meanOf(
      [of("int64", BigInt64Array.of(big, -7n)), of("int64", BigInt64Array.of(big, -8n))],
      [5, 5],
    );
    expect([...mean.data]).toEqual([big, -8n]);
    const most = 2n ** 64n - 1n;
    const unsigned = await meanOf(
      [of("uint64", BigUint64Array.of(most)), of("uint64", BigUint64Array.of(most))],
      [1, 2],
    );
    expect([...unsigned.data]).toEqual([most]);
  });

  it("is a majority for bools", async () => {
    const mean = await meanOf([of("bool", Uint8Array.of(1)), of("bool", Uint8Array.of(0))], [3, 2]);
    expect([...mean.data]).toEqual([1]);
  });

  it("knows numbers of 16 bits, of 64, and complex ones", async () => {
    const half = await meanOf(
      [
        of("float16", encodeFloat16(Float32Array.of(1, -3))),
        of("float16", encodeFloat16(Float32Array.of(2, 3))),
      ],
      [1, 1],
    );
    expect(half.data).toEqual(encodeFloat16(Float32Array.of(1.5, 0)));
    const brain = await meanOf(
      [
        of("bfloat16", encodeBfloat16(Float32Array.of(1))),
        of("bfloat16", encodeBfloat16(Float32Array.of(2))),
      ],
      [1, 1],
    );
    expect(brain.data).toEqual(encodeBfloat16(Float32Array.of(1.5)));
    const double = await meanOf(
      [of("float64", Float64Array.of(1e-300)), of("float64", Float64Array.of(3e-300))],
      [1, 1],
    );
    expect(double.data[0]).toBe(2e-300);
    const complex = await meanOf(
      [of("complex64", Float32Array.of(1, 2), [1]), of("complex64", Float32Array.of(3, -2), [1])],
      [1, 3],
    );
    expect([...complex.data]).toEqual([2.5, -1]);
  });

  it("is of nobody if nobody has an example", async () => {
    await expect(meanOf([of("float32", Float32Array.of(1))], [0])).rejects.toMatchObject({
      code: "TOO_FEW_RESULTS",
    });
  });
});
