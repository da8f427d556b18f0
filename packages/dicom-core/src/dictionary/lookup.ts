/**
 * The data dictionary: PS3.6 2025b, Tables 6-1, 7-1, 8-1 and 9-1.
 *
 * @module
 */
import { DICTIONARY } from "../generated/dictionary.js";
import type { TagNumber } from "../tag.js";
import { firstRepetitionOf } from "./tag-range.js";
import { type DictionaryVR, vrOfTag } from "./vr-of-tag.js";

/** What PS3.6 says of an element. */
export interface DictionaryEntry {
  /** The tag; of a repeating element the one that was asked for or, by keyword, the first. */
  readonly tag: TagNumber;
  /** The VR. Undefined for items, delimiters, and four retired elements that PS3.6 only numbers. */
  readonly vr: DictionaryVR | undefined;
  /** The value multiplicity, such as `1`, `2-2n` or `1-n`. */
  readonly vm: string;
  /** The keyword, such as `PatientName`. Empty for seven retired elements. */
  readonly keyword: string;
  /** The name, such as `Patient's Name`. Empty for seven retired elements. */
  readonly name: string;
  readonly retired: boolean;
}

/** The fields of each element, still as one text. Filled at the first question, as is the next. */
let rows: ReadonlyMap<TagNumber, string> | undefined;
let tags: ReadonlyMap<string, TagNumber> | undefined;

/**
 * The entry of a tag, also of one in a repeating group.
 *
 * @returns undefined for private elements and creators, unknown tags, and group lengths that PS3.6
 * does not list
 */
export function lookupTag(tag: TagNumber): DictionaryEntry | undefined {
  rows ??= readRows(DICTIONARY);
  const row = rows.get(tag) ?? rows.get(firstRepetitionOf(tag) ?? tag);
  if (row === undefined) return undefined;
  const [, vm, retired, name = "", keyword = keywordOfName(name)] = row.split("|");
  return { tag, vr: vrOfTag(tag), vm: vm || "1", keyword, name, retired: retired === "R" };
}

/** The entry of a keyword such as `PatientName`; of a repeating element, with its first tag. */
export function lookupKeyword(keyword: string): DictionaryEntry | undefined {
  const tag = tagOfKeyword(keyword);
  return tag === undefined ? undefined : lookupTag(tag);
}

/** The tag of a keyword: `0x00100010` of `PatientName`, `0x60003000` of repeating `OverlayData`. */
export function tagOfKeyword(keyword: string): TagNumber | undefined {
  tags ??= readKeywords();
  return tags.get(keyword);
}

/** The keyword of a tag: `PatientName` of `0x00100010`, and `OverlayData` of `0x60023000`. */
export function keywordOfTag(tag: TagNumber): string | undefined {
  return lookupTag(tag)?.keyword || undefined;
}

/** Lines are `GGGG`, or `EEEE|VM|R|name|keyword`. */
function readRows(text: string): ReadonlyMap<TagNumber, string> {
  const table = new Map<TagNumber, string>();
  let group = 0;
  for (const line of text.split("\n")) {
    const number = Number.parseInt(line, 16);
    if (line.length > 4) table.set(group + number, line);
    else group = number * 0x10000;
  }
  return table;
}

function readKeywords(): ReadonlyMap<string, TagNumber> {
  rows ??= readRows(DICTIONARY);
  const table = new Map<string, TagNumber>();
  for (const [tag, row] of rows) {
    const [, , , name = "", keyword = keywordOfName(name)] = row.split("|");
    if (keyword !== "") table.set(keyword, tag);
  }
  return table;
}

/** The name without its spaces and signs, which is the keyword of all but some eighty elements. */
function keywordOfName(name: string): string {
  return name
    .replace(/'s\b/g, "")
    .replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[^A-Za-z0-9]/g, "");
}
