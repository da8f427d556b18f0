/**
 * The JSON file that tells of an image what its DICOM file said, by name: of `x.png` it is `x.json`; of `x.0001.png`, the first of
 * several frames, `x.0001.json` or, if there is none, `x.json`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TagNumber } from "@dsail/dicom-core";
import { ConverterError } from "../errors.js";
import { textsOfJson } from "../label/read-label.js";
import { codeOf, withoutPath } from "./file-system-error.js";
import { withoutExtension, withoutFrame } from "./stem.js";

/** The class of a folder that `classifyByLabel` made: its metadata lie under another name. */
const IMAGE_CLASS = /^(?:PNG|BMP|DICOM)-/;

/** A sidecar that was found. */
export interface Sidecar {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** The values of the attribute that was asked for, as text. */
  readonly texts: readonly string[];
}

/**
 * Reads an attribute from the sidecar of a file.
 *
 * @param folder - where sidecars lie: the file's own, or one that has the same folders in it; `JSON-x` too for `PNG-x`
 * @param path - of the file in its own folder, with `/`
 * @returns undefined if there is no sidecar
 * @throws {@link ConverterError} `BAD_INPUT` if it cannot be read
 */
export async function readSidecar(
  folder: string,
  path: string,
  tag: TagNumber,
): Promise<Sidecar | undefined> {
  for (const candidate of sidecarPaths(path)) {
    const texts = await readJsonIfThere(join(folder, candidate), tag);
    if (texts !== undefined) return { path: candidate, texts };
  }
  return undefined;
}

/**
 * Reads an attribute from a JSON file.
 *
 * @returns its values as text, or undefined if there is no file
 * @throws {@link ConverterError} `BAD_INPUT` if it cannot be read
 */
export async function readJsonIfThere(
  path: string,
  tag: TagNumber,
): Promise<readonly string[] | undefined> {
  try {
    const text = await readFile(path, "utf8");
    return textsOfJson(JSON.parse(text.replace(/^\uFEFF/, "")), tag);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    // What JSON.parse says quotes the text.
    if (error instanceof SyntaxError)
      throw new ConverterError("BAD_INPUT", "a JSON file is broken");
    throw withoutPath("a JSON file cannot be read", error);
  }
}

function sidecarPaths(path: string): readonly string[] {
  const stem = withoutExtension(path);
  const names = [...new Set([stem, withoutFrame(stem)])].map((name) => `${name}.json`);
  return [
    ...names,
    ...names.filter(isInImageClass).map((name) => name.replace(IMAGE_CLASS, "JSON-")),
  ];
}

function isInImageClass(path: string): boolean {
  return path.includes("/") && IMAGE_CLASS.test(path);
}
