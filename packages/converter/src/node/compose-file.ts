/**
 * Images and JSON on disk made a DICOM file.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DicomError,
  datasetToElements,
  type ElementInit,
  isDicomError,
  jsonToElements,
  randomUid,
  readFile as readDicom,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { compose } from "../compose/compose.js";
import { ConverterError } from "../errors.js";
import type { RasterImage } from "../raster-image.js";
import type { ComposeFolderOptions, WorkDone } from "./folder-job.js";
import type { FindImages } from "./image-names.js";
import type { OutputFiles } from "./output-files.js";
import { readImageFile } from "./read-image-file.js";
import { IMAGE_EXTENSION, JSON_EXTENSION } from "./stem.js";

/** With metadata of all, each image becomes a file; else each JSON with its images. */
export async function composeFile(
  input: string,
  path: string,
  { metadata, ...options }: ComposeFolderOptions,
  files: OutputFiles,
  findImages: FindImages,
): Promise<WorkDone> {
  const source = metadata === undefined ? JSON_EXTENSION : IMAGE_EXTENSION;
  if (!source.test(path)) return "skipped";
  const stem = path.replace(source, "");
  const reference = await readReference(metadata ?? join(input, path));
  const paths = metadata === undefined ? await findImages(join(input, stem)) : [join(input, path)];
  const images = paths.length === 0 ? undefined : await readImages(paths);
  // Images that share metadata are not one instance.
  const own = metadata === undefined ? {} : { sopInstanceUid: randomUid() };
  const bytes = await compose(reference, images, { ...options, ...own });
  await files.write(`${stem}.dcm`, () => bytes);
  return {};
}

/** Decoded, all are in memory at once; small files may become large images. */
const MAX_BYTES_AT_ONCE = 1024 * 1024 * 1024;

async function readImages(paths: readonly string[]): Promise<readonly RasterImage[]> {
  const images: RasterImage[] = [];
  let bytes = 0;
  for (const path of paths) {
    const image = await readImageFile(path);
    bytes += image.pixels.byteLength;
    if (bytes > MAX_BYTES_AT_ONCE) {
      throw new DicomError("LIMIT_EXCEEDED", "the images are too many for one file", {
        at: "(7FE0,0010)",
      });
    }
    images.push(image);
  }
  return images;
}

/** DICOM JSON by its name; else DICOM. */
async function readReference(path: string): Promise<readonly ElementInit[]> {
  const bytes = await readFile(path);
  if (!JSON_EXTENSION.test(path)) return readDicomReference(bytes);
  let json: unknown;
  try {
    // RFC 8259 8.1: UTF-8. What is not would become other text.
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // What JSON.parse says quotes the text.
    throw new ConverterError("BAD_INPUT", "a JSON file is broken");
  }
  return jsonToElements(json);
}

function readDicomReference(bytes: Uint8Array): readonly ElementInit[] {
  try {
    const { dataset } = readDicom(new Uint8Array(bytes));
    const elements = dataset.elements.filter(({ tag }) => tag !== Tag.PixelData);
    return datasetToElements({ ...dataset, elements });
  } catch (error) {
    // Of the input it would say that a file is of another kind, and the file would be skipped.
    if (!isDicomError(error) || error.code !== "NOT_DICOM") throw error;
    throw new ConverterError("BAD_INPUT", "the metadata are neither DICOM nor JSON");
  }
}
