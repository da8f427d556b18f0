/**
 * Bilinear resizing, with antialiasing where it makes smaller: Pillow's, which torchvision and fastai use.
 *
 * @module
 */
import type { DecodedImage } from "./decoded-image.js";
import { samplesLike } from "./to-channels.js";

/** A part of an image, in pixels; edges may lie within pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Resizes a part of an image to rows and columns: across first, then down, rounded to integers in between. Of 8 bits, the sums
 * are Pillow's, in fixed point, and so is each value, or differs by 1 (Pillow 13 goes down first where that is less work). Of 16
 * bits, sums are of doubles.
 *
 * @param size - rows and columns, 1 or more
 * @param box - default: the whole image
 */
export function resizeImage(
  image: DecodedImage,
  [rows, columns]: readonly [rows: number, columns: number],
  box: Box = { left: 0, top: 0, right: image.columns, bottom: image.rows },
): DecodedImage {
  const isWholeAcross = box.left === 0 && box.right === image.columns && columns === image.columns;
  const isWholeDown = box.top === 0 && box.bottom === image.rows && rows === image.rows;
  let { pixels } = image;
  if (!isWholeAcross) {
    const taps = tapsOf(image.columns, box.left, box.right, columns, pixels);
    pixels = filter(
      pixels,
      { lines: image.rows, step: 1, channels: image.channels },
      image.columns,
      taps,
    );
  }
  if (!isWholeDown) {
    const taps = tapsOf(image.rows, box.top, box.bottom, rows, pixels);
    pixels = filter(
      pixels,
      { lines: 1, step: columns, channels: image.channels },
      image.rows,
      taps,
    );
  }
  return { ...image, rows, columns, pixels };
}

/** Which samples, and how much of each, make one: `weights` from `i · width` on, for the samples from `first[i]` on. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly width: number;
  /** Of 8 bits, multiples of 2^-22. */
  readonly weights: Float64Array;
}

/** Bits behind the point: 8 are for a sample, 2 for overflow. */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

/** Pillow's `precompute_coeffs`, with the triangle for a filter. */
function tapsOf(
  length: number,
  from: number,
  to: number,
  target: number,
  samples: DecodedImage["pixels"],
): Taps {
  const scale = (to - from) / target;
  const support = Math.max(scale, 1);
  const width = 2 * Math.ceil(support) + 1;
  const first = new Int32Array(target);
  const count = new Int32Array(target);
  const weights = new Float64Array(target * width);
  const isFixed = samples.BYTES_PER_ELEMENT === 1;
  for (let i = 0; i < target; i++) {
    const center = from + (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(length, Math.trunc(center + support + 0.5));
    first[i] = low;
    count[i] = high - low;
    let sum = 0;
    for (let tap = 0; tap < high - low; tap++) {
      const distance = Math.abs((tap + low - center + 0.5) * (1 / support));
      const weight = distance < 1 ? 1 - distance : 0;
      weights[i * width + tap] = weight;
      sum += weight;
    }
    for (let at = i * width; at < i * width + high - low; at++) {
      if (sum !== 0) weights[at]! /= sum;
      if (isFixed) weights[at] = Math.trunc(0.5 + weights[at]! * (1 << PRECISION));
    }
  }
  return { first, count, width, weights };
}

/**
 * @param along - `lines` of pixels that stand `step` pixels apart; with a step of 1 each line is whole, else a line is every
 *   column of the image
 * @param length - pixels of a line
 */
function filter(
  from: DecodedImage["pixels"],
  {
    lines,
    step,
    channels,
  }: { readonly lines: number; readonly step: number; readonly channels: number },
  length: number,
  { first, count, width, weights }: Taps,
): DecodedImage["pixels"] {
  const target = first.length;
  const stride = step * channels;
  const to = samplesLike(from, lines * target * stride);
  const isFixed = from.BYTES_PER_ELEMENT === 1;
  const top = isFixed ? 255 : 65535;
  for (let line = 0; line < lines; line++) {
    const start = line * length * channels;
    for (let i = 0; i < target; i++) {
      const out = (line * target + i) * stride;
      for (let sample = 0; sample < stride; sample++) {
        let at = start + first[i]! * stride + sample;
        let sum = isFixed ? HALF : 0.5;
        for (let tap = i * width, end = tap + count[i]!; tap < end; tap++, at += stride) {
          sum += from[at]! * weights[tap]!;
        }
        const value = isFixed ? sum >> PRECISION : Math.floor(sum);
        to[out + sample] = Math.min(value, top);
      }
    }
  }
  return to;
}
