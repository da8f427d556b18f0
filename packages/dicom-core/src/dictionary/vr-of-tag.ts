/**
 * The VR of a tag: PS3.6 2025b for elements, PS3.5 7.2 for group lengths, PS3.5 7.8.1 for private
 * creators.
 *
 * Apart from the rest of the dictionary, so that reading implicit VR does not load all the names.
 *
 * @module
 */
import { VR_OF_LETTER, VR_TABLE } from "../generated/vr-table.js";
import { elementOf, isPrivateCreatorTag, isPrivateTag, type TagNumber } from "../tag.js";
import type { VR } from "../vr.js";
import { firstRepetitionOf } from "./tag-range.js";

/** A VR as PS3.6 prints it: where it names several, the data set decides (PS3.5 A.1). */
export type DictionaryVR = VR | "OB or OW" | "US or OW" | "US or SS" | "US or SS or OW";

/** Filled at the first question. */
let vrs: ReadonlyMap<TagNumber, DictionaryVR> | undefined;

/**
 * The VR that the standard gives an element.
 *
 * @returns undefined for private elements, unknown tags, items and delimiters, and four retired
 * tags that PS3.6 lists without a VR
 */
export function vrOfTag(tag: TagNumber): DictionaryVR | undefined {
  vrs ??= readVRTable(VR_TABLE);
  const vr = vrs.get(tag);
  if (vr !== undefined) return vr;
  if (elementOf(tag) === 0) return "UL";
  if (isPrivateTag(tag)) return isPrivateCreatorTag(tag) ? "LO" : undefined;
  const first = firstRepetitionOf(tag);
  return first === undefined ? undefined : vrs.get(first);
}

/** Lines such as `0010:17UX2L`: a group; then each element's distance (if not 1) and letter. */
function readVRTable(lines: readonly string[]): ReadonlyMap<TagNumber, DictionaryVR> {
  const table = new Map<TagNumber, DictionaryVR>();
  for (const line of lines) {
    let tag = Number.parseInt(line, 16) * 0x10000 - 1;
    let distance = 0;
    for (let i = line.indexOf(":") + 1; i < line.length; i++) {
      const code = line.charCodeAt(i);
      if (code <= 0x39) {
        distance = distance * 10 + code - 0x30;
        continue;
      }
      tag += distance || 1;
      distance = 0;
      const vr = VR_OF_LETTER[code <= 0x5a ? code - 0x41 : code - 0x61 + 26];
      if (vr) table.set(tag, vr);
    }
  }
  return table;
}
