import { LOCAL_CODECS } from "@dsail/dicom-core/pixel-data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryImage, greyOf, imageOf } from "../../test/image-for-test.js";
import { compressImage } from "./compress-image.js";

/** Smooth, with some detail, as images of patients are. */
function scene(side: number, channels: 1 | 3, bits: 8 | 16) {
  const peak = 2 ** bits - 1;
  const rows = Array.from({ length: side }, (_, y) =>
    Array.from({ length: side * channels }, (_, x) => {
      const wave = 0.5 + 0.3 * Math.sin(x / 9) * Math.cos(y / 7);
      return Math.round(peak * (wave + 0.15 * (((x * 31 + y * 17) % 13) / 13)));
    }),
  );
  return imageOf({ channels, bits }, ...rows);
}

describe("compressImage", () => {
  it("loses nothing without a ratio", async () => {
    const small = fc.oneof(arbitraryImage([1], [8, 16]), arbitraryImage([3], [8]));
    await fc.assert(
      fc.asyncProperty(small, async (image) => {
        const compressed = await compressImage(image);
        expect(compressed.image).toEqual(image);
        expect(compressed.psnr).toBe(Number.POSITIVE_INFINITY);
        expect(compressed.originalBytes).toBe(image.pixels.byteLength);
        expect(compressed.ratio).toBe(compressed.originalBytes / compressed.codestream.length);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [1, 8, 4],
    [1, 8, 20],
    [3, 8, 10],
    [1, 16, 10],
  ] as const)("%d channel(s) of %d bits reach ratio %d", async (channels, bits, ratio) => {
    const image = scene(256, channels, bits);
    const { codestream, ...after } = await compressImage(image, { ratio });
    expect(after.ratio).toBeGreaterThan(ratio * 0.8);
    expect(after.ratio).toBeLessThan(ratio * 1.25);
    expect(after.image.pixels).not.toEqual(image.pixels);
    expect(after.psnr).toBeGreaterThan(20);
    // ISO/IEC 15444-1 A.4.1, A.5.1: SOC, SIZ.
    expect([...codestream.subarray(0, 4)]).toEqual([0xff, 0x4f, 0xff, 0x51]);
  });

  it.each([
    ["8", greyOf([10, 20], [30, 40]), [10, 23, 26, 40], 255 ** 2, (9 + 16) / 4],
    ["16", imageOf({ channels: 1, bits: 16 }, [1000, 2]), [900, 2], 65535 ** 2, 10_000 / 2],
  ])("has the PSNR of %s bits by its formula", async (_, image, after, peak, meanSquare) => {
    const samples = image.bits === 8 ? Uint8Array.from(after) : Uint16Array.from(after);
    const { psnr } = await compressImage(image, {
      codecs: {
        ...LOCAL_CODECS,
        // A codec that loses this much.
        decode: async (frame, pixel, syntax) => ({
          ...(await LOCAL_CODECS.decode(frame, pixel, syntax)),
          bytes: new Uint8Array(samples.buffer),
        }),
      },
    });
    expect(psnr).toBeCloseTo(10 * Math.log10(peak / meanSquare), 10);
  });

  it("tells the codec's refusal: colour of 16 bits", async () => {
    const image = imageOf({ channels: 3, bits: 16 }, [1, 2, 3]);
    await expect(compressImage(image)).rejects.toThrow(
      expect.objectContaining({ name: "DicomError", code: "UNSUPPORTED_TRANSFER_SYNTAX" }),
    );
  });

  it.each([0, 1, -5, 1000.1, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses ratio %d",
    async (ratio) => {
      await expect(compressImage(greyOf([1]), { ratio })).rejects.toThrow(
        new RangeError(`ratio: expected more than 1, up to 1000, got ${ratio}`),
      );
    },
  );

  it("refuses an image of fewer samples than it says", async () => {
    await expect(compressImage({ ...greyOf([1, 2]), rows: 2 })).rejects.toThrow(RangeError);
  });
});
