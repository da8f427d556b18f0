/**
 * Tags as people give them: in the notations of the standard, of D-SAIL's scripts, or by keyword.
 *
 * @module
 */
import { parseTag, type TagNumber, tagOf } from "@dsail/dicom-core";
import { tagOfKeyword } from "@dsail/dicom-core/dictionary";
import { ConverterError } from "../errors.js";

/** Two hexadecimal numbers, as D-SAIL's scripts gave them to Python. */
const HEX_PAIR = /^([[(]?)\s*0x([0-9a-f]{1,4})\s*,\s*0x([0-9a-f]{1,4})\s*([\])]?)$/i;

/**
 * The tag in `(0014,2016)`, `0014,2016`, `00142016`, `0x00142016`, `[0x0014,0x2016]` or `0x0014,0x2016`; or that of a keyword of
 * PS3.6, such as `IndicationLabel`. Text is parsed, never evaluated.
 *
 * @throws {@link ConverterError} `BAD_TAG` if it is none of these
 */
export function parseTagOrKeyword(text: string): TagNumber {
  const trimmed = text.trim();
  const [, open = "", group = "", element = "", close = ""] = HEX_PAIR.exec(trimmed) ?? [];
  if (group !== "" && ["", "[]", "()"].includes(open + close)) {
    return tagOf(Number.parseInt(group, 16), Number.parseInt(element, 16));
  }
  const tag = tagOfKeyword(trimmed);
  if (tag !== undefined) return tag;
  try {
    return parseTag(trimmed);
  } catch {
    throw new ConverterError("BAD_TAG", "expected a tag such as (0014,2016), or a keyword");
  }
}
