/**
 * Grey from colour, and colour from grey.
 *
 * @module
 */
import type { DecodedImage } from "./decoded-image.js";

/** The same image with so many channels. Grey is ITU-R BT.601's luma, to the bit as Pillow's `convert("L")` has it. */
export function toChannels(image: DecodedImage, channels: 1 | 3): DecodedImage {
  if (image.channels === channels) return image;
  return { ...image, channels, pixels: channels === 1 ? grey(image.pixels) : rgb(image.pixels) };
}

type Samples = DecodedImage["pixels"];

function grey(from: Samples): Samples {
  const to = samplesLike(from, from.length / 3);
  for (let i = 0, at = 0; i < to.length; i++, at += 3) {
    to[i] = (from[at]! * 19595 + from[at + 1]! * 38470 + from[at + 2]! * 7471 + 0x8000) >>> 16;
  }
  return to;
}

function rgb(from: Samples): Samples {
  const to = samplesLike(from, from.length * 3);
  for (let i = 0, at = 0; i < from.length; i++, at += 3) to.fill(from[i]!, at, at + 3);
  return to;
}

/** Zeros of the same width. */
export function samplesLike(samples: Samples, length: number): Samples {
  return samples instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
}
