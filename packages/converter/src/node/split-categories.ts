/**
 * Splits a folder of classes on disk, and puts it together again.
 *
 * @module
 */
import { ConverterError } from "../errors.js";
import type { Item } from "../item.js";
import { createManifest, type Manifest, type ManifestEntry } from "../manifest.js";
import { isName } from "../relative-path.js";
import { DEFAULT_FRACTIONS, type SplitOptions, splitItems } from "../split.js";
import { DEFAULT_SITES, type SiteOptions, splitSites } from "../split-sites.js";
import { type GroupBy, groupingOf } from "./grouping.js";
import { listClasses } from "./list-classes.js";
import { isManifestName, manifestFiles } from "./manifest-files.js";
import {
  assertEmpty,
  type NewFile,
  resolveFolders,
  type TransferOptions,
  transfer,
} from "./transfer.js";

export interface SplitCategoriesOptions extends SplitOptions, TransferOptions {
  /** Which files are of one patient. Has to be said: there is no safe guess. */
  readonly groupBy: GroupBy;
}

export interface SplitSitesOnDiskOptions extends SplitCategoriesOptions, SiteOptions {
  /** Names of the sites' folders. Default `site-1`, `site-2`, … */
  readonly siteNames?: readonly string[];
}

export interface MergeCategoriesOptions extends TransferOptions {
  /** Folders above the class: 1 after {@link splitCategories}, 2 after {@link splitSitesOnDisk}. Default 1. */
  readonly levels?: 1 | 2;
}

/** What was done. */
export interface SplitOnDisk {
  /** As it was, or in a dry run would have been, written to `<output>/manifest.json` and `manifest.csv`. */
  readonly manifest: Manifest;
  /** Hidden files, links and the like, which stay where they are. */
  readonly skipped: number;
}

/** What was put together. */
export interface Merged {
  readonly files: number;
  /** Hidden files, links and the like, which stay where they are. */
  readonly skipped: number;
}

/**
 * Splits `<folder>/<class>/…/<file>` into `<output>/<split>/<class>/…/<file>` as {@link splitItems} says, and writes
 * `<output>/manifest.csv` and, last of all, `<output>/manifest.json`: without it, an output is unfinished.
 *
 * An interrupted move loses nothing; `mergeCategories(output, folder, { mode: "move" })` brings back what was moved.
 *
 * @throws {@link ConverterError} what is refused is refused before anything is written
 */
export async function splitCategories(
  folder: string,
  output: string,
  options: SplitCategoriesOptions,
): Promise<SplitOnDisk> {
  return divide(folder, output, options, (items) =>
    splitItems(items, options).map((item) => ({ ...item, site: undefined })),
  );
}

/**
 * Divides `<folder>/<class>/…/<file>` among sites as {@link splitSites} says, the items of each site into splits, and writes
 * `<output>/<site>/<split>/<class>/…/<file>`. Each site's folder has manifests of its own, of its files only, so that it can be
 * handed over as it is; those of all sites lie in the output.
 *
 * @throws {@link ConverterError} what is refused is refused before anything is written
 */
export async function splitSitesOnDisk(
  folder: string,
  output: string,
  options: SplitSitesOnDiskOptions,
): Promise<SplitOnDisk> {
  const { sites = DEFAULT_SITES } = options;
  const count = typeof sites === "number" ? sites : sites.length;
  const names = options.siteNames ?? Array.from({ length: count }, (_, i) => `site-${i + 1}`);
  if (names.length !== count || new Set(names).size !== count || !names.every(isFolderName)) {
    throw new ConverterError("BAD_NAME", "siteNames: expected a name of a folder for each site");
  }
  return divide(folder, output, options, (items) => {
    const atSites = splitSites(items, options);
    return names.flatMap((site, index) =>
      splitItems(
        atSites.filter((item) => item.site === index),
        options,
      ).map((item) => ({ ...item, site })),
    );
  });
}

/**
 * The inverse: `<folder>/<split>/<class>/…/<file>` to `<output>/<class>/…/<file>`. The output may have other files already.
 *
 * Manifests in `folder` stay there.
 *
 * @throws {@link ConverterError} `TARGET_EXISTS` before anything is written, if two files would have one name
 */
export async function mergeCategories(
  folder: string,
  output: string,
  { levels = 1, ...options }: MergeCategoriesOptions = {},
): Promise<Merged> {
  if (levels !== 1 && levels !== 2) {
    throw new RangeError(`levels: expected 1 or 2, got ${String(levels)}`);
  }
  const folders = await resolveFolders(folder, output);
  const { paths, skipped } = await listClasses(folders.input, levels);
  await transfer(
    folders,
    paths.map((from) => ({ from, to: from.split("/").slice(levels).join("/") })),
    options,
  );
  return { files: paths.length, skipped };
}

async function divide(
  folder: string,
  output: string,
  options: SplitCategoriesOptions,
  decide: (
    items: readonly Item[],
  ) => readonly (Item & { readonly split: string; readonly site: string | undefined })[],
): Promise<SplitOnDisk> {
  const grouping = groupingOf(options.groupBy);
  if (!Object.keys(options.fractions ?? DEFAULT_FRACTIONS).every(isFolderName)) {
    throw new ConverterError("BAD_NAME", "fractions: expected names of folders");
  }
  const folders = await resolveFolders(folder, output);
  await assertEmpty(folders.output);
  const { paths, skipped } = await listClasses(folders.input, 0);
  const groups = await grouping(folders.input, paths);
  const decided = decide(
    paths.map((id, i) => ({
      id,
      label: id.slice(0, id.indexOf("/")),
      group: groups[i] as string,
    })),
  ).map(({ id, label, group, split, site }) => {
    const path = site === undefined ? `${split}/${id}` : `${site}/${split}/${id}`;
    const entry = { path, label, group, split };
    return { from: id, to: path, entry: site === undefined ? entry : { ...entry, site } };
  });
  let manifest = createManifest(decided.map(({ entry }) => entry)); // refuses before anything is written
  await transfer(folders, decided, options, (digests) => {
    manifest = createManifest(
      decided.map(({ entry }, i) => ({ ...entry, sha256: digests[i] as string })),
    );
    return [...manifestsOfSites(manifest.entries), ...manifestFiles(manifest)];
  });
  return { manifest, skipped };
}

/** What each site is told: of its own files, where they are in its folder. */
function manifestsOfSites(entries: readonly ManifestEntry[]): readonly NewFile[] {
  const sites = new Map<string, ManifestEntry[]>();
  for (const { site, ...entry } of entries) {
    if (site === undefined) continue;
    const own = sites.get(site) ?? [];
    sites.set(site, own);
    own.push({ ...entry, path: entry.path.slice(site.length + 1) });
  }
  return [...sites].flatMap(([site, own]) => manifestFiles(createManifest(own), site));
}

/** Hidden folders would be passed over when the data set is read again. */
function isFolderName(name: string): boolean {
  return isName(name) && !name.startsWith(".") && !isManifestName(name);
}
