/**
 * Writes a contact sheet of all images of a folder, to be looked at: the first frame of each, small. Also a montage and
 * an animation of the first file with many frames.
 *
 *     tsx --conditions=@dsail/source test/corpus/contact-sheet.ts FOLDER SHEET.png [MONTAGE.png ANIMATION.png]
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  encodeApng,
  encodePng,
  montage,
  type RasterImage,
  resampleToSquarePixels,
} from "@dsail/converter/image";
import { readFrameTransforms, readPixelAspectRatio, renderFrame } from "@dsail/converter/render";
import { type DicomFile, readFile } from "@dsail/dicom-core";
import { openFrames } from "@dsail/dicom-core/pixel-data";
import { thumbnail } from "./thumbnail.js";

/** Height and width that a thumbnail has at most, in pixels. */
const THUMBNAIL_SIZE = 64;
/** Frames of a montage or an animation at most. */
const MAX_FRAMES = 36;

const [folder, sheetPath, montagePath, animationPath] = process.argv.slice(2);
if (folder === undefined || sheetPath === undefined) {
  throw new Error("usage: contact-sheet.ts FOLDER SHEET.png [MONTAGE.png ANIMATION.png]");
}
const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
const thumbnails: RasterImage[] = [];
const shown: string[] = [];
const refused = new Map<string, number>();
let many: readonly RasterImage[] | undefined;
for (const name of names) {
  try {
    const file = readFile(readFileSync(join(folder, name)));
    const reader = await openFrames(file);
    thumbnails.push(thumbnail(await render(file, 0), THUMBNAIL_SIZE));
    shown.push(name);
    if (many === undefined && reader.count >= 4 && reader.pixel.rows >= 64) {
      const count = Math.min(reader.count, MAX_FRAMES);
      many = await Promise.all(Array.from({ length: count }, (_, frame) => render(file, frame)));
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    refused.set(code, (refused.get(code) ?? 0) + 1);
  }
}
writeFileSync(sheetPath, encodePng(montage(thumbnails)));
if (many !== undefined && montagePath !== undefined && animationPath !== undefined) {
  writeFileSync(montagePath, encodePng(montage(many)));
  writeFileSync(animationPath, encodeApng(many, { delayMs: 80 }));
}
const across = Math.ceil(Math.sqrt(shown.length));
for (const [i, name] of shown.entries()) {
  console.log(`row ${Math.floor(i / across)}, column ${i % across}: ${name}`);
}
console.log(`${shown.length} images; not shown:`, Object.fromEntries(refused));

async function render(file: DicomFile, index: number): Promise<RasterImage> {
  const frame = await (await openFrames(file)).readFrame(index);
  const image = renderFrame(frame, readFrameTransforms(file.dataset, { frame: index }));
  return resampleToSquarePixels(image, readPixelAspectRatio(file.dataset, index));
}
