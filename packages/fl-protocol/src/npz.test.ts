import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { npzChunks, readNpz, writeNpz } from "./npz.js";
import type { ModelParameters } from "./tensor.js";
import { everyTensor, tensorOf } from "./testing/sample-messages.js";
import { zipChunks } from "./zip/write-zip.js";

const MODEL: ModelParameters = [
  tensorOf({ name: "conv.weight", dtype: "float32", shape: [3, 2] }),
  tensorOf({ name: "bias", dtype: "float64", shape: [2] }),
];

const numbered = (names: readonly string[]): ModelParameters =>
  names.map((name, i) => tensorOf({ name, dtype: "int8", shape: [i % 4] }, i));

const concat = (chunks: Iterable<Uint8Array>) => new Uint8Array(Buffer.concat([...chunks]));

const bad = expect.objectContaining({ name: "FlError", code: "BAD_TENSOR" });
const tooMuch = expect.objectContaining({ name: "FlError", code: "LIMIT_EXCEEDED" });

/** Where the record begins that has this signature. */
const find = (bytes: Uint8Array, signature: number) => {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(signature);
  return Buffer.from(bytes).indexOf(word);
};

/** A copy with one number changed, at a distance from a signature. */
function patched(bytes: Uint8Array, signature: number, at: number, value: number, size = 4) {
  const copy = Buffer.from(bytes);
  copy.writeUIntLE(value, find(bytes, signature) + at, size);
  return new Uint8Array(copy);
}

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];

describe.each([false, true])("npz (compressed: %s)", (isCompressed) => {
  it("gives back what was written, in its order", () => {
    const all = everyTensor(["bool", "int8", "uint64", "float16", "float32", "complex128"]);
    expect(readNpz(writeNpz(all, { isCompressed }))).toEqual(all);
    expect(readNpz(writeNpz([], { isCompressed }))).toEqual([]);
  });

  it("gives back any name that is text", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "grapheme" }), { maxLength: 8 }), (names) => {
        const parameters = numbered(names.map((name) => name.replaceAll("\0", "")));
        fc.pre(new Set(parameters.map(({ name }) => name)).size === parameters.length);
        expect(readNpz(writeNpz(parameters, { isCompressed }))).toEqual(parameters);
      }),
    );
  });

  it("takes names for names, not for paths or keys", () => {
    const names = [
      "",
      "../../etc/passwd",
      "/a\\b",
      "a/b/",
      "__proto__",
      "10",
      "2",
      "x.npy",
      "größe",
    ];
    const parameters = numbered(names);
    expect(readNpz(writeNpz(parameters, { isCompressed }))).toEqual(parameters);
  });

  it("is read or refused, whatever byte is changed", () => {
    const bytes = writeNpz(MODEL, { isCompressed });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = new Uint8Array(bytes);
        changed[at]! ^= change;
        try {
          // Of no number is another value read: each entry has a checksum.
          expect(readNpz(changed).map(({ data }) => data)).toEqual(MODEL.map(({ data }) => data));
        } catch (error) {
          expect(error).toEqual(expect.objectContaining({ name: "FlError" }));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("is refused when it is cut, at any byte", () => {
    const bytes = writeNpz(MODEL, { isCompressed });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readNpz(bytes.subarray(0, length))).toThrow(bad);
    }
  });
});

describe("npz", () => {
  it("passes arrays on without a copy", () => {
    const buffers = [...npzChunks(MODEL)].map(({ buffer }) => buffer);
    for (const { data } of MODEL) expect(buffers).toContain(data.buffer);
    expect(concat(npzChunks(MODEL))).toEqual(writeNpz(MODEL));
  });

  it("holds more tensors than 16 bits count", () => {
    const data = new Uint8Array();
    const parameters = Array.from({ length: 66_000 }, (_, i) => {
      return { name: String(i), dtype: "uint8", shape: [0], data } as const;
    });
    const read = readNpz(writeNpz(parameters));
    expect(read.length).toBe(66_000);
    expect(read.at(-1)?.name).toBe("65999");
  });

  it.each([
    ["a name that occurs twice", "a", "a"],
    ["a zero byte in a name", "a\0b", "c"],
    ["half of a surrogate pair in a name", "\ud800", "c"],
    ["a name that is too long", "x".repeat(65_532), "c"],
  ])("is not written with %s", (_what, ...names) => {
    expect(() => writeNpz(numbered(names))).toThrow(bad);
  });

  it("is not written of bfloat16", () => {
    const tensor = tensorOf({ name: "w", dtype: "bfloat16", shape: [1] });
    expect(() => writeNpz([tensor])).toThrow(bad);
  });

  it("is refused with an entry that is no array", () => {
    const notes = [{ name: "notes.txt", parts: [new Uint8Array(3)] }];
    expect(() => readNpz(concat(zipChunks(notes, false)))).toThrow(bad);
    const broken = [{ name: "x.npy", parts: [new Uint8Array(300)] }];
    expect(() => readNpz(concat(zipChunks(broken, false)))).toThrow(bad);
  });

  it("is not inflated when it announces too much", () => {
    const zeros = { name: "x.npy", parts: [new Uint8Array(2 ** 22)] };
    const bomb = concat(zipChunks([zeros, { ...zeros, name: "y.npy" }], true));
    expect(bomb.length).toBeLessThan(2 ** 14);
    expect(() => readNpz(bomb, { maxMessageBytes: 2 ** 22 })).toThrow(tooMuch);
    expect(() => readNpz(writeNpz(MODEL), { maxTensors: 1 })).toThrow(tooMuch);
  });

  it("is not inflated further than it announces", () => {
    const zeros = [{ name: "x.npy", parts: [new Uint8Array(2 ** 22)] }];
    const liar = patched(concat(zipChunks(zeros, true)), CENTRAL, 24, 100);
    const stopped = {
      code: "BAD_TENSOR",
      cause: expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }),
    };
    expect(() => readNpz(liar, { maxMessageBytes: 200 })).toThrow(expect.objectContaining(stopped));
  });

  it("is refused with two entries of one name", () => {
    const parts = [...npzChunks(MODEL.slice(0, 1))].slice(1, 3);
    const twice = [
      { name: "a.npy", parts },
      { name: "a.npy", parts },
    ];
    expect(() => readNpz(concat(zipChunks(twice, false)))).toThrow(bad);
    const apart = [twice[0]!, { name: "b.npy", parts }];
    expect(readNpz(concat(zipChunks(apart, false))).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("is refused with entries that share their bytes to become large", () => {
    // Every entry of the directory is the same one; its name isn't that in the directory.
    const content = { name: "a.npy", parts: [new Uint8Array(1000)] };
    const bytes = concat(zipChunks([content, { ...content, name: "b.npy" }], false));
    const second = Buffer.from(bytes).lastIndexOf("b.npy") - 46;
    const view = new DataView(bytes.buffer);
    view.setUint32(second + 42, 0, true);
    expect(() => readNpz(bytes)).toThrow(bad);
  });

  it.each<readonly [string, (bytes: Uint8Array) => Uint8Array]>([
    ["an encrypted entry", (bytes) => patched(bytes, CENTRAL, 8, 1, 2)],
    ["a method that isn't read", (bytes) => patched(bytes, CENTRAL, 10, 12, 2)],
    ["another checksum", (bytes) => patched(bytes, CENTRAL, 16, 1)],
    ["another size", (bytes) => patched(bytes, CENTRAL, 24, 1)],
    ["another compressed size", (bytes) => patched(bytes, CENTRAL, 20, 1)],
    ["a size that is missing", (bytes) => patched(bytes, CENTRAL, 24, 0xffffffff)],
    ["another place", (bytes) => patched(bytes, CENTRAL, 42, 1)],
    ["a place after the end", (bytes) => patched(bytes, CENTRAL, 42, 0xfffffff0)],
    ["another name in the entry", (bytes) => patched(bytes, LOCAL, 30, 0x7a, 1)],
    ["a name that isn't UTF-8", (bytes) => patched(bytes, CENTRAL, 46, 0xff, 1)],
    ["a longer name", (bytes) => patched(bytes, CENTRAL, 28, 60_000, 2)],
    ["an entry more", (bytes) => patched(bytes, END, 10, 3, 2)],
    ["an entry less", (bytes) => patched(bytes, END, 10, 1, 2)],
    ["a directory elsewhere", (bytes) => patched(bytes, END, 16, 0)],
    ["something before it", (bytes) => concat([new Uint8Array(10), bytes])],
    ["something after it", (bytes) => concat([bytes, new Uint8Array(10)])],
    ["nothing", () => new Uint8Array()],
  ])("is refused with %s", (_what, change) => {
    const bytes = writeNpz(MODEL);
    expect(readNpz(bytes)).toEqual(MODEL);
    expect(() => readNpz(change(bytes))).toThrow(bad);
  });

  it("is refused with something between a deflated entry and the next", () => {
    const content = concat(npzChunks(MODEL.slice(0, 1))).subarray(65, 65 + 128 + 24);
    const deflated = deflateRawSync(content);
    const bytes = writeNpz(MODEL.slice(0, 1), { isCompressed: true });
    const at = Buffer.from(bytes).indexOf(deflated.subarray(0, 20));
    expect(at).toBeGreaterThan(0);
    const padded = concat([
      bytes.subarray(0, at + deflated.length),
      new Uint8Array(1),
      bytes.subarray(at + deflated.length),
    ]);
    const moved = patched(
      patched(padded, END, 16, find(bytes, CENTRAL) + 1),
      CENTRAL,
      20,
      deflated.length + 1,
    );
    expect(() => readNpz(moved)).toThrow(bad);
  });
});
