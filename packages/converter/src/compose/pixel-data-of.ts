/**
 * Samples as native Pixel Data.
 *
 * @module
 */
import * as Tag from "@dsail/dicom-core/tags";
import type { ElementChange } from "./elements.js";

/** The samples of all frames, each in as many bits as are allocated; little endian, bits packed without padding (PS3.5 8.1.1). */
export function pixelDataOf(
  frames: readonly (Uint8Array | Uint16Array)[],
  bitsAllocated: 1 | 8 | 16,
): ElementChange {
  if (bitsAllocated === 1) return { tag: Tag.PixelData, vr: "OB", value: packed(frames) };
  const sampleBytes = bitsAllocated / 8;
  const count = frames.reduce((sum, { length }) => sum + length, 0);
  // PS3.5 8.1.1: of even length.
  const value = new Uint8Array(count * sampleBytes + ((count * sampleBytes) % 2));
  let at = 0;
  for (const samples of frames) {
    for (const sample of samples) {
      value[at++] = sample;
      if (sampleBytes === 2) value[at++] = sample >>> 8;
    }
  }
  return { tag: Tag.PixelData, vr: bitsAllocated === 8 ? "OB" : "OW", value };
}

function packed(frames: readonly (Uint8Array | Uint16Array)[]): Uint8Array {
  const count = frames.reduce((sum, { length }) => sum + length, 0);
  const value = new Uint8Array(2 * Math.ceil(count / 16));
  let at = 0;
  for (const samples of frames) {
    for (const sample of samples) {
      value[at >>> 3] = (value[at >>> 3] as number) | (sample << (at & 7));
      at++;
    }
  }
  return value;
}
