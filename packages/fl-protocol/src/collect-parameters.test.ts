import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksOfBytes } from "./chunks-of-bytes.js";
import { collectParameters } from "./collect-parameters.js";
import { fingerprintOf } from "./fingerprint.js";
import type { ParameterChunk, ParameterSource } from "./parameter-source.js";
import { sourceOf } from "./source-of.js";
import type { TensorSpec } from "./tensor.js";
import { everyTensor, tensorOf } from "./testing/sample-messages.js";

const SPECS: readonly TensorSpec[] = [
  { name: "a", dtype: "float32", shape: [2] },
  { name: "none", dtype: "float32", shape: [0] },
  { name: "b", dtype: "uint8", shape: [3] },
];

const piece = (tensorIndex: number, byteOffset: number, length: number): ParameterChunk => ({
  tensorIndex,
  byteOffset,
  bytes: new Uint8Array(length).fill(1),
});

function sourceFrom(pieces: readonly ParameterChunk[], specs = SPECS): ParameterSource {
  return {
    specs,
    chunks: async function* () {
      yield* pieces;
    },
  };
}

describe("collecting parameters", () => {
  it("gives what a source was made of, in own memory", async () => {
    const all = [
      ...everyTensor(["bool", "float32", "int64", "complex128", "bfloat16"]),
      tensorOf({ name: "large", dtype: "float64", shape: [300_000] }),
    ];
    const collected = await collectParameters(sourceOf(all));
    expect(fingerprintOf(collected)).toBe(fingerprintOf(all));
    expect(collected.every(({ data }, i) => data.buffer !== all[i]?.data.buffer)).toBe(true);
  });

  it("reads pieces from memory that is used again for the next", async () => {
    const [a, b] = [tensorOf(SPECS[0]!), tensorOf(SPECS[2]!)];
    const own = new Uint8Array(8);
    const source: ParameterSource = {
      specs: [SPECS[0]!, SPECS[2]!],
      chunks: async function* () {
        for (const [tensorIndex, { data }] of [a, b].entries()) {
          const bytes = new Uint8Array(data.buffer);
          own.set(bytes);
          yield { tensorIndex, byteOffset: 0, bytes: own.subarray(0, bytes.length) };
        }
      },
    };
    expect(await collectParameters(source)).toEqual([a, b]);
  });

  const WHOLE = [piece(0, 0, 8), piece(2, 0, 3)];
  it.each<readonly [string, readonly ParameterChunk[]]>([
    ["a piece missing at the end", [piece(0, 0, 8), piece(2, 0, 2)]],
    ["a tensor missing", [piece(0, 0, 8)]],
    ["a piece missing in between", [piece(0, 0, 4), piece(2, 0, 3)]],
    ["a piece twice", [piece(0, 0, 4), piece(0, 0, 4), ...WHOLE.slice(1)]],
    ["pieces in another order", [...WHOLE].reverse()],
    ["part of an element", [piece(0, 0, 3), piece(0, 3, 5), ...WHOLE.slice(1)]],
    ["a piece too long", [piece(0, 0, 12), ...WHOLE.slice(1)]],
    ["a piece too many", [...WHOLE, piece(2, 3, 1)]],
    ["a tensor too many", [...WHOLE, piece(3, 0, 1)]],
    ["a piece of a tensor without elements", [piece(0, 0, 8), piece(1, 0, 4), piece(2, 0, 3)]],
    ["a negative index", [piece(-1, 0, 8)]],
  ])("refuses %s", async (_what, pieces) => {
    expect((await collectParameters(sourceFrom(WHOLE))).length).toBe(3);
    await expect(collectParameters(sourceFrom(pieces))).rejects.toMatchObject({
      code: "BAD_MESSAGE",
    });
  });

  it("refuses what is beyond the limits before it reads", async () => {
    const source: ParameterSource = { specs: SPECS, chunks: () => expect.fail("it was read") };
    const refused = { code: "LIMIT_EXCEEDED" };
    await expect(collectParameters(source, { maxMessageBytes: 10 })).rejects.toMatchObject(refused);
    await expect(collectParameters(source, { maxTensors: 2 })).rejects.toMatchObject(refused);
    await expect(collectParameters(source, { maxDimensions: 0 })).rejects.toMatchObject(refused);
    await expect(collectParameters(source, { maxScalarBytes: 3 })).rejects.toMatchObject(refused);
    await expect(collectParameters(source, { maxTensors: Number.NaN })).rejects.toThrow(RangeError);
  });

  it("passes on what the source throws", async () => {
    const source: ParameterSource = {
      specs: SPECS,
      chunks: async function* () {
        yield piece(0, 0, 8);
        throw new Error("gone");
      },
    };
    await expect(collectParameters(source)).rejects.toThrow("gone");
  });
});

describe("pieces of a stream", () => {
  it("are whole elements of what arrives, however it is cut", async () => {
    const all = everyTensor(["uint8", "int16", "float32", "complex128"]);
    const bytes = Buffer.concat(all.map(({ data }) => new Uint8Array(data.buffer)));
    const sizes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(sizes, async (pieces) => {
        fc.pre(pieces.some((size) => size > 0));
        const arriving = async function* () {
          for (let [at, i] = [0, 0]; at < bytes.length; i++) {
            const size = pieces[i % pieces.length]!;
            yield bytes.subarray(at, at + size);
            at += size;
          }
        };
        const source = { specs: all, chunks: () => chunksOfBytes(all, arriving()) };
        const collected = await collectParameters(source);
        expect(collected.map(({ data }) => data)).toEqual(all.map(({ data }) => data));
      }),
    );
  });
});
