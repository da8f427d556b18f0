/**
 * Whether a text can be a label: one value, without padding, as PS3.5 Table 6.2-1 describes its VR.
 *
 * @module
 */
import {
  parseAge,
  parseDate,
  parseDateTime,
  parseDecimalString,
  parseTime,
  type VR,
  VRS,
} from "@dsail/dicom-core";

/** Whether a text is one value of a VR. */
export function isLabelOfVR(label: string, vr: VR): boolean {
  const { maxLength, kind } = VRS[vr];
  if (label === "" || label !== label.trim()) return false;
  // Several values, or, in text that has one only, a value that other programs take for several. LT and ST may have lines.
  if (label.includes("\\") || /[^\t\n\r\P{Cc}]|\p{Cs}/u.test(label)) return false;
  if (kind === "bigint") return /^-?\d{1,20}$/.test(label);
  if (kind === "number") return isNumber(label);
  if (vr === "PN") return isPersonName(label);
  if (maxLength > 0 && [...label].length > maxLength) return false;
  switch (vr) {
    case "AS":
      return parseAge(label) !== undefined;
    case "CS":
      return /^[A-Z0-9_ ]+$/.test(label);
    case "DA":
      return parseDate(label) !== undefined;
    case "DS":
      return isNumber(label);
    case "DT":
      return parseDateTime(label) !== undefined;
    case "IS":
      return /^[+-]?\d+$/.test(label);
    case "TM":
      return parseTime(label) !== undefined;
    case "UR":
      return /^[\x21-\x7e]+$/.test(label);
    case "LT":
    case "ST":
    case "UT":
      return true;
    default:
      return !/\p{Cc}/u.test(label);
  }
}

function isNumber(label: string): boolean {
  return Number.isFinite(parseDecimalString(label));
}

/** At most three groups of five components, each group of 64 characters (PS3.5 6.2.1). */
function isPersonName(label: string): boolean {
  const groups = label.split("=");
  return (
    groups.length <= 3 &&
    groups.every((group) => [...group].length <= 64 && group.split("^").length <= 5) &&
    !/\p{Cc}/u.test(label)
  );
}
