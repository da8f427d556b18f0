/**
 * Elements to bytes: header and value, in any uncompressed encoding (PS3.5 7.1, 7.5).
 *
 * @module
 */
import type { Encoding } from "../dataset.js";
import { vrOfTag } from "../dictionary/vr-of-tag.js";
import { DicomError, isDicomError } from "../errors.js";
import { formatPath, type Path } from "../path.js";
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION, type TagNumber } from "../tag.js";
import { isVR, type VR, VRS } from "../vr.js";
import type { ByteWriter } from "./byte-writer.js";
import { type ElementInit, type ElementValueInit, isEncapsulatedInit } from "./element-init.js";
import { writeEncapsulated } from "./encapsulated-writer.js";
import { encodeValue, type TextEncoding } from "./encode-value.js";

/** Longest value of the VRs with a 16-bit length (PS3.5 7.1.2), even. */
const MAX_SHORT_LENGTH = 0xfffe;
const UNDEFINED_LENGTH = 0xffffffff;
/** (0008,0005) Specific Character Set. */
const CHARACTER_SET = 0x00080005;

/** How elements are written. */
export interface WriteEncoding extends Encoding {
  /** Whether text may be UTF-8; then (0008,0005) has to say so. */
  readonly textEncoding: TextEncoding;
  /** Whether sequences and items end in delimiters instead of having lengths. */
  readonly undefinedLengths?: boolean;
}

/**
 * Writes elements in ascending order of their tags.
 *
 * @throws {@link DicomError} `BAD_VALUE`, `BAD_VR`, `BAD_CHARACTER_SET`; with the element's path
 */
export function writeElements(
  writer: ByteWriter,
  elements: readonly ElementInit[],
  encoding: WriteEncoding,
  path: Path = [],
): void {
  // An item has the character set of what is around it: text is written in that, whatever an item says.
  const written =
    path.length === 0 ? elements : elements.filter(({ tag }) => tag !== CHARACTER_SET);
  const ordered = [...written].sort((a, b) => a.tag - b.tag);
  ordered.forEach((element, i) => {
    if (i > 0 && ordered[i - 1]?.tag === element.tag) {
      throw new DicomError("BAD_VALUE", "an element is given twice", {
        at: formatPath([...path, element.tag]),
      });
    }
    writeElement(writer, element, encoding, path);
  });
}

/** Writes one element. @throws as {@link writeElements} */
export function writeElement(
  writer: ByteWriter,
  element: ElementInit,
  encoding: WriteEncoding,
  path: Path = [],
): void {
  const { tag, value } = element;
  const here = [...path, tag];
  try {
    if (isEncapsulatedInit(value)) {
      writeEncapsulated(writer, tag, value, encoding);
      return;
    }
    const vr = element.vr ?? vrToWrite(tag);
    if (isItems(vr, value)) {
      writeSequence(writer, tag, vr, value, encoding, here);
      return;
    }
    const { explicitVR, littleEndian, textEncoding } = encoding;
    let bytes = encodeValue(vr, value, littleEndian, textEncoding);
    // PS3.5 6.2.2: what becomes UN is little endian, whatever the rest is.
    if (!littleEndian && explicitVR && vrToName(vr, bytes.length) !== vr) {
      bytes = encodeValue(vr, value, true, textEncoding);
    }
    writeHeader(writer, tag, vr, bytes.length, explicitVR);
    writer.append(bytes);
  } catch (error) {
    if (!isDicomError(error) || error.at !== undefined) throw error;
    throw new DicomError(error.code, error.message, { at: formatPath(here), cause: error });
  }
}

/** Writes tag, VR and length. A value too long for its VR becomes UN (PS3.5 6.2.2, note 1). */
function writeHeader(
  writer: ByteWriter,
  tag: TagNumber,
  vr: VR,
  length: number,
  explicitVR: boolean,
): void {
  writer.tag(tag);
  if (!explicitVR) {
    writer.uint32(length);
    return;
  }
  const written = vrToName(vr, length);
  writer.uint8(written.charCodeAt(0));
  writer.uint8(written.charCodeAt(1));
  if (VRS[written].longLength) {
    writer.uint16(0);
    writer.uint32(length);
  } else {
    writer.uint16(length);
  }
}

/** The VR itself, unless the value is too long for it. */
function vrToName(vr: VR, length: number): VR {
  return !VRS[vr].longLength && length > MAX_SHORT_LENGTH ? "UN" : vr;
}

/** The VR of the dictionary, where it leaves no choice. @throws {@link DicomError} `BAD_VR` elsewhere */
export function vrToWrite(tag: TagNumber): VR {
  const vr = vrOfTag(tag);
  if (vr !== undefined && isVR(vr)) return vr;
  throw new DicomError(
    "BAD_VR",
    vr === undefined
      ? "a VR has to be given: the dictionary has none"
      : `a VR has to be given: ${vr}`,
  );
}

function isItems(vr: VR, value: ElementValueInit): value is readonly (readonly ElementInit[])[] {
  if (vr === "SQ") {
    if (Array.isArray(value) && value.every((item) => Array.isArray(item))) return true;
    throw new DicomError("BAD_VALUE", "VR SQ holds a list of items");
  }
  if (Array.isArray(value) && value.some((item) => Array.isArray(item))) {
    throw new DicomError("BAD_VALUE", `VR ${vr} holds no items`);
  }
  return false;
}

function writeSequence(
  writer: ByteWriter,
  tag: TagNumber,
  vr: VR,
  items: readonly (readonly ElementInit[])[],
  encoding: WriteEncoding,
  path: Path,
): void {
  const undefinedLengths = encoding.undefinedLengths ?? false;
  writeHeader(writer, tag, vr, undefinedLengths ? UNDEFINED_LENGTH : 0, encoding.explicitVR);
  const start = writer.length;
  items.forEach((elements, index) => {
    writer.tag(ITEM);
    writer.uint32(UNDEFINED_LENGTH);
    const itemStart = writer.length;
    writeElements(writer, elements, encoding, [...path, index]);
    if (undefinedLengths) {
      writer.tag(ITEM_DELIMITATION);
      writer.uint32(0);
    } else {
      writer.patchUint32(itemStart - 4, writer.length - itemStart);
    }
  });
  if (undefinedLengths) {
    writer.tag(SEQUENCE_DELIMITATION);
    writer.uint32(0);
  } else {
    writer.patchUint32(start - 4, writer.length - start);
  }
}
