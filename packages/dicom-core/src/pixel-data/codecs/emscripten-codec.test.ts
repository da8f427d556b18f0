import create from "@cornerstonejs/codec-openjph/wasmjs";
import { expect, it } from "vitest";
import type { ImagePixel } from "../image-pixel.js";
import { emscriptenDecoder, emscriptenEncoder } from "./emscripten-codec.js";
import type { CodecImage } from "./frame-codec.js";

/** Three planes, each of one number: whoever mixes lines of planes gives other pixels. */
const image: CodecImage = {
  rows: 4,
  columns: 5,
  samplesPerPixel: 3,
  bits: 8,
  isSigned: false,
  bytes: Uint8Array.from({ length: 60 }, (_, i) => [10, 20, 30][i % 3]!),
  sampleBytes: 1,
  isRgb: false,
};
const pixel = { photometricInterpretation: "YBR_FULL" } as ImagePixel;

const encoderOf = (mixesLines: boolean) =>
  emscriptenEncoder(create, {
    name: "HTJ2KEncoder",
    mixesLines,
    set: (encoder) => encoder.setQuality(true, 0),
  });
const decoderOf = (mixesLines: boolean) =>
  emscriptenDecoder(create, { name: "HTJ2KDecoder", isRgb: () => false, mixesLines });

it("HTJ2K by itself mixes up the lines of planes without a component transform", async () => {
  const { encode } = await encoderOf(true);
  const { decode } = await decoderOf(false);
  const raw = decode(encode(image, {}), pixel).bytes;
  // Line i of a codestream that has planes is sample i % 3 of row floor(i / 3), as `linesByPlane` tells.
  const planes = Array.from({ length: 12 }, (_, line) => [10, 20, 30][Math.floor(line / 4)]!);
  const expected = Array.from({ length: 4 }, (_, row) =>
    Array.from({ length: 5 }, () => planes.slice(3 * row, 3 * row + 3)),
  ).flat(2);
  expect([...raw]).toEqual(expected);
  expect(new Set(raw.subarray(0, 15))).toEqual(new Set([10]));
});

it("HTJ2K has planes of one number in its codestream, which other decoders rely on", async () => {
  const { encode } = await encoderOf(true);
  const right = encode(image, {});
  const wrong = (await encoderOf(false)).encode(image, {});
  // Constant planes have no detail at all; mixed ones change from line to line.
  expect(right.length).toBeLessThan(wrong.length);
  const { decode } = await decoderOf(true);
  expect(decode(right, pixel).bytes).toEqual(image.bytes);
  expect(decode(wrong, pixel).bytes).not.toEqual(image.bytes);
});

it("HTJ2K with a component transform is left as it is", async () => {
  const rgb = { ...image, isRgb: true };
  for (const mixesLines of [true, false]) {
    const { encode } = await encoderOf(mixesLines);
    const { decode } = await decoderOf(mixesLines);
    expect(decode(encode(rgb, {}), pixel).bytes).toEqual(image.bytes);
  }
});

it("a class that the module does not have is told", async () => {
  const decoder = emscriptenDecoder(create, { name: "OtherDecoder", isRgb: () => false });
  await expect(decoder).rejects.toThrow(TypeError);
});
