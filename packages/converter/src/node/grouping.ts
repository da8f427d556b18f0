/**
 * Which files belong to one patient: by their names, by a table, or by what is in them.
 *
 * @module
 */
import { realpath } from "node:fs/promises";
import type { TagNumber } from "@dsail/dicom-core";
import { ConverterError } from "../errors.js";
import { withoutPath } from "./file-system-error.js";
import { readTexts } from "./read-label-of-file.js";

/** By an attribute, which has to have one value: of the DICOM file itself, or of an image's sidecar. */
export interface GroupByTag {
  /** Usually (0010,0020) Patient ID. */
  readonly tag: TagNumber;
  /**
   * Where the sidecars of images lie: in the same folders as the images, or in `JSON-x` for `PNG-x`, `BMP-x` and `DICOM-x`. Default:
   * beside the images.
   */
  readonly metadata?: string;
}

/** By a table from files to groups, such as `readGroupTable` reads. */
export interface GroupByTable {
  /**
   * By the path in the input, `class/…/file`, or by the name of the file without folders. A name that several files have tells nothing.
   */
  readonly table: ReadonlyMap<string, string>;
}

/**
 * - A function: of the path in the input, `class/…/file`, to the group.
 * - A regular expression with one capturing group, applied to the file's name without folders: `/^([^_]+)_/` if names are
 *   `PATIENT_SLICE.png`.
 * - `{ tag }`: by an attribute of the DICOM files, or of the JSON files of images. See {@link GroupByTag}.
 * - `{ table }`: by a table. See {@link GroupByTable}.
 * - `"file"`: every file is a group of its own. Right only if no patient has two files; otherwise slices of one patient come into
 *   several splits, and the test set tells nothing.
 */
export type GroupBy = RegExp | "file" | ((path: string) => string) | GroupByTag | GroupByTable;

/** The group of each file of a folder, in their order. */
export type Grouping = (folder: string, paths: readonly string[]) => Promise<readonly string[]>;

/** Of one file, undefined if it is not known. */
type GroupOf = (path: string) => string | undefined | Promise<string | undefined>;

/**
 * @throws {@link ConverterError} `GROUPING_NEEDED` if this is no grouping. What is returned throws `GROUP_UNKNOWN` if files have no
 * group
 */
export function groupingOf(groupBy: GroupBy): Grouping {
  const prepare = prepareGrouping(groupBy);
  return async (folder, paths) => {
    const groupOf = await prepare(folder, paths);
    const groups: string[] = [];
    for (const path of paths) {
      const group: unknown = await groupOf(path);
      if (typeof group === "string" && group !== "") groups.push(group);
    }
    const unknown = paths.length - groups.length;
    if (unknown === 0) return groups;
    throw new ConverterError(
      "GROUP_UNKNOWN",
      `groupBy: gives no group for ${unknown} of ${paths.length} files`,
    );
  };
}

function prepareGrouping(
  groupBy: GroupBy,
): (folder: string, paths: readonly string[]) => GroupOf | Promise<GroupOf> {
  if (groupBy === "file") return () => (path) => path;
  if (typeof groupBy === "function") return () => groupBy;
  if (groupBy instanceof RegExp) {
    const groupOf = byPattern(groupBy);
    return () => groupOf;
  }
  if (typeof groupBy === "object" && groupBy !== null) {
    if ("tag" in groupBy) return (folder) => byTag(folder, groupBy);
    if ("table" in groupBy) return (_, paths) => byTable(groupBy, paths);
  }
  throw new ConverterError(
    "GROUPING_NEEDED",
    'groupBy: expected a regular expression, a function, a tag, a table, or "file" if no patient has two files',
  );
}

function byPattern(expression: RegExp): GroupOf {
  // An empty alternative matches always, and shows how many groups there are.
  if (new RegExp(`${expression.source}|`, expression.flags).exec("")?.length !== 2) {
    throw new ConverterError("GROUPING_NEEDED", "groupBy: expected one capturing group");
  }
  // Global and sticky expressions remember where they were.
  const pattern = new RegExp(expression.source, expression.flags.replace(/[gy]/g, ""));
  return (path) => pattern.exec(nameOf(path))?.[1];
}

async function byTag(folder: string, { tag, metadata }: GroupByTag): Promise<GroupOf> {
  let at = folder;
  try {
    if (metadata !== undefined) at = await realpath(metadata);
  } catch (error) {
    throw withoutPath("the metadata cannot be read", error);
  }
  return async (path) => {
    const texts = await readTexts(folder, path, tag, at);
    // One of several values would not say who the patient is.
    return texts?.length === 1 ? texts[0] : undefined;
  };
}

function byTable({ table }: GroupByTable, paths: readonly string[]): GroupOf {
  const counts = new Map<string, number>();
  for (const name of paths.map(nameOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (path) => {
    const name = nameOf(path);
    // Were a name taken for two files, one of them might be given to the other's patient, apart from its own.
    return table.get(path) ?? (counts.get(name) === 1 ? table.get(name) : undefined);
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
