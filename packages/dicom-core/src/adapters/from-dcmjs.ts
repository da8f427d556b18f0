/**
 * From data sets of dcmjs to elements that can be written, and to files.
 *
 * @module
 */

import { swapBytes } from "../byte-order.js";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import { decodeBase64 } from "../json/base64.js";
import { formatPath, type Path } from "../path.js";
import { readFile } from "../read/part10.js";
import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntaxOf } from "../transfer-syntax.js";
import { isVR, type VR, VRS } from "../vr.js";
import { ByteWriter } from "../write/byte-writer.js";
import type { ElementInit, ElementValueInit } from "../write/element-init.js";
import { writeEncapsulated } from "../write/encapsulated-writer.js";
import { writeDataset, writeFileMetaInformation } from "../write/part10.js";
import {
  type DcmjsDicomDict,
  type DcmjsDict,
  type DcmjsElement,
  dcmjsValueOf,
} from "./dcmjs-model.js";
import { joinBytes } from "./join-bytes.js";

const SOP_CLASS_UID = "00080016";
const SOP_INSTANCE_UID = "00080018";
const NUMBER_OF_FRAMES = "00280008";
const PIXEL_DATA = 0x7fe00010;

/** How {@link dcmjsToElements} reads. */
export interface DcmjsToElementsOptions {
  /** Whether the bytes of OW, OF and their kin are in little endian; dcmjs leaves them as the file has them. Default true. */
  readonly littleEndian?: boolean;
}

/**
 * The elements of a data set of dcmjs, ready to be written.
 *
 * What dcmjs has lost is lost: numbers without value have become 0, empty items have gone.
 *
 * @throws {@link DicomError} `BAD_VR`, `BAD_VALUE` where dcmjs could not write it either, and for encapsulated pixel data,
 * see {@link fromDcmjs}
 */
export function dcmjsToElements(
  dict: DcmjsDict,
  options: DcmjsToElementsOptions = {},
): readonly ElementInit[] {
  return elementsOf(dict, [], options.littleEndian ?? true);
}

/**
 * A file of dcmjs as ours: written anew, in the transfer syntax that its meta information names, and read.
 *
 * Meta information is built, not copied. Each frame of encapsulated pixel data becomes a fragment.
 *
 * @throws {@link DicomError} as {@link dcmjsToElements}
 */
export function fromDcmjs({ meta, dict }: DcmjsDicomDict): DicomFile {
  const transferSyntaxUid = textOf(meta, "00020010") ?? EXPLICIT_VR_LITTLE_ENDIAN;
  const { littleEndian, encapsulated } = transferSyntaxOf(transferSyntaxUid);
  const head = writeFileMetaInformation({
    mediaStorageSopClassUid: textOf(dict, SOP_CLASS_UID) ?? textOf(meta, "00020002"),
    mediaStorageSopInstanceUid: textOf(dict, SOP_INSTANCE_UID) ?? textOf(meta, "00020003"),
    transferSyntaxUid,
  });
  if (!encapsulated) {
    const elements = dcmjsToElements(dict, { littleEndian });
    return readFile(joinBytes([head, writeDataset(elements, { transferSyntaxUid })]));
  }
  const { "7FE00010": pixelData, ...others } = dict;
  const elements = dcmjsToElements(others);
  const frames = pixelData === undefined ? [] : framesOf(pixelData);
  return readFile(
    joinBytes([
      head,
      writeDataset(elements.filter(({ tag }) => tag < PIXEL_DATA)),
      frames.length === 0
        ? new Uint8Array(0)
        : encapsulatedElement(frames, Number(textOf(dict, NUMBER_OF_FRAMES) ?? 1)),
      writeDataset(elements.filter(({ tag }) => tag > PIXEL_DATA)),
    ]),
  );
}

function elementsOf(dict: DcmjsDict, path: Path, littleEndian: boolean): readonly ElementInit[] {
  return Object.entries(dict).map(([name, element]) => {
    const tag = Number.parseInt(name, 16);
    if (!/^[0-9a-f]{8}$/i.test(name)) throw badValue(path, "expected tags of 8 hexadecimal digits");
    return elementOf(tag, element, [...path, tag], littleEndian);
  });
}

function elementOf(
  tag: number,
  element: DcmjsElement,
  path: Path,
  littleEndian: boolean,
): ElementInit {
  const values = listOf(element.Value);
  const vr = vrOf(element, values, path);
  switch (VRS[vr].kind) {
    case "sequence": {
      const items = values as readonly DcmjsDict[];
      const value = items.map((item, i) => elementsOf(item, [...path, i], littleEndian));
      return { tag, vr, value };
    }
    case "text":
      return { tag, vr, value: textsOf(vr, values, element, path) };
    case "bytes": {
      const bytes = bytesOf(element, values, path);
      return { tag, vr, value: littleEndian ? bytes : swapBytes(vr, bytes) };
    }
    case "tag":
      return { tag, vr, value: values.map((value) => tagOf(value, path)) };
    default:
      return { tag, vr, value: values.map((value) => numberOf(value, path)) };
  }
}

function vrOf({ vr }: DcmjsElement, values: readonly unknown[], path: Path): VR {
  if (isVR(vr)) return vr;
  // The names of dcmjs's dictionary for "OB or OW" and "US or SS".
  if (vr === "ox") return "OW";
  if (vr === "xs") return values.some((value) => Number(value) < 0) ? "SS" : "US";
  throw new DicomError("BAD_VR", "expected vr to be a VR", { at: formatPath(path) });
}

/** A value may stand for a list of one, and there may be none. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function textsOf(
  vr: VR,
  values: readonly unknown[],
  { _rawValue }: DcmjsElement,
  path: Path,
): ElementValueInit {
  // A name of dcmjs may be a list in the list.
  if (vr === "PN") return values.flat().map((value) => nameOf(value, path));
  const raw = Array.isArray(_rawValue) && _rawValue.length === values.length ? _rawValue : [];
  const texts = values.map((value, i) => textOrNumberOf(vr, value, raw[i], path));
  // dcmjs splits texts at backslashes, even where they are characters.
  return VRS[vr].multiValued ? texts : texts.join("\\");
}

/** The exact text of the file, unless the value was changed since. */
function textOrNumberOf(vr: VR, value: unknown, raw: unknown, path: Path): string | number {
  if (typeof raw === "string" && dcmjsValueOf(vr, raw) === value) return raw;
  // A number is none to most VRs, as the writer will say.
  return typeof value === "number" ? value : stringOf(value, path);
}

function stringOf(value: unknown, path: Path): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (value instanceof String) return value.valueOf();
  throw badValue(path, "expected a text");
}

function nameOf(value: unknown, path: Path): string {
  if (value === null || typeof value !== "object" || value instanceof String) {
    return stringOf(value, path);
  }
  const { Alphabetic, Ideographic, Phonetic } = value as Readonly<Record<string, unknown>>;
  return [Alphabetic, Ideographic, Phonetic]
    .map((group) => stringOf(group ?? "", path))
    .join("=")
    .replace(/=+$/, "");
}

function numberOf(value: unknown, path: Path): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  throw badValue(path, "expected a number");
}

function tagOf(value: unknown, path: Path): number {
  if (typeof value === "string" && /^[0-9a-f]{8}$/i.test(value)) return Number.parseInt(value, 16);
  return Number(numberOf(value, path));
}

function bytesOf(
  { InlineBinary }: DcmjsElement,
  values: readonly unknown[],
  path: Path,
): Uint8Array {
  if (values.length > 1) throw badValue(path, "expected one value of bytes");
  if (InlineBinary === undefined) {
    return values.length === 0 ? new Uint8Array(0) : bufferOf(values[0], path);
  }
  const bytes = decodeBase64(InlineBinary);
  if (bytes === undefined) throw badValue(path, "expected InlineBinary to be base64");
  return bytes;
}

function bufferOf(value: unknown, path: Path): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw badValue(path, "expected an ArrayBuffer");
}

/** Frames of pixel data, each as its fragments; without copying, dcmjs leaves them apart. */
function framesOf({ Value }: DcmjsElement): readonly (readonly Uint8Array[])[] {
  return listOf(Value).map((frame) =>
    listOf(frame).map((fragment) => bufferOf(fragment, [PIXEL_DATA])),
  );
}

/** Pixel Data of frames that are compressed already; the offset table stays empty unless each of them is known. */
function encapsulatedElement(
  frames: readonly (readonly Uint8Array[])[],
  numberOfFrames: number,
): Uint8Array {
  const writer = new ByteWriter(true);
  const isKnown = frames.length === numberOfFrames && frames.every(({ length }) => length > 0);
  const value = {
    fragments: frames.flat(),
    firstFragments: isKnown ? firstFragmentsOf(frames) : [],
  };
  writeEncapsulated(writer, PIXEL_DATA, value, { explicitVR: true, littleEndian: true });
  return writer.bytes.slice();
}

function firstFragmentsOf(frames: readonly (readonly Uint8Array[])[]): readonly number[] {
  let next = 0;
  return frames.map(({ length }) => {
    const first = next;
    next += length;
    return first;
  });
}

function textOf(dict: DcmjsDict, tag: string): string | undefined {
  const [value] = listOf(dict[tag]?.Value);
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

function badValue(path: Path, message: string): DicomError {
  return new DicomError("BAD_VALUE", message, { at: formatPath(path) });
}
