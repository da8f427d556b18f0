/**
 * `--group-by`: which files are of one patient.
 *
 * @module
 */
import type { GroupBy } from "../node/grouping.js";
import { given } from "./command-action.js";

/** What is said about it. */
export interface GroupFlags {
  readonly groupBy: string;
  readonly metadata?: string;
  readonly fileColumn?: string;
  readonly groupColumn?: string;
}

/**
 * The grouping, with the table read if there is one.
 *
 * @throws {@link RangeError} if it is none, or another option does not go with it; {@link ConverterError} `BAD_TAG`, `BAD_TABLE`, `BAD_INPUT`
 */
export async function readGroupBy(flags: GroupFlags): Promise<GroupBy> {
  const { groupBy, metadata, fileColumn, groupColumn } = flags;
  const [, kind, what = ""] = /^(tag|table):(.+)$/s.exec(groupBy) ?? [];
  if (metadata !== undefined && kind !== "tag") {
    throw new RangeError("--metadata: expected with --group-by tag:… only");
  }
  if ((fileColumn ?? groupColumn) !== undefined && kind !== "table") {
    throw new RangeError("--file-column and --group-column: expected with --group-by table:… only");
  }
  if (kind === "tag") {
    const { parseTagOrKeyword } = await import("../label/parse-tag-or-keyword.js");
    return { tag: parseTagOrKeyword(what), ...given("metadata", metadata) };
  }
  if (kind === "table") {
    const { readGroupTable } = await import("../node/group-table.js");
    const columns = { ...given("file", fileColumn), ...given("group", groupColumn) };
    return { table: await readGroupTable(what, columns) };
  }
  return groupBy === "file" ? "file" : parsePattern(groupBy);
}

/** `/…/`, or `/…/i`. It is not shown: a pattern may have the names of patients. */
function parsePattern(text: string): RegExp {
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(text) ?? [];
  if (source === undefined) {
    throw new RangeError("--group-by: expected file, /pattern/, tag:TAG or table:FILE.csv");
  }
  try {
    return new RegExp(source, flags);
  } catch {
    throw new RangeError("--group-by: expected a regular expression between the slashes");
  }
}
