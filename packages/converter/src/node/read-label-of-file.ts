/**
 * The label of a file: of a DICOM file its own, of an image that of the JSON file beside it.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { isDicomdir, isDicomError, type TagNumber } from "@dsail/dicom-core";
import { readDicomFile } from "@dsail/dicom-core/node";
import { ConverterError } from "../errors.js";
import { LABEL_TAG, textsOf } from "../label/read-label.js";
import { withoutPath } from "./file-system-error.js";
import { readJsonIfThere, readSidecar } from "./sidecar.js";

/**
 * Reads the label of a DICOM file, of a JSON file (PS3.18 Annex F), or of an image by its sidecar: `x.json` for `x.png` and
 * `x.0001.png`.
 *
 * @param tag - default (0014,2016) Indication Label
 * @returns undefined if there is no label, or an image has no sidecar
 * @throws {@link ConverterError} `BAD_INPUT` if a file cannot be read
 * @throws {@link DicomError} if a DICOM file is broken
 */
export async function readLabelOfFile(
  path: string,
  tag: TagNumber = LABEL_TAG,
): Promise<string | undefined> {
  const folder = dirname(path);
  const texts = await readTexts(folder, basename(path), tag, folder);
  return texts?.[0] || undefined;
}

/**
 * All values of an attribute of a file.
 *
 * @param metadata - the folder of the sidecars of images
 * @returns undefined if the file is no DICOM file and has no sidecar
 */
export async function readTexts(
  folder: string,
  path: string,
  tag: TagNumber,
  metadata: string,
): Promise<readonly string[] | undefined> {
  if (kindOfName(path) === "JSON") {
    const texts = await readJsonIfThere(join(folder, path), tag);
    if (texts === undefined) throw new ConverterError("BAD_INPUT", "there is no such file");
    return texts;
  }
  if (kindOfName(path) === undefined) {
    const texts = await readDicomTexts(join(folder, path), tag);
    if (texts !== undefined) return texts;
  }
  return (await readSidecar(metadata, path, tag))?.texts;
}

/** @returns undefined if this is no DICOM file, or a DICOMDIR, which is of many patients */
export async function readDicomTexts(
  path: string,
  tag: TagNumber,
): Promise<readonly string[] | undefined> {
  try {
    const file = await readDicomFile(path);
    return isDicomdir(file) ? undefined : textsOf(file.dataset, tag);
  } catch (error) {
    if (isDicomError(error) && error.code === "NOT_DICOM") return undefined;
    throw withoutPath("a file cannot be read", error);
  }
}

/** What a file is by its name; undefined for all else, DICOM files among it, of which many have no extension. */
export function kindOfName(path: string): "PNG" | "BMP" | "JSON" | undefined {
  const extension = /\.(png|bmp|json)$/i.exec(path)?.[1];
  return extension?.toUpperCase() as "PNG" | "BMP" | "JSON" | undefined;
}
