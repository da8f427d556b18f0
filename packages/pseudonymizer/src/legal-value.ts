/**
 * Whether a text is a value of a VR (PS3.5 Table 6.2-1).
 *
 * @module
 */
import {
  parseAge,
  parseDateRange,
  parseDateTimeRange,
  parseTimeRange,
  type VR,
  VRS,
} from "@dsail/dicom-core";

/** Whether one value, without padding, is legal. An empty one always is. */
export function isLegalValue(value: string, vr: VR): boolean {
  if (value === "") return true;
  const { maxLength } = VRS[vr];
  if (vr === "PN") return isPersonName(value);
  if (maxLength > 0 && [...value].length > maxLength && vr !== "DS" && vr !== "IS") return false;
  switch (vr) {
    case "AS":
      return parseAge(value) !== undefined;
    case "CS":
      return /^[A-Z0-9_ ]*$/.test(value);
    case "DA":
      return parseDateRange(value) !== undefined;
    case "DT":
      return parseDateTimeRange(value) !== undefined;
    case "TM":
      return parseTimeRange(value) !== undefined;
    case "DS":
      // Longer than 16 characters is wrong, and common.
      return value.length <= 32 && /^ *[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? *$/.test(value);
    case "IS":
      return /^ *[+-]?\d{1,12} *$/.test(value);
    case "UI":
      return /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*$/.test(value);
    case "AE":
    case "LO":
    case "SH":
    case "UC":
      return !/\p{Cc}/u.test(value);
    case "UR":
      return /^[\x21-\x7e]+$/.test(value);
    default:
      // LT, ST and UT may have lines.
      return !/[^\t\n\f\r\P{Cc}]/u.test(value);
  }
}

/** At most three groups of five components, each group of 64 characters (PS3.5 6.2.1). */
function isPersonName(value: string): boolean {
  const groups = value.split("=");
  return (
    groups.length <= 3 &&
    groups.every((group) => [...group].length <= 64 && group.split("^").length <= 5) &&
    !/\p{Cc}/u.test(value)
  );
}
