import { describe, expect, it } from "vitest";
import { datasetOfArrays } from "./dataset-of-arrays.js";
import { IMAGENET_NORMALIZATION } from "./normalization.js";
import { subsetOf } from "./subset-of.js";

const classes = ["a", "b"];
const arrays = {
  images: Uint8Array.from({ length: 24 }, (_, i) => 10 * i),
  labels: [0, 1, 1, 0],
  imageShape: [1, 2, 3],
  classes,
} as const;

describe("datasetOfArrays", () => {
  it("reads examples by index, also twice, and none", async () => {
    const dataset = datasetOfArrays(arrays);
    expect(dataset.size).toBe(4);
    const { images, labels } = await dataset.readBatch([3, 0, 3]);
    const third = [180, 190, 200, 210, 220, 230];
    const values = [...third, 0, 10, 20, 30, 40, 50, ...third];
    expect(images).toEqual(Float32Array.from(values, (value) => value / 255));
    expect(labels).toEqual(Int32Array.of(0, 0, 0));
    expect(await dataset.readBatch([])).toEqual({
      images: new Float32Array(0),
      labels: new Int32Array(0),
    });
  });

  it("takes floats as they are, and divides 16 bits by 65535", async () => {
    const images = Float32Array.of(-1, 0.25, 7);
    const float = datasetOfArrays({
      ...{ images, labels: [0, 0, 1], imageShape: [1, 1, 1], classes },
    });
    expect((await float.readBatch([0, 1, 2])).images).toEqual(images);
    const wide = datasetOfArrays({
      ...{ images: Uint16Array.of(65535, 13107), labels: [0, 1], imageShape: [1, 1, 1], classes },
    });
    expect((await wide.readBatch([0, 1])).images).toEqual(Float32Array.of(1, 0.2));
  });

  it("normalizes by channel", async () => {
    const normalization = IMAGENET_NORMALIZATION;
    const { images } = await datasetOfArrays({ ...arrays, normalization }).readBatch([1]);
    [60, 70, 80, 90, 100, 110].forEach((value, i) => {
      const { mean, std } = normalization;
      expect(images[i]).toBeCloseTo((value / 255 - mean[i % 3]!) / std[i % 3]!, 5);
    });
  });

  it("augments the same for the same seed, and only with one", async () => {
    const dataset = datasetOfArrays({
      ...arrays,
      augmentation: { horizontalFlip: 0.5, brightness: 0.5, contrast: 0.5 },
    });
    const plain = await dataset.readBatch([0, 1, 2, 3]);
    expect(plain).toEqual(await datasetOfArrays(arrays).readBatch([0, 1, 2, 3]));
    const first = await dataset.readBatch([0, 1, 2, 3], { augmentSeed: 1 });
    expect(first).not.toEqual(plain);
    expect(await dataset.readBatch([0, 1, 2, 3], { augmentSeed: 1 })).toEqual(first);
    expect(await dataset.readBatch([0, 1, 2, 3], { augmentSeed: 2 })).not.toEqual(first);
    // Whatever else is in the batch.
    const alone = await dataset.readBatch([2], { augmentSeed: 1 });
    expect(alone.images).toEqual(first.images.slice(12, 18));
    const twice = await dataset.readBatch([2, 2], { augmentSeed: 1 });
    expect(twice.images.slice(0, 6)).toEqual(alone.images);
    expect(twice.images.slice(6)).not.toEqual(alone.images);
  });

  it("refuses labels without a class, and arrays of another length", () => {
    expect(() => datasetOfArrays({ ...arrays, labels: [0, 1, 2, 0] })).toThrow(RangeError);
    expect(() => datasetOfArrays({ ...arrays, labels: [0, 0.5, 1, 0] })).toThrow(RangeError);
    expect(() => datasetOfArrays({ ...arrays, labels: [0, 1] })).toThrow(
      "images: expected 2 x 6 numbers, got 24",
    );
    expect(() => datasetOfArrays({ ...arrays, classes: ["a", "a"] })).toThrow("classes");
    const normalization = { mean: [0], std: [1] };
    expect(() => datasetOfArrays({ ...arrays, normalization })).toThrow("expected 3 means");
  });

  it("refuses an index outside", async () => {
    const dataset = datasetOfArrays(arrays);
    for (const index of [-1, 4, 0.5, Number.NaN]) {
      await expect(dataset.readBatch([0, index])).rejects.toThrow(RangeError);
    }
  });
});

describe("subsetOf", () => {
  it("is a part, by its own indices", async () => {
    const whole = datasetOfArrays(arrays);
    const part = subsetOf(whole, [2, 0]);
    expect([part.size, ...part.labels]).toEqual([2, 1, 0]);
    expect(await part.readBatch([1, 0])).toEqual(await whole.readBatch([0, 2]));
    await expect(part.readBatch([2])).rejects.toThrow("expected 0 to 1, got 2");
    expect(() => subsetOf(whole, [4])).toThrow(RangeError);
  });
});
