/**
 * The VR of an element for which the dictionary leaves a choice, when the file does not say (implicit VR).
 *
 * Source: PS3.5 Annex A.1, and the notes of PS3.3 C.7.6.3.1, C.11.1 on the attributes concerned.
 *
 * @module
 */
import { isLoaded, viewBytes } from "../byte-source.js";
import type { DataElement } from "../data-element.js";
import { type Dataset, findElement } from "../dataset.js";
import type { DictionaryVR } from "../dictionary/vr-of-tag.js";
import type { TagNumber } from "../tag.js";
import type { VR } from "../vr.js";

const PIXEL_REPRESENTATION = 0x00280103;
const LUT_DESCRIPTOR = 0x00283002;

/** Decides among the VRs that the dictionary allows. */
export function resolveAmbiguousVR(vr: DictionaryVR, element: DataElement, dataset: Dataset): VR {
  switch (vr) {
    case "US or SS":
      // PS3.3 C.7.6.3.1.1: as the pixels are, signed or not.
      return unsignedShort(dataset, PIXEL_REPRESENTATION) === 1 ? "SS" : "US";
    case "US or OW":
      // PS3.3 C.11.1.1: a table of one entry is written as US.
      return ownUnsignedShort(dataset, LUT_DESCRIPTOR) === 1 ? "US" : "OW";
    default:
      // PS3.5 A.1: OW, whatever the bits allocated.
      return vr.includes("OW") ? "OW" : element.vr;
  }
}

/** The first value of a US element of the data set, or of the nearest one around it that has it. */
function unsignedShort(dataset: Dataset, tag: TagNumber): number | undefined {
  for (let scope: Dataset | undefined = dataset; scope !== undefined; scope = scope.parent) {
    const value = ownUnsignedShort(scope, tag);
    if (value !== undefined) return value;
  }
  return undefined;
}

function ownUnsignedShort(dataset: Dataset, tag: TagNumber): number | undefined {
  const element = findElement(dataset, tag);
  if (element === undefined || element.valueLength < 2) return undefined;
  if (!isLoaded(dataset.source, element.valueOffset, 2)) return undefined;
  const bytes = viewBytes(dataset.source, element.valueOffset, 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 2);
  return view.getUint16(0, dataset.encoding.littleEndian);
}
