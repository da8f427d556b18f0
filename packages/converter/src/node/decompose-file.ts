/**
 * A DICOM file made images and JSON.
 *
 * @module
 */
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import {
  type Dataset,
  DicomError,
  datasetToJson,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findElement,
  formatJson,
  isDicomdir,
  isDicomError,
  readFile,
} from "@dsail/dicom-core";
import { type FrameCodecs, transcode } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import { encodeBmp } from "../image/bmp.js";
import { encodeApng } from "../image/encode-apng.js";
import { encodePng } from "../image/encode-png.js";
import { montage } from "../image/montage.js";
import type { RasterImage } from "../raster-image.js";
import { type ImageReader, openImages } from "../render/open-images.js";
import type { DecomposeOptions, WorkDone } from "./folder-job.js";
import type { OutputFiles } from "./output-files.js";
import { frameStem, stemOf } from "./stem.js";
import { type OpenDicomFile, withDicomFile } from "./with-dicom-file.js";

/** Images first and JSON last: where there is JSON, the images are whole. Objects without pixels are JSON only. */
export function decomposeFile(
  input: string,
  path: string,
  options: DecomposeOptions,
  files: OutputFiles,
  codecs: FrameCodecs,
): Promise<WorkDone> {
  return withDicomFile(join(input, path), async (opened) => {
    if (isDicomdir(opened.file)) return "skipped";
    const stem = stemOf(path);
    const hasPixels = PIXELS.some((tag) => findElement(opened.file.dataset, tag) !== undefined);
    if (!hasPixels && options.json === false) return "skipped";
    if (hasPixels) await writeImages(opened, stem, options, files, codecs);
    if (options.json !== false) {
      const json = await jsonOf(opened, options, codecs);
      await files.write(`${stem}.json`, () => json);
    }
    return {};
  });
}

async function writeImages(
  { file, readRange }: OpenDicomFile,
  stem: string,
  {
    format = "png",
    frames = "each",
    mode = "voi",
    voiIndex = 0,
    squarePixels = false,
  }: DecomposeOptions,
  files: OutputFiles,
  codecs: FrameCodecs,
): Promise<void> {
  const encode = (image: RasterImage) =>
    format === "bmp" ? encodeBmp(image) : encodePng(image, { deflate: deflateSync });
  const images = await openImages(file, { mode, voiIndex, squarePixels, codecs, readRange });
  const { count, readImage } = images;
  if (frames === "montage" || frames === "animation") {
    const all = await readAll(images);
    const bytes =
      frames === "montage" ? encode(montage(all)) : encodeApng(all, { deflate: deflateSync });
    await files.write(`${stem}.${format}`, () => bytes);
    return;
  }
  const last = frames === "first" ? 1 : count;
  for (let index = 0; index < last; index++) {
    const image = await readImage(index);
    const name = last === 1 ? stem : frameStem(stem, index);
    await files.write(`${name}.${format}`, () => encode(image));
  }
}

/** Far more than a montage can show, or a viewer plays. */
const MAX_BYTES_AT_ONCE = 1024 * 1024 * 1024;

async function readAll({ count, readImage }: ImageReader): Promise<readonly RasterImage[]> {
  const all: RasterImage[] = [];
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const image = await readImage(index);
    bytes += image.pixels.byteLength;
    if (bytes > MAX_BYTES_AT_ONCE) {
      throw new DicomError("LIMIT_EXCEEDED", "the frames are too many for one image", {
        at: "(0028,0008)",
      });
    }
    all.push(image);
  }
  return all;
}

const PIXELS: readonly number[] = [Tag.PixelData, Tag.FloatPixelData, Tag.DoubleFloatPixelData];

async function jsonOf(
  { file }: OpenDicomFile,
  { removeImageInJson = true }: DecomposeOptions,
  codecs: FrameCodecs,
): Promise<string> {
  if (removeImageInJson) {
    const elements = file.dataset.elements.filter(({ tag }) => !PIXELS.includes(tag));
    return jsonText({ ...file.dataset, elements });
  }
  const isPlain = file.transferSyntax.littleEndian && !file.transferSyntax.encapsulated;
  try {
    // JSON has native pixels, little endian (PS3.18 F.2.7).
    const plain = isPlain
      ? file
      : readFile(await transcode(file, EXPLICIT_VR_LITTLE_ENDIAN, { codecs }));
    return jsonText(plain.dataset);
  } catch (error) {
    throw asTooLarge(error);
  }
}

function jsonText(dataset: Dataset): string {
  try {
    return `${formatJson(datasetToJson(dataset))}\n`;
  } catch (error) {
    throw asTooLarge(error);
  }
}

/** Of a large file, values of any length are not in memory. */
function asTooLarge(error: unknown): unknown {
  if (!isDicomError(error) || error.code !== "NOT_LOADED") return error;
  return new DicomError("LIMIT_EXCEEDED", "a value is too large for JSON", { at: error.at });
}
