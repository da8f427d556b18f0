/**
 * The manifest of a data set as files: `manifest.csv` for people, and `manifest.json`, which comes last.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConverterError } from "../errors.js";
import { formatManifestJson, type Manifest, parseManifestJson } from "../manifest.js";
import { codeOf, withoutPath } from "./file-system-error.js";
import { formatManifestCsv } from "./manifest-csv.js";
import type { NewFile } from "./transfer.js";

const JSON_NAME = "manifest.json";
const CSV_NAME = "manifest.csv";

/** Whether a path ends in the name of a manifest. */
export function isManifestName(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name === JSON_NAME || name === CSV_NAME;
}

/** Both files, in the order in which they are to be written. */
export function manifestFiles(manifest: Manifest, folder = "."): readonly NewFile[] {
  return [
    { path: join(folder, CSV_NAME), text: formatManifestCsv(manifest) },
    { path: join(folder, JSON_NAME), text: formatManifestJson(manifest) },
  ];
}

/**
 * Reads `<folder>/manifest.json`.
 *
 * @throws {@link ConverterError} `BAD_MANIFEST`; `BAD_INPUT` if there is none, or it cannot be read
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await readManifestIfThere(folder);
  if (manifest === undefined) throw new ConverterError("BAD_INPUT", "there is no manifest.json");
  return manifest;
}

/** The same, or undefined if there is none. */
export async function readManifestIfThere(folder: string): Promise<Manifest | undefined> {
  try {
    return parseManifestJson(await readFile(join(folder, JSON_NAME), "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw withoutPath("the manifest cannot be read", error);
  }
}
