/**
 * Values of the VRs that are numbers in binary, and of AT.
 *
 * Bytes behind the last whole value, an irregular length's, are left out.
 *
 * @module
 */
import { viewBytes } from "../byte-source.js";
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import type { TagNumber } from "../tag.js";
import { readDecimalStrings } from "./decimal-string.js";
import { effectiveVR, isLittleEndian } from "./effective-vr.js";
import { type ElementOrTag, resolveElement, vrMismatch } from "./resolve-element.js";

/**
 * The values of an element of numbers: US, SS, UL, SL, FL, FD, and the numbers that DS and IS stand
 * for.
 *
 * @returns none if the element is absent or empty; NaN for a text of DS or IS that is no number
 * @throws {@link DicomError} `BAD_VR` for any other VR (see {@link readBigInts}), `NOT_LOADED`
 */
export function readNumbers(dataset: Dataset, element: ElementOrTag): readonly number[] {
  const found = resolveElement(dataset, element);
  if (found === undefined) return [];
  const vr = effectiveVR(dataset, found);
  switch (vr) {
    case "US":
      return decode(dataset, found, 2, (view, at, little) => view.getUint16(at, little));
    case "SS":
      return decode(dataset, found, 2, (view, at, little) => view.getInt16(at, little));
    case "UL":
      return decode(dataset, found, 4, (view, at, little) => view.getUint32(at, little));
    case "SL":
      return decode(dataset, found, 4, (view, at, little) => view.getInt32(at, little));
    case "FL":
      return decode(dataset, found, 4, (view, at, little) => view.getFloat32(at, little));
    case "FD":
      return decode(dataset, found, 8, (view, at, little) => view.getFloat64(at, little));
    case "DS":
    case "IS":
      return readDecimalStrings(dataset, found).map(({ number }) => number);
    default:
      throw vrMismatch(found, vr, "numbers");
  }
}

/**
 * The values of an element of integers, exact whatever their size: SV, UV, OV, and the other binary
 * integers.
 *
 * @throws {@link DicomError} `BAD_VR` for any other VR, `NOT_LOADED`
 */
export function readBigInts(dataset: Dataset, element: ElementOrTag): readonly bigint[] {
  const found = resolveElement(dataset, element);
  if (found === undefined) return [];
  const vr = effectiveVR(dataset, found);
  switch (vr) {
    case "SV":
      return decode(dataset, found, 8, (view, at, little) => view.getBigInt64(at, little));
    case "UV":
    case "OV": // PS3.5 6.2: 64-bit words, of what kind is not told
      return decode(dataset, found, 8, (view, at, little) => view.getBigUint64(at, little));
    case "US":
    case "SS":
    case "UL":
    case "SL":
      return readNumbers(dataset, found).map(BigInt);
    default:
      throw vrMismatch(found, vr, "integers");
  }
}

/**
 * The tags that are the values of an AT element.
 *
 * @throws {@link DicomError} `BAD_VR` for any other VR, `NOT_LOADED`
 */
export function readTags(dataset: Dataset, element: ElementOrTag): readonly TagNumber[] {
  const found = resolveElement(dataset, element);
  if (found === undefined) return [];
  const vr = effectiveVR(dataset, found);
  if (vr !== "AT") throw vrMismatch(found, vr, "VR AT");
  // PS3.5 7.3: two words, group and element; each of them is swapped, not the four bytes.
  return decode(dataset, found, 4, (view, at, little) => {
    return view.getUint16(at, little) * 0x10000 + view.getUint16(at + 2, little);
  });
}

type ReadOne<T> = (view: DataView, at: number, littleEndian: boolean) => T;

function decode<T>(
  dataset: Dataset,
  element: DataElement,
  unitBytes: number,
  readOne: ReadOne<T>,
): readonly T[] {
  const bytes = viewBytes(dataset.source, element.valueOffset, element.valueLength);
  // A DataView reads at any offset; values of a file are not aligned.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = isLittleEndian(dataset, element);
  const values: T[] = [];
  for (let at = 0; at + unitBytes <= view.byteLength; at += unitBytes) {
    values.push(readOne(view, at, littleEndian));
  }
  return values;
}
