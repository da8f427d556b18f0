import { readFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { pixelFile } from "../../test/pixel-file.js";
import { openImages } from "./open-images.js";

const content = {
  rows: 1,
  columns: 3,
  frames: [
    [0, 10, 20],
    [5, 5, 9],
  ],
};

describe("openImages", () => {
  it("reads each image when it is asked for, in a mode", async () => {
    const { count, readImage } = await openImages(readFile(pixelFile(content)), { mode: "full" });
    expect(count).toBe(2);
    expect([...(await readImage(1)).pixels]).toEqual([5, 5, 9]);
    expect([...(await readImage(0)).pixels]).toEqual([0, 10, 20]);
    for (const index of [2, -1, 0.5]) await expect(readImage(index)).rejects.toThrow(RangeError);
  });

  it("takes the window that is asked for", async () => {
    const more = [
      { tag: Tag.WindowCenter, value: ["10", "100"] },
      { tag: Tag.WindowWidth, value: ["1", "1"] },
    ];
    const file = readFile(pixelFile({ ...content, more }));
    const pixels = async (voiIndex: number) =>
      (await (await openImages(file, { voiIndex })).readImage(0)).pixels;
    expect([...(await pixels(0))]).toEqual([0, 255, 255]);
    expect([...(await pixels(1))]).toEqual([0, 0, 0]);
    await expect(pixels(2)).rejects.toThrow(RangeError);
  });

  it("makes pixels square", async () => {
    const more = [{ tag: Tag.PixelAspectRatio, value: ["2", "1"] }];
    const file = readFile(pixelFile({ ...content, more }));
    const { readImage } = await openImages(file, { mode: "full", squarePixels: true });
    expect(await readImage(0)).toMatchObject({ rows: 2, columns: 3 });
  });

  it.each([
    ["1", "1000000000"],
    ["1e-300", "1e300"],
  ])("refuses pixels of %s to %s without telling", async (vertical, horizontal) => {
    const more = [{ tag: Tag.PixelSpacing, value: [vertical, horizontal] }];
    const file = readFile(pixelFile({ ...content, more }));
    const { readImage } = await openImages(file, { squarePixels: true });
    await expect(readImage(0)).rejects.toThrow(
      expect.objectContaining({
        code: "LIMIT_EXCEEDED",
        message: "the pixels are too far from square",
      }),
    );
  });
});
