/**
 * Images and JSON on disk made a DICOM file.
 *
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  datasetToElements,
  type ElementInit,
  jsonToElements,
  readFile as readDicom,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { compose } from "../compose/compose.js";
import { ConverterError } from "../errors.js";
import type { WorkDone } from "./file-task.js";
import type { ComposeFolderOptions } from "./folder-job.js";
import type { OutputFiles } from "./output-files.js";
import { IMAGE_EXTENSION, readImageFile } from "./read-image-file.js";
import { frameNumber } from "./stem.js";

const JSON_EXTENSION = /\.json$/i;

/** With metadata of all, each image becomes a file; else each JSON with its images. */
export async function composeFile(
  input: string,
  path: string,
  { metadata, ...options }: ComposeFolderOptions,
  files: OutputFiles,
): Promise<WorkDone> {
  const source = metadata === undefined ? JSON_EXTENSION : IMAGE_EXTENSION;
  if (!source.test(path)) return "skipped";
  const stem = path.replace(source, "");
  const reference = await readReference(metadata ?? join(input, path));
  const images = metadata === undefined ? await imagesOf(join(input, stem)) : [join(input, path)];
  const decoded = [];
  for (const image of images) decoded.push(await readImageFile(image));
  const bytes = await compose(reference, decoded.length === 0 ? undefined : decoded, options);
  await files.write(`${stem}.dcm`, () => bytes);
  return {};
}

/** DICOM JSON by its name; else DICOM. */
async function readReference(path: string): Promise<readonly ElementInit[]> {
  const bytes = await readFile(path);
  if (!JSON_EXTENSION.test(path)) {
    const { dataset } = readDicom(new Uint8Array(bytes));
    const elements = dataset.elements.filter(({ tag }) => tag !== Tag.PixelData);
    return datasetToElements({ ...dataset, elements });
  }
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, ""));
  } catch {
    // What JSON.parse says quotes the text.
    throw new ConverterError("BAD_INPUT", "a JSON file is broken");
  }
  return jsonToElements(json);
}

/** `x.png`; or `x.0001.png`, `x.0002.png`, …, of which none may be missing. */
async function imagesOf(stem: string): Promise<readonly string[]> {
  const name = basename(stem);
  const folder = dirname(stem);
  const names = (await readdir(folder)).filter((entry) => IMAGE_EXTENSION.test(entry)).sort();
  const own = names.filter((entry) => entry.replace(IMAGE_EXTENSION, "") === name);
  const frames = new Map<number, string>();
  for (const entry of names) {
    const number = frameNumber(entry.replace(IMAGE_EXTENSION, ""), name);
    if (number === undefined) continue;
    if (frames.has(number)) throw ambiguous();
    frames.set(number, entry);
  }
  if (own.length > 1 || (own.length > 0 && frames.size > 0)) throw ambiguous();
  const ordered = Array.from({ length: frames.size }, (_, i) => {
    const frame = frames.get(i + 1);
    if (frame !== undefined) return frame;
    throw new ConverterError("IMAGE_MISMATCH", "an image of several frames is missing");
  });
  return [...own, ...ordered].map((entry) => join(folder, entry));
}

function ambiguous(): ConverterError {
  return new ConverterError("IMAGE_MISMATCH", "two images are meant by one name");
}
