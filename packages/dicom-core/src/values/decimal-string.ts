/**
 * DS and IS: numbers as text, of which both are kept.
 *
 * @module
 */
import type { Dataset } from "../dataset.js";
import { effectiveVR } from "./effective-vr.js";
import { readStrings } from "./read-text.js";
import { type ElementOrTag, resolveElement, vrMismatch } from "./resolve-element.js";

/** A value of DS or IS. */
export interface DecimalString {
  /** Exactly as in the file, but for padding: `1.50`, `+3`, `1e-2`. */
  readonly text: string;
  /** The nearest number; NaN if the text is none, or empty. */
  readonly number: number;
}

/** Fixed or floating point (PS3.5 Table 6.2-1, DS); what IS allows is among it. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?$/;

/** The number of a text of DS or IS, padding allowed; NaN if it is none. */
export function parseDecimalString(text: string): number {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/**
 * The values of a DS or IS element.
 *
 * @returns none if the element is absent or empty
 * @throws {@link DicomError} `BAD_VR` for any other VR, `NOT_LOADED`
 */
export function readDecimalStrings(
  dataset: Dataset,
  element: ElementOrTag,
): readonly DecimalString[] {
  const found = resolveElement(dataset, element);
  if (found === undefined) return [];
  const vr = effectiveVR(dataset, found);
  if (vr !== "DS" && vr !== "IS") throw vrMismatch(found, vr, "VR DS or IS");
  return readStrings(dataset, found).map((text) => ({ text, number: parseDecimalString(text) }));
}
