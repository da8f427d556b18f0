/**
 * Which files belong to one patient, by their names.
 *
 * @module
 */
import { ConverterError } from "../errors.js";

/**
 * - A function: of the path in the input, `class/…/file`, to the group.
 * - A regular expression with one capturing group, applied to the file's name without folders: `/^([^_]+)_/` if names are
 *   `PATIENT_SLICE.png`.
 * - `"file"`: every file is a group of its own. Right only if no patient has two files; otherwise slices of one patient come into
 *   several splits, and the test set tells nothing.
 */
export type GroupBy = RegExp | "file" | ((path: string) => string);

/**
 * @throws {@link ConverterError} `GROUPING_NEEDED` if this is no grouping. What is returned throws `GROUP_UNKNOWN` for a file that
 * has no group
 */
export function groupingOf(groupBy: GroupBy): (path: string) => string {
  if (groupBy === "file") return (path) => path;
  if (typeof groupBy === "function") return (path) => known(groupBy(path));
  if (!(groupBy instanceof RegExp)) {
    throw new ConverterError(
      "GROUPING_NEEDED",
      'groupBy: expected a regular expression, a function, or "file" if no patient has two files',
    );
  }
  // An empty alternative matches always, and shows how many groups there are.
  if (new RegExp(`${groupBy.source}|`, groupBy.flags).exec("")?.length !== 2) {
    throw new ConverterError("GROUPING_NEEDED", "groupBy: expected one capturing group");
  }
  // Global and sticky expressions remember where they were.
  const pattern = new RegExp(groupBy.source, groupBy.flags.replace(/[gy]/g, ""));
  return (path) => known(pattern.exec(path.slice(path.lastIndexOf("/") + 1))?.[1]);
}

function known(group: unknown): string {
  if (typeof group === "string" && group !== "") return group;
  throw new ConverterError("GROUP_UNKNOWN", "groupBy: gives no group for a file");
}
