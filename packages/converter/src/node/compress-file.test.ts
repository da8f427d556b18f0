import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { greyOf, imageOf } from "../../test/image-for-test.js";
import { CANARY } from "../../test/watched-command.js";
import { encodeBmp } from "../image/bmp.js";
import { decodePng } from "../image/decode-png.js";
import { encodePng } from "../image/encode-png.js";
import { compressFolder } from "./convert-folder.js";
import type { CompressOptions, FileOutcome, RunOptions } from "./folder-job.js";

async function compressed(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: CompressOptions & RunOptions = {},
) {
  const folder = temporaryFolder();
  writeFiles(join(folder, "in"), files);
  const output = join(folder, "out");
  const outcomes: FileOutcome[] = [];
  await compressFolder(join(folder, "in"), output, {
    ...options,
    onFile: (outcome) => outcomes.push(outcome),
  });
  const read = (path: string) => new Uint8Array(readFileSync(join(output, path)));
  return { outcomes, paths: pathsIn(output), read };
}

const image = greyOf(
  ...Array.from({ length: 48 }, (_, y) => Array.from({ length: 48 }, (_, x) => (x * y + x) & 0xff)),
);

describe("compressFolder", () => {
  it("reads PNG and BMP, keeps all without a ratio, and tells what it cost", async () => {
    const { outcomes, paths, read } = await compressed({
      ...{ "a.png": encodePng(image), "b/c.BMP": encodeBmp(image), "d.jpg": CANARY },
    });
    expect(paths).toEqual(["a.png", "b/c.png"]);
    for (const path of paths) expect(decodePng(read(path))).toEqual(image);
    expect(outcomes[0]).toEqual({
      kind: "done",
      path: "a.png",
      written: ["a.png"],
      compression: {
        originalBytes: 48 * 48,
        compressedBytes: expect.any(Number),
        pngBytes: read("a.png").length,
        psnr: Number.POSITIVE_INFINITY,
      },
    });
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "done", "skipped"]);
  });

  it("writes the codestream that it tells of, and what is left of 16 bits", async () => {
    const deep = imageOf(
      { channels: 1, bits: 16 },
      ...Array(64).fill(Array.from({ length: 64 }, (_, x) => x * x * 16)),
    );
    const { outcomes, paths, read } = await compressed(
      { "a.png": encodePng(deep) },
      { ratio: 8, keepCodestream: true },
    );
    expect(paths).toEqual(["a.j2c", "a.png"]);
    expect(outcomes[0]).toMatchObject({ compression: { compressedBytes: read("a.j2c").length } });
    expect(decodePng(read("a.png"))).toMatchObject({ bits: 16, rows: 64, columns: 64 });
  });

  it("fails an image that is none, or that the codec cannot have, alone", async () => {
    const color = imageOf({ channels: 3, bits: 16 }, [1, 2, 3]);
    const { outcomes, paths } = await compressed({
      ...{ "a.png": CANARY, "b.png": encodePng(color), "c.png": encodePng(image) },
    });
    expect(outcomes).toMatchObject([
      { kind: "failed", code: "BAD_IMAGE" },
      { kind: "failed", code: "UNSUPPORTED_TRANSFER_SYNTAX" },
      { kind: "done" },
    ]);
    expect(JSON.stringify(outcomes)).not.toContain(CANARY);
    expect(paths).toEqual(["c.png"]);
  });

  it("writes nothing in a dry run, and tells the same", async () => {
    const files = { "a.png": encodePng(image) };
    const [dry, wet] = [
      await compressed(files, { ratio: 5, dryRun: true }),
      await compressed(files, { ratio: 5 }),
    ];
    expect(dry.outcomes).toEqual(wet.outcomes);
    expect(dry.paths).toEqual([]);
  });
});
