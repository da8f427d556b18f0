/**
 * Values of any element, by what its VR is.
 *
 * @module
 */
import type { DataElement, Item } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import type { TagNumber } from "../tag.js";
import { type VR, VRS } from "../vr.js";
import { type DecimalString, readDecimalStrings } from "./decimal-string.js";
import { effectiveVR } from "./effective-vr.js";
import { readBytes } from "./read-bytes.js";
import { readBigInts, readNumbers, readTags } from "./read-numbers.js";
import { readStrings } from "./read-text.js";
import { type ElementOrTag, resolveElement } from "./resolve-element.js";

/** The decoded values of an element: `kind` tells their type. None if the element is empty. */
export type Values =
  | { readonly kind: "text"; readonly vr: VR; readonly values: readonly string[] }
  /** DS and IS. */
  | { readonly kind: "decimal"; readonly vr: VR; readonly values: readonly DecimalString[] }
  | { readonly kind: "number"; readonly vr: VR; readonly values: readonly number[] }
  /** SV and UV. */
  | { readonly kind: "bigint"; readonly vr: VR; readonly values: readonly bigint[] }
  | { readonly kind: "tag"; readonly vr: VR; readonly values: readonly TagNumber[] }
  /** The value field as {@link readBytes} gives it. */
  | { readonly kind: "bytes"; readonly vr: VR; readonly values: readonly Uint8Array[] }
  | { readonly kind: "items"; readonly vr: VR; readonly values: readonly Item[] };

/**
 * The values of an element, decoded by its VR ({@link effectiveVR}).
 *
 * @returns undefined if the data set has no such element
 * @throws {@link DicomError} `NOT_LOADED` if the value was skipped when the header was read
 */
export function readValues(dataset: Dataset, element: DataElement): Values;
export function readValues(dataset: Dataset, element: ElementOrTag): Values | undefined;
export function readValues(dataset: Dataset, element: ElementOrTag): Values | undefined {
  const found = resolveElement(dataset, element);
  if (found === undefined) return undefined;
  const vr = effectiveVR(dataset, found);
  switch (VRS[vr].kind) {
    case "text":
      return vr === "DS" || vr === "IS"
        ? { kind: "decimal", vr, values: readDecimalStrings(dataset, found) }
        : { kind: "text", vr, values: readStrings(dataset, found) };
    case "number":
      return { kind: "number", vr, values: readNumbers(dataset, found) };
    case "bigint":
      return { kind: "bigint", vr, values: readBigInts(dataset, found) };
    case "tag":
      return { kind: "tag", vr, values: readTags(dataset, found) };
    case "sequence":
      return { kind: "items", vr, values: found.items ?? [] };
    case "bytes":
      return {
        kind: "bytes",
        vr,
        values: found.valueLength === 0 ? [] : [readBytes(dataset, found) as Uint8Array],
      };
  }
}
