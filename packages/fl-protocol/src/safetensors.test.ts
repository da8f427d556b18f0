import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collectParameters } from "./collect-parameters.js";
import { readSafetensors, safetensorsSource, writeSafetensors } from "./safetensors.js";
import { safetensorsHeader } from "./safetensors-header.js";
import { BYTES_PER_ELEMENT, byteLengthOf, type Dtype, type ModelParameters } from "./tensor.js";
import { everyTensor, tensorOf } from "./testing/sample-messages.js";

const DTYPES = (Object.keys(BYTES_PER_ELEMENT) as Dtype[]).filter((d) => d !== "complex128");

const models: fc.Arbitrary<ModelParameters> = fc
  .uniqueArray(fc.string({ unit: "grapheme" }), { maxLength: 6 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .tuple(
            fc.constantFrom(...DTYPES),
            fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
          )
          .map(([dtype, shape]) => tensorOf({ name, dtype, shape })),
      ),
    ),
  );

/** A file with this header. */
function fileOf(header: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const json = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([prefix, json, data]));
}

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let [at, i] = [0, 0]; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.slice(at, at + size);
    at += size;
  }
}

const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

describe("safetensors", () => {
  it("is read as the original writes it", () => {
    // safetensors.numpy.save of safetensors 0.8.0: sorted by size of the elements, then by name.
    const text =
      '{"__metadata__":{"x":"y"},"10":{"dtype":"F64","shape":[],"data_offsets":[0,8]},' +
      '"b":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},"a":{"dtype":"I8","shape":[3],"data_offsets":[8,11]}}   ';
    const { parameters, metadata } = readSafetensors(
      fileOf(text, Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 1, 2, 0xff)),
    );
    expect(metadata).toEqual({ x: "y" });
    expect(parameters).toEqual([
      { name: "10", dtype: "float64", shape: [], data: Float64Array.of(1) },
      { name: "b", dtype: "float32", shape: [0], data: new Float32Array() },
      { name: "a", dtype: "int8", shape: [3], data: Int8Array.of(1, 2, -1) },
    ]);
  });

  it("gives back what was written, in its order", () => {
    fc.assert(
      fc.property(models, fc.dictionary(fc.string(), fc.string()), (parameters, metadata) => {
        const bytes = writeSafetensors(parameters, metadata);
        const file = readSafetensors(bytes);
        expect(file.parameters).toEqual(parameters);
        expect({ ...file.metadata }).toEqual({ ...metadata });
        const start = safetensorsHeader(parameters, metadata).length;
        expect(start % 8).toBe(0);
      }),
    );
  });

  it("is the same however it arrives", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(models, sizes, async (parameters, pieces) => {
        const bytes = writeSafetensors(parameters, { a: "b" });
        const source = await safetensorsSource(inPieces(bytes, pieces));
        expect({ ...source.metadata }).toEqual({ a: "b" });
        expect(await collectParameters(source)).toEqual(parameters);
      }),
    );
  });

  it("gives pieces of whole elements as they arrive, and none twice", async () => {
    const parameters = everyTensor(DTYPES);
    const bytes = writeSafetensors(parameters);
    const source = await safetensorsSource(inPieces(bytes, [7, 1, 30]));
    for await (const { tensorIndex, byteOffset, bytes: piece } of source.chunks()) {
      const { dtype } = source.specs[tensorIndex]!;
      expect(piece.length % BYTES_PER_ELEMENT[dtype]).toBe(0);
      expect(byteOffset % BYTES_PER_ELEMENT[dtype]).toBe(0);
      expect(piece.length).toBeGreaterThan(0);
    }
    expect(() => source.chunks()).toThrow("once only");
  });

  it("ends the stream when the file is refused, or not read to its end", async () => {
    let ends = 0;
    const watched = async function* (bytes: Uint8Array) {
      try {
        yield* inPieces(bytes, [50]);
      } finally {
        ends++;
      }
    };
    const bytes = writeSafetensors([tensorOf({ name: "a", dtype: "uint8", shape: [1000] })]);
    const source = await safetensorsSource(watched(bytes));
    expect(ends).toBe(0);
    for await (const _ of source.chunks()) break;
    expect(ends).toBe(1);
    await expect(safetensorsSource(watched(fileOf("[]")))).rejects.toThrow();
    expect(ends).toBe(2);
  });

  it("reads nothing of the tensors before they are asked for", async () => {
    let taken = 0;
    const counted = async function* (bytes: Uint8Array) {
      for await (const piece of inPieces(bytes, [64])) {
        taken += piece.length;
        yield piece;
      }
    };
    const bytes = writeSafetensors([tensorOf({ name: "a", dtype: "uint8", shape: [10_000] })]);
    const { specs } = await safetensorsSource(counted(bytes));
    expect(taken).toBeLessThan(200);
    expect(byteLengthOf(specs[0]!)).toBe(10_000);
  });

  it("is refused when it is cut, at any byte, or goes on", async () => {
    const bytes = writeSafetensors([
      tensorOf({ name: "a", dtype: "float32", shape: [2] }),
      tensorOf({ name: "b", dtype: "int64", shape: [2] }),
    ]);
    const bad = expect.objectContaining({ name: "FlError", code: "BAD_TENSOR" });
    const collected = async (file: Uint8Array) =>
      collectParameters(await safetensorsSource(inPieces(file, [10])));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(bad);
      await expect(collected(bytes.subarray(0, length))).rejects.toEqual(bad);
    }
    const longer = new Uint8Array([...bytes, 0]);
    expect(() => readSafetensors(longer)).toThrow(bad);
    await expect(collected(longer)).rejects.toEqual(bad);
  });

  it("keeps the order of tensors without elements, also under names that are integers", () => {
    const names = ["10", "2", "b", "a", "1"];
    const parameters = names.map((name) => tensorOf({ name, dtype: "float32", shape: [0] }));
    expect(readSafetensors(writeSafetensors(parameters)).parameters).toEqual(parameters);
  });

  it.each([
    ["a list", "[]"],
    ["space before it", " {}"],
    ["something after it", "{} {}"],
    ["a comma too many", `{"a":${entry("U8", "[1]", "[0,1]")},}`],
    [
      "a name that occurs twice",
      `{"a":${entry("U8", "[1]", "[0,1]")},"a":${entry("U8", "[0]", "[1,1]")}}`,
    ],
    ["a key twice", '{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}'],
    ["a key that isn't known", '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":[1]}}'],
    ["a key missing", '{"a":{"dtype":"U8","data_offsets":[0,1]}}'],
    ["one offset", `{"a":${entry("U8", "[1]", "[0]")}}`],
    ["three offsets", `{"a":${entry("U8", "[1]", "[0,1,1]")}}`],
    ["a dtype of another time", `{"a":${entry("F8_E4M3", "[1]", "[0,1]")}}`],
    ["a dtype that is a number", '{"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}}'],
    ["a negative size", `{"a":${entry("U8", "[-1]", "[0,1]")}}`],
    ["a size that is no integer", `{"a":${entry("U8", "[1.0]", "[0,1]")}}`],
    ["a size with an exponent", `{"a":${entry("U8", "[1e0]", "[0,1]")}}`],
    ["a size beyond 2^53", `{"a":${entry("U8", "[9007199254740993]", "[0,1]")}}`],
    ["bytes that the shape doesn't need", `{"a":${entry("U8", "[0]", "[0,1]")}}`],
    ["bytes that are missing", `{"a":${entry("U8", "[2]", "[0,1]")}}`],
    ["offsets in reverse", `{"a":${entry("U8", "[1]", "[1,0]")}}`],
    ["a hole at the beginning", `{"a":${entry("U8", "[0]", "[1,1]")}}`],
    ["a hole at the end", `{"a":${entry("U8", "[0]", "[0,0]")}}`],
    [
      "tensors that share bytes",
      `{"a":${entry("U8", "[1]", "[0,1]")},"b":${entry("U8", "[1]", "[0,1]")}}`,
    ],
    ["metadata that is no text", `{"__metadata__":{"x":1},"a":${entry("U8", "[1]", "[0,1]")}}`],
    ["half of a surrogate pair", `{"\\ud800":${entry("U8", "[1]", "[0,1]")}}`],
    ["a string that doesn't end", '{"a\\":'],
    ["control characters in a string", `{"a\n":${entry("U8", "[1]", "[0,1]")}}`],
  ])("is refused with %s", async (_what, header) => {
    const file = fileOf(header, new Uint8Array(1));
    const bad = expect.objectContaining({ name: "FlError", code: "BAD_TENSOR" });
    expect(() => readSafetensors(file)).toThrow(bad);
    const arriving = safetensorsSource(inPieces(file, [3])).then((own) => collectParameters(own));
    await expect(arriving).rejects.toEqual(bad);
  });

  it.each([
    ["both in the first place", "[0,1]", "[0,1]"],
    ["one beyond the end", "[0,1]", "[2,3]"],
    ["none at the beginning", "[1,2]", "[2,3]"],
  ])("is refused with bytes for both of two tensors, but %s", (_what, first, second) => {
    const file = (a: string, b: string) =>
      fileOf(`{"a":${entry("U8", "[1]", a)},"b":${entry("U8", "[1]", b)}}`, Uint8Array.of(1, 2));
    expect(readSafetensors(file("[0,1]", "[1,2]")).parameters.length).toBe(2);
    const bad = expect.objectContaining({ code: "BAD_TENSOR" });
    expect(() => readSafetensors(file(first, second))).toThrow(bad);
  });

  it("has the order of the bytes, not that of the header", () => {
    const header =
      `{"last":${entry("U8", "[1]", "[1,2]")},"first":${entry("U8", "[1]", "[0,1]")},` +
      `"empty":${entry("U8", "[0]", "[0,0]")}}`;
    const { parameters } = readSafetensors(fileOf(header, Uint8Array.of(1, 2)));
    expect(parameters.map(({ name, data }) => [name, ...data])).toEqual([
      ["empty"],
      ["first", 1],
      ["last", 2],
    ]);
  });

  it("reads what differs in space only", () => {
    const header = `{ "__metadata__" : { } ,\n"\\u0061":{"data_offsets":[ 0 , 1 ],"shape":[ ],"dtype":"U8"} }  `;
    const { parameters } = readSafetensors(fileOf(header, Uint8Array.of(7)));
    expect(parameters).toEqual([{ name: "a", dtype: "uint8", shape: [], data: Uint8Array.of(7) }]);
  });

  it("is refused beyond the limits, before memory is taken", async () => {
    const refused = expect.objectContaining({ code: "LIMIT_EXCEEDED" });
    const large = `{"a":${entry("F32", "[1000000000]", "[0,4000000000]")}}`;
    expect(() => readSafetensors(fileOf(large))).toThrow(refused);
    await expect(safetensorsSource(inPieces(fileOf(large), [9]))).rejects.toEqual(refused);
    const long = new Uint8Array(8).fill(0xff);
    expect(() => readSafetensors(long)).toThrow(refused);
    await expect(safetensorsSource(inPieces(long, [8]))).rejects.toEqual(refused);
    const many = writeSafetensors(everyTensor(["float32"]));
    expect(() => readSafetensors(many, { maxTensors: 5 })).toThrow(refused);
    const told = writeSafetensors([], { key: "a long story" });
    expect(() => readSafetensors(told, { maxScalarBytes: 10 })).toThrow(refused);
    expect(() => readSafetensors(told, { maxScalars: 0 })).toThrow(refused);
  });

  it.each([
    ["complex128", "a", "complex128"],
    ["a name that isn't one", "__metadata__", "uint8"],
    ["half of a surrogate pair", "\udc00", "uint8"],
  ] as const)("is not written with %s", (_what, name, dtype) => {
    const bad = expect.objectContaining({ code: "BAD_TENSOR" });
    expect(() => writeSafetensors([tensorOf({ name, dtype, shape: [1] })])).toThrow(bad);
  });

  it("is not written with a name twice", () => {
    const tensor = tensorOf({ name: "a", dtype: "uint8", shape: [1] });
    expect(() => writeSafetensors([tensor, tensor])).toThrow(
      expect.objectContaining({ code: "BAD_TENSOR" }),
    );
  });

  it("is refused with a bool that is neither 0 nor 1", async () => {
    const file = fileOf(`{"a":${entry("BOOL", "[1]", "[0,1]")}}`, Uint8Array.of(2));
    const bad = expect.objectContaining({ code: "BAD_TENSOR" });
    expect(() => readSafetensors(file)).toThrow(bad);
    await expect(collectParameters(await safetensorsSource(inPieces(file, [9])))).rejects.toEqual(
      bad,
    );
  });
});
