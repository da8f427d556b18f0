/**
 * Images one after the other in a PNG file that moves (W3C PNG, third edition, 4.9).
 *
 * Each frame is whole. upng-js 2.1.0, which stores differences, is no choice: Pillow 13 composes some of its frames
 * wrongly, it takes 8 times as long, and its buffer is too short for a palette or many small frames.
 *
 * @module
 */
import type { RasterImage } from "../raster-image.js";
import { assertImage } from "./check-image.js";
import { type EncodePngOptions, pngHeader, pngPixels } from "./encode-png.js";
import { joinPngChunks, pngChunk } from "./png-chunk.js";

export interface EncodeApngOptions extends EncodePngOptions {
  /** How long an image stays, in milliseconds, 0 to 65,535. Default 100. */
  readonly delayMs?: number;
  /** How often all of them are shown; 0 without end. Default 0. */
  readonly loops?: number;
}

/**
 * Encodes images of one size and one kind, without loss. Viewers that know no animation show the first.
 *
 * @param images - at least one
 * @throws {@link RangeError} if there is no image, one differs in size, channels or bits, or an option is outside its
 * range
 */
export function encodeApng(
  images: readonly RasterImage[],
  { delayMs = 100, loops = 0, ...options }: EncodeApngOptions = {},
): Uint8Array {
  const [first] = images;
  if (first === undefined) throw new RangeError("images: expected at least one, got none");
  assertInteger("delayMs", delayMs, 0xffff);
  assertInteger("loops", loops, 0x7fffffff);
  for (const image of images) {
    assertImage(image);
    if (kindOf(image) !== kindOf(first)) {
      throw new RangeError(`images: expected all of ${kindOf(first)}, got ${kindOf(image)}`);
    }
  }
  const chunks = [pngChunk("IHDR", pngHeader(first))];
  // 11.3.6.1: acTL
  chunks.push(pngChunk("acTL", words(images.length, loops)));
  let sequenceNumber = 0;
  for (const [index, image] of images.entries()) {
    chunks.push(pngChunk("fcTL", frameControl(sequenceNumber++, first, delayMs)));
    const pixels = pngPixels(image, options);
    // 11.3.6.3: fdAT is IDAT behind a sequence number. The first frame is the still image.
    if (index === 0) chunks.push(pngChunk("IDAT", pixels));
    else chunks.push(pngChunk("fdAT", concat(words(sequenceNumber++), pixels)));
  }
  chunks.push(pngChunk("IEND", new Uint8Array()));
  return joinPngChunks(chunks);
}

function kindOf({ rows, columns, channels, bits }: RasterImage): string {
  return `${rows} rows, ${columns} columns, ${channels} channels of ${bits} bits`;
}

/** 11.3.6.2: fcTL, of a frame that covers all and is replaced by the next (APNG_DISPOSE_OP_NONE, APNG_BLEND_OP_SOURCE). */
function frameControl(
  sequenceNumber: number,
  { columns, rows }: RasterImage,
  delayMs: number,
): Uint8Array {
  const control = new Uint8Array(26);
  control.set(words(sequenceNumber, columns, rows, 0, 0));
  const view = new DataView(control.buffer);
  view.setUint16(20, delayMs);
  view.setUint16(22, 1000);
  return control;
}

/** 7.1: big endian. */
function words(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value);
  return new Uint8Array(view.buffer);
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function assertInteger(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new RangeError(`${name}: expected an integer of 0 to ${max}, got ${value}`);
}
