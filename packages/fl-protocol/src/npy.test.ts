import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeNpy, encodeNpy } from "./npy.js";
import { npyHeader, readNpyHeader } from "./npy-header.js";
import { limitsOf } from "./resolve-limits.js";
import {
  BYTES_PER_ELEMENT,
  byteLengthOf,
  type Dtype,
  type NamedTensor,
  type TensorSpec,
} from "./tensor.js";
import { tensorOfBytes } from "./tensor-bytes.js";
import { tensorOf } from "./testing/sample-messages.js";

const DTYPES = (Object.keys(BYTES_PER_ELEMENT) as Dtype[]).filter((dtype) => dtype !== "bfloat16");

const specs: fc.Arbitrary<TensorSpec> = fc.record({
  name: fc.string(),
  dtype: fc.constantFrom(...DTYPES),
  shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }),
});

/** A file with this dictionary. */
function fileOf(dictionary: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const text = `${dictionary}\n`;
  const prefix = version === 1 ? [text.length & 255, text.length >> 8] : [text.length, 0, 0, 0];
  const head = [0x93, ...Buffer.from("NUMPY"), version, 0, ...prefix];
  return new Uint8Array(Buffer.concat([Buffer.from(head), Buffer.from(text, "latin1"), data]));
}

const dictionaryOf = (descr: string, shape: string, order = "False") =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe("npy", () => {
  it("is written as numpy writes it", () => {
    // np.save of np.arange(3, dtype=np.float32), numpy 2.4.6.
    const expected =
      "\x93NUMPY\x01\0\x76\0{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }" +
      `${" ".repeat(60)}\n\0\0\0\0\0\0\x80\x3f\0\0\0\x40`;
    const data = Float32Array.of(0, 1, 2);
    const bytes = encodeNpy({ name: "x", dtype: "float32", shape: [3], data });
    expect(Buffer.from(bytes).toString("latin1")).toBe(expected);
  });

  it("gives back what was written", () => {
    fc.assert(
      fc.property(specs, fc.integer(), (spec, seed) => {
        const tensor = tensorOf(spec, seed);
        const bytes = encodeNpy(tensor);
        expect(npyHeader(spec).length % 64).toBe(0);
        expect(decodeNpy(bytes, { name: spec.name })).toEqual(tensor);
      }),
    );
  });

  it("has a header of version 2 for a shape that needs it", () => {
    const tensor = tensorOf({ name: "x", dtype: "int16", shape: new Array(30_000).fill(1) });
    const bytes = encodeNpy(tensor);
    expect(bytes[6]).toBe(2);
    expect(decodeNpy(bytes, { name: "x", limits: { maxDimensions: 30_000 } })).toEqual(tensor);
    expect(() => decodeNpy(bytes)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });

  it("is viewed where it is aligned, and copied where not", () => {
    const bytes = encodeNpy(tensorOf({ name: "", dtype: "float64", shape: [4] }));
    expect(decodeNpy(bytes).data.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const copied = decodeNpy(shifted.subarray(1));
    expect(copied.data.buffer).not.toBe(shifted.buffer);
    expect(copied).toEqual(decodeNpy(bytes));
  });

  it("is read in either order of bytes, of each part of a complex number", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const little = encodeNpy(tensorOf(spec));
        const big = new Uint8Array(little);
        const start = npyHeader(spec).length;
        const quote = Buffer.from(big).indexOf("'descr': '") + 10;
        if (big[quote] === 0x7c) return;
        big[quote] = 0x3e;
        const isComplex = spec.dtype.startsWith("complex");
        const size = BYTES_PER_ELEMENT[spec.dtype] / (isComplex ? 2 : 1);
        for (let at = start; at < big.length; at += size) big.subarray(at, at + size).reverse();
        expect(decodeNpy(big, { name: spec.name })).toEqual(tensorOf(spec));
      }),
    );
  });

  it("is read in either order of dimensions", () => {
    // np.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies in memory as 1 4 2 5 3 6.
    const bytes = fileOf(dictionaryOf("'|u1'", "(2, 3)", "True"), Uint8Array.of(1, 4, 2, 5, 3, 6));
    expect(decodeNpy(bytes).data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });

  it("is transposed as its indices say, whatever the shape", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }),
        fc.constantFrom<Dtype>("uint8", "float32", "complex128"),
        (shape, dtype) => {
          const tensor = tensorOf({ name: "", dtype, shape });
          const size = BYTES_PER_ELEMENT[dtype];
          const rows = new Uint8Array(tensor.data.buffer);
          const columns = new Uint8Array(rows.length);
          for (let i = 0; i < rows.length / size; i++) {
            // The index of element i in row-major order, and where that is in column-major order.
            let [rest, at, stride] = [i, 0, 1];
            const index = shape.map(() => 0);
            for (let d = shape.length - 1; d >= 0; d--) {
              index[d] = rest % shape[d]!;
              rest = Math.floor(rest / shape[d]!);
            }
            for (const [d, length] of shape.entries()) {
              at += index[d]! * stride;
              stride *= length;
            }
            columns.set(rows.subarray(i * size, (i + 1) * size), at * size);
          }
          const header = Buffer.from(npyHeader({ name: "", dtype, shape })).toString("latin1");
          const text = header.slice(10).replace("False", "True").trimEnd();
          expect(decodeNpy(fileOf(text, columns))).toEqual(tensor);
        },
      ),
    );
  });

  it.each([
    ["Python 2's sizes", dictionaryOf("'<i4'", "(2L, 1L)")],
    [
      "double quotes, another order and no comma",
      '{"shape":(2,1),"fortran_order":True,"descr":"<i4"}',
    ],
    [
      "space where Python allows it",
      `{ 'descr' :\t'<i4', 'fortran_order':False ,'shape':( 2 , 1 , )}  `,
    ],
  ])("is read with %s", (_what, dictionary) => {
    for (const version of [1, 2, 3]) {
      const tensor = decodeNpy(fileOf(dictionary, new Uint8Array(8), version));
      expect(tensor).toMatchObject({ dtype: "int32", shape: [2, 1] });
    }
  });

  it.each<readonly [string, string, RegExp]>([
    ["Python objects", dictionaryOf("'|O'", "(1,)"), /Python objects are not read/],
    ["fields", dictionaryOf("[('a', '<f4'), ('b', '<i4')]", "(1,)"), /with fields/],
    ["texts", dictionaryOf("'<U3'", "(1,)"), /"<U3" are not supported/],
    ["bytes", dictionaryOf("'|S3'", "(1,)"), /"\|S3" are not supported/],
    ["dates", dictionaryOf("'<M8[ns]'", "(1,)"), /not supported/],
    ["long doubles", dictionaryOf("'<f16'", "(1,)"), /not supported/],
    ["bfloat16, as numpy writes it", dictionaryOf("'<V2'", "(1,)"), /bfloat16/],
    ["a type without an order", dictionaryOf("'f4'", "(1,)"), /not supported/],
    ["an order that depends on the machine", dictionaryOf("'=f4'", "(1,)"), /not supported/],
    ["no type", dictionaryOf("''", "(1,)"), /not supported/],
    ["no dictionary", "[1, 2]", /not a dictionary/],
    ["a call", dictionaryOf("'<f4'", "tuple([1])"), /not a dictionary/],
    ["an escape", dictionaryOf("'\\x3cf4'", "(1,)"), /not a dictionary/],
    ["two shapes", "{'descr':'<f4','fortran_order':False,'shape':(1,),'shape':(2,)}", /not a dict/],
    [
      "an entry too many",
      "{'descr':'<f4','fortran_order':False,'shape':(1,),'x':1}",
      /other entries/,
    ],
    ["an entry too few", "{'descr':'<f4','shape':(1,)}", /other entries/],
    ["a number for True", dictionaryOf("'<f4'", "(1,)", "1"), /neither True nor False/],
    ["a shape that is a number in brackets", dictionaryOf("'<f4'", "(1)"), /not a dictionary/],
    ["a negative size", dictionaryOf("'<f4'", "(-1,)"), /not a dictionary/],
    ["a size that is no integer", dictionaryOf("'<f4'", "(1.5,)"), /not a dictionary/],
    ["a size that is a bool", dictionaryOf("'<f4'", "(True,)"), /not a tuple/],
    ["a size beyond 2^53", dictionaryOf("'<f4'", "(9007199254740993,)"), /not an integer/],
    ["something after it", `${dictionaryOf("'<f4'", "(1,)")} 1`, /not a dictionary/],
    ["letters of other alphabets", dictionaryOf("'<f4ä'", "(1,)"), /not a dictionary/],
    [
      "lists in lists",
      dictionaryOf(`${"[".repeat(5000)}${"]".repeat(5000)}`, "(1,)"),
      /not a dict/,
    ],
  ])("is refused with %s", (_what, dictionary, message) => {
    const file = fileOf(dictionary, new Uint8Array(4));
    expect(() => decodeNpy(file, { name: "w" })).toThrow(
      expect.objectContaining({ code: "BAD_TENSOR", message: expect.stringMatching(message) }),
    );
    expect(() => decodeNpy(file, { name: "w" })).toThrow(/"w"/);
  });

  it.each<readonly [string, string, string]>([
    ["more bytes than allowed", "(1000, 1000, 1000)", "LIMIT_EXCEEDED"],
    [
      "more elements than there are numbers",
      `(${"9007199254740991, ".repeat(30)})`,
      "LIMIT_EXCEEDED",
    ],
    ["impossible sizes beside a zero", `(${"9007199254740991, ".repeat(30)}0)`, "LIMIT_EXCEEDED"],
    [
      "two impossible sizes beside a zero",
      "(9007199254740991, 9007199254740991, 0)",
      "LIMIT_EXCEEDED",
    ],
    ["more dimensions than allowed", `(${"1, ".repeat(33)})`, "LIMIT_EXCEEDED"],
    ["more than is there", "(1000,)", "BAD_TENSOR"],
  ])("is refused with %s, before memory is taken", (_what, shape, code) => {
    const file = fileOf(dictionaryOf("'<f4'", shape), new Uint8Array(4));
    const limits = { maxMessageBytes: 2 ** 30 };
    expect(() => decodeNpy(file, { limits })).toThrow(expect.objectContaining({ code }));
  });

  it("is refused when it is cut, at any byte, or goes on", () => {
    const file = encodeNpy(tensorOf({ name: "", dtype: "float32", shape: [2] }));
    const bad = expect.objectContaining({ code: "BAD_TENSOR" });
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeNpy(file.subarray(0, length))).toThrow(bad);
      const isWhole = length >= 128;
      expect(readNpyHeader(file.subarray(0, length), "", limitsOf()) !== undefined).toBe(isWhole);
    }
    expect(() => decodeNpy(Buffer.concat([file, new Uint8Array(1)]))).toThrow(bad);
  });

  it("is read or refused, whatever byte is changed", () => {
    const file = encodeNpy(tensorOf({ name: "", dtype: "float32", shape: [2, 3] }));
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = new Uint8Array(file);
        changed[at] = byte;
        try {
          const tensor = decodeNpy(changed);
          expect(tensor.data.byteLength).toBe(byteLengthOf(tensor));
        } catch (error) {
          expect(error).toMatchObject({ name: "FlError" });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["another magic", [0x92, 0x4e]],
    ["a version of the future", [0x93, ...Buffer.from("NUMPY"), 4, 0, 0, 0]],
    ["version 0", [0x93, ...Buffer.from("NUMPY"), 0, 0, 0, 0]],
    ["a minor version", [0x93, ...Buffer.from("NUMPY"), 1, 1, 0, 0]],
  ])("is refused with %s", (_what, bytes) => {
    const bad = expect.objectContaining({ code: "BAD_TENSOR" });
    expect(() => readNpyHeader(Uint8Array.from(bytes), "", limitsOf())).toThrow(bad);
  });

  it("is refused with a header that is too long, before it arrives", () => {
    const start = Uint8Array.from([0x93, ...Buffer.from("NUMPY"), 2, 0, 0xff, 0xff, 0xff, 0xff]);
    const refused = expect.objectContaining({ code: "LIMIT_EXCEEDED" });
    expect(() => readNpyHeader(start, "", limitsOf())).toThrow(refused);
  });

  it("has no bfloat16", () => {
    const tensor = tensorOf({ name: "w", dtype: "bfloat16", shape: [1] });
    const bad = { code: "BAD_TENSOR", message: expect.stringContaining("npy has no bfloat16") };
    expect(() => encodeNpy(tensor)).toThrow(expect.objectContaining(bad));
  });

  it("is refused with a bool that is neither 0 nor 1", () => {
    const file = fileOf(dictionaryOf("'|b1'", "(3,)"), Uint8Array.of(0, 1, 2));
    expect(() => decodeNpy(file)).toThrow(expect.objectContaining({ code: "BAD_TENSOR" }));
  });

  it("is not written of data that is not of its dtype or shape", () => {
    const data = Float32Array.of(1, 2);
    const wrong = { name: "w", dtype: "int32", shape: [2], data } as unknown as NamedTensor;
    expect(() => encodeNpy(wrong)).toThrow(TypeError);
    expect(() => encodeNpy({ name: "w", dtype: "float32", shape: [3], data })).toThrow(RangeError);
    const spec = { name: "w", dtype: "float32", shape: [3] } as const;
    expect(() => tensorOfBytes(spec, new Uint8Array(8))).toThrow(RangeError);
  });
});
