import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { encode as encodePng } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { seededRandom } from "../seeded-random.js";
import { createBatches } from "./create-batches.js";
import { createDecodePool, hasDecodeWorkers } from "./decode-pool.js";
import { createFileDecoder } from "./file-decoder.js";
import type { ImageForm } from "./fit-image.js";
import { openImageFolderIn } from "./image-folder.js";
import type { ImageOptions } from "./image-options.js";

// In the package, so that the codec resolves.
const FOLDER = new URL(`../../node_modules/.cache/decode-worker-${process.pid}/`, import.meta.url);
const WORKER = new URL("worker.js", FOLDER);
const MORTAL_WORKER = new URL("mortal-worker.js", FOLDER);
const DEAD_WORKER = new URL("dead-worker.js", FOLDER);

/** Ends its thread at a file of this name, as too little memory does. */
const MORTAL = `
  import "./decode-worker.ts";
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", ({ path }) => { if (path.endsWith("deadly.png")) process.exit(1); });
`;

async function bundle(outfile: URL, contents: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)), loader: "ts" },
    outfile: fileURLToPath(outfile),
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@dsail/source"],
    // The package says that importing has no effect; of a worker it has.
    ignoreAnnotations: true,
    external: ["@cornerstonejs/*"],
    logLevel: "silent",
  });
}

beforeAll(async () => {
  await bundle(WORKER, 'import "./decode-worker.ts";');
  await bundle(MORTAL_WORKER, MORTAL);
  await bundle(DEAD_WORKER, 'throw new Error("no start");');
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function noise(seed: number, rows: number, columns: number): Uint8Array {
  const random = seededRandom(seed);
  const data = Uint16Array.from({ length: rows * columns }, () => random.uniform() * 65535);
  return encodePng({ width: columns, height: rows, data, channels: 1, depth: 16 });
}

function imageFolder(): string {
  const folder = temporaryFolder();
  for (let i = 0; i < 12; i++) {
    const path = `${i < 8 ? "train" : "valid"}/${i % 2}/${i}.png`;
    writeFiles(folder, { [path]: noise(i, 5 + i, 20 - i) });
  }
  return folder;
}

const form: ImageForm = { channels: 1, size: [4, 4], fit: "stretch", maxPixels: 1000 };

describe("decoding in threads", () => {
  it("gives the batches that there are without, whatever the number", async () => {
    const folder = imageFolder();
    const epoch = async (workers: number, options: ImageOptions = {}) => {
      const splits = await openImageFolderIn(
        folder,
        {
          ...{ size: 8, workers, augmentation: { rotation: 20, horizontalFlip: 0.5 } },
          ...options,
        },
        { workerModule: WORKER },
      );
      const images: Float32Array[] = [];
      const indices = [[3, 1, 4], [1, 5], [], [0, 2, 6, 7]];
      const options2 = { augmentSeed: 7 };
      for await (const batch of createBatches(splits.train, indices, options2)) {
        images.push(batch.images);
      }
      await splits.close();
      return { images, normalization: splits.normalization };
    };
    const here = await epoch(0);
    expect(here.images.map(({ length }) => length)).toEqual([576, 384, 0, 768]);
    expect(await epoch(1)).toEqual(here);
    expect(await epoch(3)).toEqual(here);
    expect(await epoch(2, { check: "decode" })).toEqual(here);
    const train = await epoch(0, { normalization: "train" });
    expect(train).not.toEqual(here);
    expect(await epoch(3, { normalization: "train" })).toEqual(train);
  });

  it("has the errors that there are without", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "none.png": "x", "large.png": noise(1, 40, 40) });
    const pool = createDecodePool(form, 1, WORKER);
    const here = createFileDecoder(form);
    for (const name of ["none.png", "large.png", "missing.png"]) {
      const path = join(folder, name);
      const expected: Error = await here.decode(path).then(
        () => new Error("decoded"),
        (error: Error) => error,
      );
      expect(expected.name).toBe("FlError");
      await expect(pool.decode(path)).rejects.toEqual(expected);
    }
    await pool.close();
  });

  it("loses the files of a thread that dies, and goes on with another", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "deadly.png": noise(1, 4, 4), "fine.png": noise(2, 4, 4) });
    const pool = createDecodePool(form, 1, MORTAL_WORKER);
    expect((await pool.decode(join(folder, "fine.png"))).rows).toBe(4);
    await expect(pool.decode(join(folder, "deadly.png"))).rejects.toMatchObject({
      ...{ name: "FlError", code: "FAILED" },
    });
    expect((await pool.decode(join(folder, "fine.png"))).rows).toBe(4);
    await pool.close();
    const dead = createDecodePool(form, 2, DEAD_WORKER);
    await expect(dead.decode(join(folder, "fine.png"))).rejects.toMatchObject({ code: "FAILED" });
    await dead.close();
  });

  it("refuses what waits when it is closed, and all that comes after", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "fine.png": noise(2, 4, 4) });
    const pool = createDecodePool(form, 2, WORKER);
    const waiting = Array.from({ length: 5 }, () => pool.decode(join(folder, "fine.png")));
    const settled = Promise.allSettled(waiting);
    await pool.close();
    await pool.close();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "ABORTED" } });
    }
    await expect(pool.decode(join(folder, "fine.png"))).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("closes its threads where opening fails", async () => {
    const folder = imageFolder();
    const many = { size: 8, workers: 2, check: "decode", maxPixels: 10 } as const;
    await expect(openImageFolderIn(folder, many, { workerModule: WORKER })).rejects.toThrow(
      "12 of 12 images",
    );
  });
});

it("there are no threads where sources are run", () => {
  expect(hasDecodeWorkers()).toBe(false);
});
