import { describe, expect, it } from "vitest";
import { createBatches } from "./create-batches.js";
import { datasetOfArrays } from "./dataset-of-arrays.js";
import type { Batch, ImageDataset } from "./image-dataset.js";

const dataset = datasetOfArrays({
  images: Float32Array.from({ length: 10 }, (_, i) => i),
  labels: Int32Array.from({ length: 10 }, (_, i) => i % 2),
  imageShape: [1, 1, 1],
  classes: ["even", "odd"],
});

/** Counts what is asked of a data set. */
function watched(inner: ImageDataset): ImageDataset & { readonly asked: number[][] } {
  const asked: number[][] = [];
  const readBatch = (indices: readonly number[]) => {
    asked.push([...indices]);
    return inner.readBatch(indices);
  };
  return { ...inner, readBatch, asked };
}

const all = async (batches: AsyncIterable<Batch>) => {
  const images: number[][] = [];
  for await (const batch of batches) images.push([...batch.images]);
  return images;
};

const indices = [[0, 1], [], [5, 5], [2], [9]];

describe("createBatches", () => {
  it.each([0, 1, 2, 10])("has batches in their order, reading %i ahead", async (ahead) => {
    expect(await all(createBatches(dataset, indices, { ahead }))).toEqual(indices);
  });

  it("reads so many ahead, and no more", async () => {
    const one = watched(dataset);
    const batches = createBatches(one, indices, { ahead: 2 });
    expect(one.asked).toEqual([]);
    await batches.next();
    expect(one.asked).toEqual(indices.slice(0, 3));
    await batches.next();
    expect(one.asked).toEqual(indices.slice(0, 4));
    await batches.return();
  });

  it("takes indices when they are needed, and tells where they come from that it ends", async () => {
    let taken = 0;
    let isOver = false;
    function* source() {
      try {
        for (;;) yield [taken++ % 10];
      } finally {
        isOver = true;
      }
    }
    for await (const batch of createBatches(dataset, source(), { ahead: 3 })) {
      if (batch.images[0] === 4) break;
    }
    expect(taken).toBe(8);
    expect(isOver).toBe(true);
  });

  it("throws at the batch that cannot be read, after those before", async () => {
    const seen: number[][] = [];
    const read = async () => {
      for await (const { images } of createBatches(dataset, [[1], [2], [99], [3]], { ahead: 3 })) {
        seen.push([...images]);
      }
    };
    await expect(read()).rejects.toThrow(RangeError);
    expect(seen).toEqual([[1], [2]]);
  });

  it("ends by the signal, also while it waits", async () => {
    const controller = new AbortController();
    const never: ImageDataset = { ...dataset, readBatch: () => new Promise(() => undefined) };
    const { signal } = controller;
    const waiting = createBatches(never, indices, { signal }).next();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: "FlError", code: "ABORTED" });
    await expect(createBatches(dataset, indices, { signal }).next()).rejects.toMatchObject({
      code: "ABORTED",
    });
  });

  it("passes on the seed of augmentation", async () => {
    const augmented = datasetOfArrays({
      images: Float32Array.from({ length: 8 }, (_, i) => i / 10),
      labels: [0, 0, 0, 0],
      imageShape: [1, 2, 1],
      classes: ["only"],
      augmentation: { brightness: 0.5 },
    });
    const of = (augmentSeed?: number) =>
      all(
        createBatches(augmented, [[0, 1, 2, 3]], augmentSeed === undefined ? {} : { augmentSeed }),
      );
    expect(await of(1)).toEqual(await of(1));
    expect(await of(1)).not.toEqual(await of(2));
    expect(await of()).toEqual([[...(await augmented.readBatch([0, 1, 2, 3])).images]]);
  });

  it("refuses to read less than nothing ahead", async () => {
    await expect(createBatches(dataset, [], { ahead: -1 }).next()).rejects.toThrow(RangeError);
  });
});
