import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { datasetOfArrays } from "./dataset-of-arrays.js";
import { statesOfFiles } from "./fingerprint.js";
import { openImageFolder } from "./image-folder.js";
import type { ImageOptions } from "./image-options.js";
import { subsetOf } from "./subset-of.js";

const png = (value: number) =>
  Buffer.from(
    encode({ width: 2, height: 2, channels: 1, depth: 8, data: new Uint8Array(4).fill(value) }),
  );

const FILES = { "train/a/1.png": png(1), "train/b/2.png": png(2), "valid/a/3.png": png(3) };

async function ofFolder(folder: string, options: ImageOptions = {}) {
  const { train, valid, close } = await openImageFolder(folder, { channels: 1, ...options });
  await close();
  return [train.fingerprint!(), valid.fingerprint!()] as const;
}

describe("fingerprint", () => {
  it("of a folder is another one for other files, and ways to read them", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, FILES);
    const [train, valid] = await ofFolder(folder);
    expect(train).toMatch(/^[0-9a-f]{64}$/);
    expect(await ofFolder(folder)).toEqual([train, valid]);
    for (const options of [
      { size: 3 },
      { normalization: "none" },
      { augmentation: { horizontalFlip: 0.5 } },
    ] as const) {
      expect((await ofFolder(folder, options))[0], JSON.stringify(options)).not.toBe(train);
    }
    // As long as before, and decoded to as many pixels.
    writeFiles(folder, { [join("train", "a", "1.png")]: png(9) });
    const [changed, same] = await ofFolder(folder);
    expect(changed).not.toBe(train);
    expect(same).toBe(valid);
  });

  it("of a folder can be had where a file is not", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, FILES);
    const [whole] = await statesOfFiles(folder, ["train/a/1.png"]);
    const [none] = await statesOfFiles(folder, ["train/a/9.png"]);
    expect(none).not.toBe(whole);
    expect(none).toContain("train/a/9.png");
  });

  it("of arrays and their parts is another one for other numbers", () => {
    const options = { labels: [0, 1, 0], imageShape: [1, 1, 1], classes: ["a", "b"] } as const;
    const whole = datasetOfArrays({ ...options, images: Uint8Array.of(1, 2, 3) });
    const others = [
      datasetOfArrays({ ...options, images: Uint8Array.of(1, 2, 4) }),
      datasetOfArrays({ ...options, images: Float32Array.of(1, 2, 3) }),
      datasetOfArrays({ ...options, images: Uint8Array.of(1, 2, 3), labels: [0, 1, 1] }),
      subsetOf(whole, [0, 2]),
      subsetOf(whole, [2, 0]),
    ];
    const all = [whole, ...others].map(({ fingerprint }) => fingerprint!());
    expect(new Set(all).size).toBe(all.length);
    expect(datasetOfArrays({ ...options, images: Uint8Array.of(1, 2, 3) }).fingerprint!()).toBe(
      all[0],
    );
  });
});
