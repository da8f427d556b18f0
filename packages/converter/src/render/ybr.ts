/**
 * Luminance and two colour differences to red, green and blue (PS3.3 C.7.6.3.1.2, 2025b).
 *
 * The standard gives the way from RGB, as matrices of four decimals; these are the inverses, from the definition that
 * both go back to (ITU-R BT.601: weights 0.299, 0.587, 0.114).
 *
 * @module
 */
import type { Samples } from "@dsail/dicom-core/pixel-data";

const RED_WEIGHT = 0.299;
const GREEN_WEIGHT = 0.587;
const BLUE_WEIGHT = 0.114;

/** Colour differences of 1 in units of the luminance. */
const RED_OF_CR = 2 * (1 - RED_WEIGHT);
const BLUE_OF_CB = 2 * (1 - BLUE_WEIGHT);
const GREEN_OF_CR = (RED_OF_CR * RED_WEIGHT) / GREEN_WEIGHT;
const GREEN_OF_CB = (BLUE_OF_CB * BLUE_WEIGHT) / GREEN_WEIGHT;

/** How far the samples go: all numbers that there are (FULL), or 16 to 235 and 240 of 255 (PARTIAL). */
export type YbrRange = "FULL" | "PARTIAL";

/**
 * Turns Y, Cb, Cr of each pixel into R, G, B of as many bits, rounded and clamped.
 *
 * @param samples - unsigned, the three of a pixel together
 * @param bits - of a sample, 1 to 16
 */
export function ybrToRgb(
  samples: Samples,
  range: YbrRange,
  bits: number,
): Uint8Array | Uint16Array {
  const max = 2 ** bits - 1;
  const middle = 2 ** (bits - 1);
  const unit = 2 ** (bits - 8);
  const black = range === "FULL" ? 0 : 16 * unit;
  const luma = range === "FULL" ? 1 : max / (219 * unit);
  const chroma = range === "FULL" ? 1 : max / (224 * unit);
  const rgb = bits <= 8 ? new Uint8Array(samples.length) : new Uint16Array(samples.length);
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const y = luma * ((samples[i] as number) - black);
    const cb = chroma * ((samples[i + 1] as number) - middle);
    const cr = chroma * ((samples[i + 2] as number) - middle);
    rgb[i] = clamp(y + RED_OF_CR * cr, max);
    rgb[i + 1] = clamp(y - GREEN_OF_CB * cb - GREEN_OF_CR * cr, max);
    rgb[i + 2] = clamp(y + BLUE_OF_CB * cb, max);
  }
  return rgb;
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(Math.round(value), 0), max);
}
