/**
 * Images by the manifest of their data set.
 *
 * @module
 */
import { lstat, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { badData, withoutPath } from "./bad-data.js";
import type { DecodeImage } from "./decode-image.js";
import type { ImageOptions, ImageSplits, Split } from "./image-options.js";
import { type LabelledFile, openSplits } from "./open-splits.js";
import { parseManifest } from "./parse-manifest.js";

/** How the images of a manifest become data sets. */
export interface ManifestOptions extends ImageOptions {
  /** Only the images of this site. Default: of all. */
  readonly site?: string;
  /** What decodes the files, such as DICOM, in this thread. Default: PNG, BMP and JPEG are read. */
  readonly decode?: DecodeImage;
}

const SPLITS: ReadonlySet<unknown> = new Set<Split>(["train", "valid", "test"]);

/**
 * Opens what a manifest lists, by its splits `train`, `valid` and `test`. Classes are those of all its sites, so that sites
 * with one manifest agree on them. Whether files are as they were, `verifyManifest` of `@dsail/converter` tells.
 *
 * @param path - of `manifest.json` or `manifest.csv`; its folder is where the images are
 * @throws {@link FlError} `BAD_DATA` if it is no manifest, leads out of its folder, by a link too, or has no such splits; and as
 * `openImageFolder`
 */
export async function openManifest(
  path: string,
  { site, decode, ...options }: ManifestOptions = {},
): Promise<ImageSplits> {
  const all = parseManifest(await readText(path), /\.csv$/i.test(path) ? "csv" : "json");
  const folder = dirname(path);
  const own = all.filter((entry) => site === undefined || entry.site === site);
  const assertNoLink = createLinkCheck(folder);
  const files: LabelledFile[] = [];
  for (const { path: file, label, split } of own) {
    if (!SPLITS.has(split)) throw badData("manifest: expected the splits train, valid and test");
    await assertNoLink(file);
    files.push({ path: file, label, split: split as Split });
  }
  if (files.length === 0) throw badData("manifest: there are no images");
  const labels = all.map(({ label }) => label);
  const internals = decode === undefined ? {} : { decode };
  return openSplits({ folder, files, labels, skipped: 0 }, options, internals);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw withoutPath("the manifest cannot be read", error);
  }
}

/** No folder on the way to a file, nor the file, may be a link. What is not there is found later. */
function createLinkCheck(folder: string): (path: string) => Promise<void> {
  const known = new Set<string>();
  return async (path) => {
    const names = path.split("/");
    for (let depth = 1; depth <= names.length; depth++) {
      const part = names.slice(0, depth).join("/");
      if (known.has(part)) continue;
      known.add(part);
      const stats = await lstat(join(folder, part)).catch(() => undefined);
      if (stats?.isSymbolicLink()) throw badData("manifest: a path leads through a link");
    }
  };
}
