/**
 * What dcmjs makes of a file, as far as it is needed: dcmjs has no types of its own.
 *
 * @module
 */

import type { VR } from "../vr.js";

/** An element of dcmjs. */
export interface DcmjsElement {
  /** The VR; `ox` and `xs` where dcmjs left it open. */
  vr: string;
  /** Mostly a list: texts, numbers (of DS and IS, too), names as objects, `ArrayBuffer`s, data sets. */
  Value?: unknown;
  /** The texts of the file, which dcmjs writes again if `Value` has not changed. */
  _rawValue?: unknown;
  /** Base64, in data sets that came as JSON. */
  InlineBinary?: string;
}

/** A data set of dcmjs: tags as eight upper-case hexadecimal digits, `00100010`, to elements. */
export interface DcmjsDict {
  [tag: string]: DcmjsElement;
}

/** A file of dcmjs, `DicomDict`. */
export interface DcmjsDicomDict {
  /** Group 0002. */
  meta: DcmjsDict;
  dict: DcmjsDict;
}

/** dcmjs, as far as it is needed. */
export interface DcmjsLibrary<D extends DcmjsDicomDict = DcmjsDicomDict> {
  readonly data: { readonly DicomDict: new (meta: DcmjsDict) => D };
}

/** What dcmjs makes of a text of the file: of DS and IS a number, or null if it takes the text for none. */
export function dcmjsValueOf(vr: VR, text: string): string | number | null {
  switch (vr) {
    case "DS":
      return numberOf(text.trim().replace(/[^0-9.\\\-+e]/gi, ""));
    case "IS":
      return /^[+-]?\d+$/.test(text.trim()) ? numberOf(text) : null;
    case "UI":
      return text.replace(/[^0-9.]/g, "");
    case "AE":
    case "CS":
    case "LO":
    case "SH":
      return text.trim();
    case "LT":
    case "ST":
    case "TM":
    case "UC":
    case "UT":
      return text.trimEnd();
    default:
      return text;
  }
}

function numberOf(digits: string): number | null {
  const number = digits === "" ? Number.NaN : Number(digits);
  return Number.isFinite(number) ? number : null;
}
