/**
 * The DICOM JSON model (PS3.18 Annex F) as types, and as text.
 *
 * @module
 */
import type { VR } from "../vr.js";

/**
 * A data set (PS3.18 F.2.2): tags as eight upper-case hexadecimal digits, `00100010`, to elements.
 */
export interface JsonDataset {
  readonly [tag: string]: JsonElement;
}

/** An element: at most one of `Value`, `InlineBinary` and `BulkDataURI`, none if it is empty. */
export interface JsonElement {
  readonly vr: VR;
  /**
   * The values of all VRs but those of bytes; `null` is an empty one among others (PS3.18 F.2.5).
   */
  readonly Value?: readonly JsonValue[];
  /** The value field in base64, little endian (PS3.18 F.2.7). */
  readonly InlineBinary?: string;
  /** Where the value field is to be had (PS3.18 F.2.6). */
  readonly BulkDataURI?: string;
}

export type JsonValue = string | number | null | JsonPersonName | JsonDataset;

/** A name (PS3.18 F.2.2): what of the three representations there is. */
export interface JsonPersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

/**
 * The JSON text of a data set, its elements in ascending order at every depth.
 *
 * PS3.18 F.2.2 wants that order, and `JSON.stringify` cannot keep it: a JavaScript object has keys
 * such as `60003000`, which look like array indices, before all others. Nor does it keep the sign
 * of a zero; this does.
 */
export function formatJson(dataset: JsonDataset): string {
  const members = Object.keys(dataset)
    .sort()
    .map((tag) => `${JSON.stringify(tag)}:${formatElement(dataset[tag] as JsonElement)}`);
  return `{${members.join(",")}}`;
}

function formatElement(element: JsonElement): string {
  const { vr, Value } = element;
  if (Value === undefined) return JSON.stringify(element);
  const values = Value.map((value) => {
    if (vr === "SQ") return formatJson(value as JsonDataset);
    return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  });
  return `{"vr":${JSON.stringify(vr)},"Value":[${values.join(",")}]}`;
}
