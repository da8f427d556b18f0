import fc from "fast-check";
import upng from "upng-js";
import { describe, expect, it } from "vitest";
import { arbitraryImage, arbitraryPixels, greyOf, imageOf } from "../../test/image-for-test.js";
import type { RasterImage } from "../raster-image.js";
import { decodePng } from "./decode-png.js";
import { encodeApng } from "./encode-apng.js";
import { toRgb } from "./to-rgb.js";

/** The frames that another decoder sees, as RGB. */
function framesOf(bytes: Uint8Array): readonly (readonly number[])[] {
  const file = upng.decode(Uint8Array.from(bytes).buffer);
  return upng
    .toRGBA8(file)
    .map((frame) => [...new Uint8Array(frame)].filter((_, i) => i % 4 !== 3));
}

describe("encodeApng", () => {
  it("keeps every sample of every frame", () => {
    const animation = arbitraryImage([1, 3], [8]).chain((first) =>
      fc
        .array(arbitraryPixels(first), { maxLength: 5 })
        .map((more) => [first, ...more.map((pixels): RasterImage => ({ ...first, pixels }))]),
    );
    fc.assert(
      fc.property(animation, (images) => {
        const bytes = encodeApng(images);
        expect(framesOf(bytes)).toEqual(images.map((image) => [...toRgb(image).pixels]));
        expect(decodePng(bytes)).toEqual(images[0]);
      }),
    );
  });

  it("says how long and how often", () => {
    const bytes = encodeApng([greyOf([1]), greyOf([2])], { delayMs: 70, loops: 3 });
    const { frames, tabs } = upng.decode(Uint8Array.from(bytes).buffer);
    expect(frames.map(({ delay }) => delay)).toEqual([70, 70]);
    expect(tabs.acTL).toEqual({ num_frames: 2, num_plays: 3 });
  });

  it("refuses no image, images of two kinds, and options out of range", () => {
    const image = greyOf([1, 2]);
    expect(() => encodeApng([])).toThrow(RangeError);
    expect(() => encodeApng([image, greyOf([1], [2])])).toThrow(RangeError);
    expect(() => encodeApng([image, imageOf({ channels: 1, bits: 16 }, [1, 2])])).toThrow(
      RangeError,
    );
    expect(() => encodeApng([image], { delayMs: 65_536 })).toThrow(/delayMs/);
    expect(() => encodeApng([image], { loops: -1 })).toThrow(/loops/);
  });
});
