/**
 * The VR by which an element's value is decoded.
 *
 * @module
 */
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import { vrOfTag } from "../dictionary/vr-of-tag.js";
import { resolveAmbiguousVR } from "../read/ambiguous-vr.js";
import { isVR, type VR } from "../vr.js";

/**
 * The element's VR; of `UN` the one that the dictionary knows, if it does (PS3.5 6.2.2: a receiver
 * may treat UN as the VR that it knows the element to have), private creators and group lengths
 * included.
 *
 * `UN` with items is `SQ` to its reader, too, even if the dictionary does not know it.
 */
export function effectiveVR(dataset: Dataset, element: DataElement): VR {
  if (element.vr !== "UN") return element.vr;
  if (element.items !== undefined) return "SQ";
  const vr = vrOfTag(element.tag);
  if (vr === undefined) return "UN";
  const known = isVR(vr) ? vr : resolveAmbiguousVR(vr, element, dataset);
  // Were the value a sequence, it would have items.
  return known === "SQ" && element.valueLength > 0 ? "UN" : known;
}

/**
 * Whether the value's numbers are in little endian.
 *
 * Those of `UN` always are: whoever wrote UN did not know where numbers begin, so did not swap them
 * (PS3.5 6.2.2).
 */
export function isLittleEndian(dataset: Dataset, element: DataElement): boolean {
  return element.vr === "UN" || dataset.encoding.littleEndian;
}
