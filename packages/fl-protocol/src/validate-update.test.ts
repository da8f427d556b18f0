import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collectParameters } from "./collect-parameters.js";
import { fingerprintOf } from "./fingerprint.js";
import { areFinite } from "./finite.js";
import { encodeBfloat16, encodeFloat16 } from "./half.js";
import type { FitReply } from "./message.js";
import { sourceOf } from "./source-of.js";
import { assertSameStructure } from "./structure.js";
import { type Dtype, type ModelParameters, type NamedTensor, specsOf } from "./tensor.js";
import { everyTensor, tensorOf } from "./testing/sample-messages.js";
import { l2NormOf } from "./update-norm.js";
import { assertFinite, assertNumExamples, assertUpdate, checkedSource } from "./validate-update.js";

const FLOATING = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"] as const;

/** A tensor of one dimension (of pairs for complex ones) that holds these numbers. */
function holding(dtype: (typeof FLOATING)[number], numbers: readonly number[]): NamedTensor {
  const isComplex = dtype.startsWith("complex");
  const shape = [numbers.length / (isComplex ? 2 : 1)];
  const floats = Float32Array.from(numbers);
  const data = {
    float16: () => encodeFloat16(floats),
    bfloat16: () => encodeBfloat16(floats),
    float32: () => floats,
    complex64: () => floats,
    float64: () => Float64Array.from(numbers),
    complex128: () => Float64Array.from(numbers),
  }[dtype]();
  return { name: "w", dtype, shape, data } as NamedTensor;
}

const bytesOf = ({ data }: NamedTensor) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe("structure", () => {
  const specs = specsOf(everyTensor(["float32", "int64"]));

  it("is the same for specs and for parameters", () => {
    assertSameStructure(everyTensor(["float32", "int64"]), specs);
    assertSameStructure([], []);
  });

  const changed = (change: object) => specs.with(3, { ...specs[3]!, ...change });
  it.each<readonly [string, readonly (typeof specs)[number][], RegExp]>([
    ["a name", changed({ name: "x" }), /tensor 3, "float32\/2x3x5 ü": its name is "x"/],
    [
      "a shape",
      changed({ shape: [2, 5, 3] }),
      /tensor 3.*float32 \[2, 5, 3\], float32 \[2, 3, 5\]/,
    ],
    ["a dimension", changed({ shape: [1, 2, 3, 5] }), /tensor 3/],
    ["a dtype", changed({ dtype: "float16" }), /tensor 3.*float16 \[2, 3, 5\], float32/],
    ["a tensor more", [...specs, specs[0]!], /13 tensors, 12 expected/],
    ["a tensor less", specs.slice(1), /11 tensors, 12 expected/],
  ])("differs by %s, and it is told where", (_what, other, message) => {
    const where = { clientId: "site-1", round: 3 };
    expect(() => assertSameStructure(other, specs, where)).toThrow(
      expect.objectContaining({
        code: "SHAPE_MISMATCH",
        message: expect.stringMatching(message),
        ...where,
      }),
    );
  });

  it("is compared without names for a wire that has none", () => {
    assertSameStructure(changed({ name: "x" }), specs, { ignoreNames: true });
    const other = changed({ shape: [2, 5, 3] });
    expect(() => assertSameStructure(other, specs, { ignoreNames: true })).toThrow("tensor 3");
  });
});

describe("numbers", () => {
  const LARGEST: Readonly<Record<string, number>> = {
    float16: 65504,
    bfloat16: 3.3895313892515355e38,
    float32: 3.4028234663852886e38,
    complex64: 3.4028234663852886e38,
  };

  it.each(FLOATING)("of %s are found not to be finite, wherever they stand", (dtype) => {
    const most = LARGEST[dtype] ?? Number.MAX_VALUE;
    const ends = [0, -0, 1, -1, most, -most, Number.MIN_VALUE, 2 ** -14];
    for (let length = 2; length <= 14; length += dtype.startsWith("complex") ? 2 : 1) {
      const numbers = Array.from({ length }, (_, i) => ends[i % ends.length]!);
      expect(areFinite(bytesOf(holding(dtype, numbers)), dtype)).toBe(true);
      for (let i = 0; i < length; i++) {
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const tensor = holding(dtype, numbers.with(i, value));
          expect(areFinite(bytesOf(tensor), dtype)).toBe(false);
          expect(() => assertFinite([tensor], { clientId: "a" })).toThrow(
            expect.objectContaining({ code: "NOT_FINITE", clientId: "a" }),
          );
        }
      }
    }
  });

  it("are looked at one by one, whatever the bits and the alignment", () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 80 });
    fc.assert(
      fc.property(bytes, fc.nat({ max: 7 }), (own, shift) => {
        const length = own.length - (own.length % 8);
        const aligned = new Uint8Array(own.subarray(0, length));
        const shifted = Buffer.alloc(length + shift).subarray(shift);
        shifted.set(aligned);
        const floats = [...new Float32Array(aligned.buffer)].every(Number.isFinite);
        const doubles = [...new Float64Array(aligned.buffer)].every(Number.isFinite);
        const halves = [...new Uint16Array(aligned.buffer)].every((h) => (h & 0x7c00) !== 0x7c00);
        const brains = [...new Uint16Array(aligned.buffer)].every((h) => (h & 0x7f80) !== 0x7f80);
        expect(areFinite(shifted, "float32")).toBe(floats);
        expect(areFinite(shifted, "complex64")).toBe(floats);
        expect(areFinite(shifted, "float64")).toBe(doubles);
        expect(areFinite(shifted, "float16")).toBe(halves);
        expect(areFinite(shifted, "bfloat16")).toBe(brains);
      }),
      { numRuns: 500 },
    );
  });

  it("that are integers are finite", () => {
    const ones = new Uint8Array(16).fill(0xff);
    for (const dtype of ["uint8", "int16", "int32", "int64", "uint64"] as const) {
      expect(areFinite(ones, dtype)).toBe(true);
    }
  });
});

describe("the norm of an update", () => {
  it.each(FLOATING)("is that of the differences, for %s", (dtype) => {
    const [update, reference] = [holding(dtype, [4, -2, 6, 1]), holding(dtype, [1, 2, 6, 1])];
    expect(l2NormOf([update], [reference])).toBe(5);
    expect(l2NormOf([holding(dtype, [3, 4])])).toBe(5);
  });

  it("is over all tensors, without integers and bools", () => {
    const count = (value: bigint): NamedTensor => {
      return { name: "n", dtype: "int64", shape: [], data: BigInt64Array.of(value) };
    };
    const norm = l2NormOf(
      [holding("float32", [3]), count(1000n), holding("float64", [4])],
      [holding("float32", [0]), count(1n), holding("float64", [0])],
    );
    expect(norm).toBe(5);
    expect(l2NormOf([])).toBe(0);
  });

  it("is summed up in float64", () => {
    // In float32 the sum would stay at 2^24.
    const many = holding("float32", new Array(2 ** 24 + 2 ** 20).fill(1));
    expect(l2NormOf([many])).toBe(Math.sqrt(2 ** 24 + 2 ** 20));
  });

  it("is only that of tensors which match", () => {
    expect(() => l2NormOf([holding("float32", [1])], [holding("float32", [1, 2])])).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
  });
});

describe("an update", () => {
  const reference = [holding("float32", [0, 0])];
  const rules = { specs: specsOf(reference), reference, clientId: "site-1", round: 2 };
  const reply = (numbers: readonly number[], numExamples = 10): FitReply<ModelParameters> => ({
    kind: "fit",
    parameters: [holding("float32", numbers)],
    numExamples,
    metrics: {},
  });

  it("is taken as agreed", () => {
    assertUpdate(reply([3, 4]), { ...rules, maxNorm: 5, maxNumExamples: 10 });
    assertUpdate(reply([1e30, 4], 0), rules);
  });

  it.each([
    ["a norm that is too large", reply([3, 4.001]), { maxNorm: 5 }, "UPDATE_REFUSED"],
    ["too many examples", reply([3, 4], 11), { maxNumExamples: 10 }, "UPDATE_REFUSED"],
    ["a negative number of examples", reply([3, 4], -1), {}, "UPDATE_REFUSED"],
    ["half an example", reply([3, 4], 0.5), {}, "UPDATE_REFUSED"],
    ["no number of examples", reply([3, 4], Number.NaN), {}, "UPDATE_REFUSED"],
    ["more examples than can be counted", reply([3, 4], 2 ** 53), {}, "UPDATE_REFUSED"],
    ["NaN", reply([3, Number.NaN]), { maxNorm: 5 }, "NOT_FINITE"],
    ["another shape", reply([3, 4, 5]), {}, "SHAPE_MISMATCH"],
  ] as const)("is refused with %s", (_what, own, more, code) => {
    expect(() => assertUpdate(own, { ...rules, ...more })).toThrow(
      expect.objectContaining({ code, clientId: "site-1", round: 2 }),
    );
  });

  it("has a number of examples that can be checked alone", () => {
    assertNumExamples(0);
    expect(() => assertNumExamples(-1, { round: 1 })).toThrow(
      expect.objectContaining({ code: "UPDATE_REFUSED", round: 1 }),
    );
  });
});

describe("a source that is checked", () => {
  const finite = everyTensor(["bool", "int32"]);
  const weights = tensorOf({ name: "w", dtype: "float32", shape: [600_000] });
  const clean = (weights.data as Float32Array).map((value) => (Number.isFinite(value) ? value : 0));
  const model: ModelParameters = [
    ...finite,
    { name: "w", dtype: "float32", shape: [600_000], data: clean },
  ];
  const expected = { specs: specsOf(model), clientId: "site-1", round: 2 };

  it("gives what is as it should be", async () => {
    const read = await collectParameters(checkedSource(sourceOf(model), expected));
    expect(fingerprintOf(read)).toBe(fingerprintOf(model));
  });

  it("refuses another structure before it is read", () => {
    expect(() => checkedSource(sourceOf(model.slice(1)), expected)).toThrow(
      expect.objectContaining({ code: "SHAPE_MISMATCH", clientId: "site-1", round: 2 }),
    );
  });

  it("has the names that were agreed on", async () => {
    const unnamed = model.map((tensor, i) => ({ ...tensor, name: String(i) }));
    const options = { ...expected, ignoreNames: true };
    const read = await collectParameters(checkedSource(sourceOf(unnamed), options));
    expect(fingerprintOf(read)).toBe(fingerprintOf(model));
    expect(() => checkedSource(sourceOf(unnamed), expected)).toThrow("its name is");
  });

  it("refuses the piece that holds a number which is not finite, and gives those before", async () => {
    const data = clean.slice();
    data[400_000] = Number.NaN;
    const source = checkedSource(
      sourceOf([...finite, { name: "w", dtype: "float32", shape: [600_000], data }]),
      expected,
    );
    let given = 0;
    const read = async () => {
      for await (const { tensorIndex, bytes } of source.chunks()) {
        if (tensorIndex === finite.length) given += bytes.length / 4;
      }
    };
    await expect(read()).rejects.toMatchObject({
      code: "NOT_FINITE",
      clientId: "site-1",
      round: 2,
    });
    expect(given).toBeGreaterThan(0);
    expect(given).toBeLessThanOrEqual(400_000);
  });

  it.each([
    ["pieces that are missing", "BAD_MESSAGE", 0],
    ["a bool that is none", "BAD_TENSOR", 7],
  ])("refuses %s", async (_what, code, bool) => {
    const specs = [{ name: "b", dtype: "bool", shape: [2] }] as const;
    const own = {
      specs,
      chunks: async function* () {
        const bytes = Uint8Array.of(bool, 0);
        yield { tensorIndex: 0, byteOffset: 0, bytes: bool === 0 ? bytes.subarray(1) : bytes };
      },
    };
    const read = async () => {
      for await (const _ of checkedSource(own, { specs, round: 4 }).chunks());
    };
    await expect(read()).rejects.toMatchObject({ code, round: 4 });
  });

  it("ends the source when it refuses", async () => {
    let hasEnded = false;
    const specs = [{ name: "w", dtype: "float32" as Dtype, shape: [4] }];
    const own = {
      specs,
      chunks: async function* () {
        try {
          const bytes = new Uint8Array(16).fill(0xff);
          yield { tensorIndex: 0, byteOffset: 0, bytes };
          expect.fail("it was read further");
        } finally {
          hasEnded = true;
        }
      },
    };
    await expect(collectParameters(checkedSource(own, { specs }))).rejects.toThrow("not finite");
    expect(hasEnded).toBe(true);
  });
});
