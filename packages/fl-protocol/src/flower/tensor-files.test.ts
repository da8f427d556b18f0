import { describe, expect, it } from "vitest";
import { collectParameters } from "../collect-parameters.js";
import { encodeNpy } from "../npy.js";
import { limitsOf } from "../resolve-limits.js";
import type { ModelParameters } from "../tensor.js";
import { sourceOfFiles, tensorsOfFiles, tensorsOfMessage } from "./tensor-files.js";

const LIMITS = limitsOf();

const model: ModelParameters = [
  { name: "0", dtype: "float64", shape: [2], data: new Float64Array([1.5, -2]) },
  { name: "1", dtype: "int64", shape: [], data: new BigInt64Array([7n]) },
  { name: "2", dtype: "complex128", shape: [1], data: new Float64Array([1, 2]) },
  { name: "3", dtype: "float32", shape: [0, 3], data: new Float32Array() },
  { name: "4", dtype: "uint8", shape: [3], data: new Uint8Array([1, 2, 3]) },
];

/** Files in one buffer, each so many bytes after the last. */
function placed(gap: number): readonly Uint8Array[] {
  const files = model.map(encodeNpy);
  const buffer = new ArrayBuffer(files.reduce((sum, file) => sum + file.length + gap, 0));
  let end = 0;
  return files.map((file) => {
    const place = new Uint8Array(buffer, end + gap, file.length);
    place.set(file);
    end += gap + file.length;
    return place;
  });
}

/** A file of numpy's with another header. */
function npy(header: string, elements: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const magic = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0]);
  return new Uint8Array(Buffer.concat([magic, length, Buffer.from(header), elements]));
}

describe("tensors within a message", () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])("are not copied, also %i bytes off", (gap) => {
    const files = placed(gap);
    const tensors = tensorsOfFiles(files, LIMITS);
    expect(tensors).toEqual(model);
    for (const { data } of tensors) expect(data.buffer).toBe(files[0]!.buffer);
  });

  it("are copied where they are in another order", () => {
    const fortran = npy(
      "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 2), }\n",
      new Uint8Array([1, 0, 3, 0, 2, 0, 4, 0]),
    );
    const big = npy(
      "{'descr': '>i2', 'fortran_order': False, 'shape': (1,), }\n",
      new Uint8Array([1, 2]),
    );
    expect(tensorsOfFiles([fortran, big], LIMITS)).toEqual([
      { name: "0", dtype: "int16", shape: [2, 2], data: new Int16Array([1, 2, 3, 4]) },
      { name: "1", dtype: "int16", shape: [1], data: new Int16Array([0x0102]) },
    ]);
  });

  it("may have a header as short as can be", () => {
    // 56 bytes, so that the elements begin wherever the file does.
    const short = npy("{'descr':'<i8','fortran_order':False,'shape':(1,)}", new Uint8Array(8));
    for (let gap = 0; gap < 8; gap++) {
      const bytes = new Uint8Array(short.length + gap);
      bytes.set(short, gap);
      expect(tensorsOfFiles([bytes.subarray(gap)], LIMITS)).toEqual([
        { name: "0", dtype: "int64", shape: [1], data: new BigInt64Array([0n]) },
      ]);
    }
  });

  it.each<readonly [string, Uint8Array]>([
    ["is no npy", new Uint8Array([1, 2])],
    ["is empty", new Uint8Array()],
    ["is cut short", encodeNpy(model[0]!).subarray(0, -1)],
    ["goes on", new Uint8Array([...encodeNpy(model[0]!), 0])],
    [
      "holds objects",
      npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", new Uint8Array(8)),
    ],
    [
      "holds a bool of 2",
      npy("{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }\n", new Uint8Array([2])),
    ],
  ])("are a bad message if one %s", (_, file) => {
    expect(() => tensorsOfMessage([file], LIMITS)).toThrow(
      expect.objectContaining({ code: "BAD_MESSAGE" }),
    );
    expect(() => tensorsOfFiles([file], LIMITS)).toThrow(
      expect.objectContaining({ code: "BAD_TENSOR" }),
    );
  });

  it("are refused beyond limits, whatever a header promises", () => {
    const huge = npy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }\n",
      new Uint8Array(),
    );
    expect(() => tensorsOfFiles([huge], LIMITS)).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    expect(() => tensorsOfFiles(placed(0), limitsOf({ maxDimensions: 1 }))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("can be read once", async () => {
    const source = sourceOfFiles(placed(3), LIMITS);
    expect(await collectParameters(source)).toEqual(model);
    expect(() => source.chunks()).toThrow("once");
  });
});
