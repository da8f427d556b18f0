/**
 * Writes files from scratch: preamble, file meta information, data set (PS3.10 7).
 *
 * @module
 */
import { deflateSync } from "fflate";
import { DicomError } from "../errors.js";
import { formatTag } from "../tag.js";
import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  isKnownTransferSyntax,
  transferSyntaxOf,
} from "../transfer-syntax.js";
import type { VR } from "../vr.js";
import { VRS } from "../vr.js";
import { ByteWriter } from "./byte-writer.js";
import { type ElementInit, type ElementValueInit, isEncapsulatedInit } from "./element-init.js";
import { vrToWrite, writeElement, writeElements } from "./element-writer.js";
import { isAscii } from "./encode-value.js";
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from "./implementation.js";

const SPECIFIC_CHARACTER_SET = 0x00080005;
const SOP_CLASS_UID = 0x00080016;
const SOP_INSTANCE_UID = 0x00080018;
const PIXEL_DATA = 0x7fe00010;

/** How a file is written. */
export interface WriteOptions {
  /** Default explicit VR little endian. One of compressed pixels needs them in fragments, any other forbids it. */
  readonly transferSyntaxUid?: string;
  /** Whether sequences and items end in delimiters instead of having lengths. Default false. */
  readonly undefinedLengths?: boolean;
}

/**
 * A DICOM file with these elements.
 *
 * Text is written as ASCII where that is enough, else as UTF-8; (0008,0005) is set accordingly, and any that is given,
 * also in items, is ignored. Group lengths (retired) and group 0002 are ignored too: the meta information is built.
 *
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if pixel data is not compressed as the transfer syntax says;
 * `BAD_VALUE`, `BAD_VR` where a value cannot be written, with its path
 */
export function writeFile(
  elements: readonly ElementInit[],
  options: WriteOptions = {},
): Uint8Array {
  const syntax = transferSyntaxOf(options.transferSyntaxUid ?? EXPLICIT_VR_LITTLE_ENDIAN);
  const writer = new ByteWriter(true);
  writer.append(
    writeFileMetaInformation({
      mediaStorageSopClassUid: textOf(elements, SOP_CLASS_UID),
      mediaStorageSopInstanceUid: textOf(elements, SOP_INSTANCE_UID),
      transferSyntaxUid: syntax.uid,
    }),
  );
  writer.append(writeDataset(elements, options));
  return writer.bytes.slice();
}

/** A data set without preamble and meta information. @throws as {@link writeFile} */
export function writeDataset(
  elements: readonly ElementInit[],
  options: WriteOptions = {},
): Uint8Array {
  const syntax = transferSyntaxOf(options.transferSyntaxUid ?? EXPLICIT_VR_LITTLE_ENDIAN);
  if (!isKnownTransferSyntax(syntax.uid)) {
    throw new DicomError("UNSUPPORTED_TRANSFER_SYNTAX", "the standard has no such transfer syntax");
  }
  for (const { tag, value } of elements) {
    const isEncapsulated = isEncapsulatedInit(value);
    if (isEncapsulated ? syntax.encapsulated : tag !== PIXEL_DATA || !syntax.encapsulated) continue;
    throw new DicomError(
      "UNSUPPORTED_TRANSFER_SYNTAX",
      `pixel data is ${isEncapsulated ? "" : "not "}compressed, but the transfer syntax says otherwise`,
      { at: formatTag(tag) },
    );
  }
  const utf8 = needsUtf8(elements);
  const plain = withoutDerived(elements, true);
  const writer = new ByteWriter(syntax.littleEndian);
  writeElements(
    writer,
    utf8 ? [...plain, { tag: SPECIFIC_CHARACTER_SET, vr: "CS", value: "ISO_IR 192" }] : plain,
    {
      explicitVR: syntax.explicitVR,
      littleEndian: syntax.littleEndian,
      textEncoding: utf8 ? "utf-8" : "ascii",
      undefinedLengths: options.undefinedLengths ?? false,
    },
  );
  return syntax.deflated ? deflateDataset(writer.bytes) : writer.bytes.slice();
}

/** What the file meta information says. */
export interface FileMetaInit {
  /** (0002,0002); left out, there will be none. */
  readonly mediaStorageSopClassUid?: string | undefined;
  /** (0002,0003); left out, there will be none. */
  readonly mediaStorageSopInstanceUid?: string | undefined;
  /** (0002,0010). */
  readonly transferSyntaxUid: string;
}

/** Preamble of zeros, prefix and a new group 0002 (PS3.10 7.1), which names this package as the writer. */
export function writeFileMetaInformation(init: FileMetaInit): Uint8Array {
  const elements: ElementInit[] = [
    { tag: 0x00020001, vr: "OB", value: Uint8Array.of(0, 1) },
    { tag: 0x00020010, vr: "UI", value: init.transferSyntaxUid },
    { tag: 0x00020012, vr: "UI", value: IMPLEMENTATION_CLASS_UID },
    { tag: 0x00020013, vr: "SH", value: IMPLEMENTATION_VERSION_NAME },
  ];
  if (init.mediaStorageSopClassUid) {
    elements.push({ tag: 0x00020002, vr: "UI", value: init.mediaStorageSopClassUid });
  }
  if (init.mediaStorageSopInstanceUid) {
    elements.push({ tag: 0x00020003, vr: "UI", value: init.mediaStorageSopInstanceUid });
  }
  const encoding = { explicitVR: true, littleEndian: true, textEncoding: "ascii" } as const;
  const group = new ByteWriter(true);
  writeElements(group, elements, encoding);
  const writer = new ByteWriter(true);
  writer.append(new Uint8Array(128));
  writer.append(Uint8Array.of(0x44, 0x49, 0x43, 0x4d));
  writeElement(writer, { tag: 0x00020000, vr: "UL", value: group.length }, encoding);
  writer.append(group.bytes);
  return writer.bytes.slice();
}

/** A raw deflate stream (RFC 1951) of even length (PS3.5 A.5). */
export function deflateDataset(bytes: Uint8Array): Uint8Array {
  const deflated = deflateSync(bytes);
  if (deflated.length % 2 === 0) return deflated;
  const even = new Uint8Array(deflated.length + 1);
  even.set(deflated);
  return even;
}

/** Without what the writer decides: group lengths, meta information, character sets. */
function withoutDerived(elements: readonly ElementInit[], top: boolean): ElementInit[] {
  return elements
    .filter(
      ({ tag }) =>
        (tag & 0xffff) !== 0 && tag !== SPECIFIC_CHARACTER_SET && !(top && tag >>> 16 === 2),
    )
    .map((element) => {
      const items = itemsOf(element.value);
      return items === undefined
        ? element
        : { ...element, value: items.map((item) => withoutDerived(item, false)) };
    });
}

function needsUtf8(elements: readonly ElementInit[]): boolean {
  return elements.some(({ tag, vr, value }) => {
    const items = itemsOf(value);
    if (items !== undefined) return items.some(needsUtf8);
    if (value instanceof Uint8Array)
      return usesCharacterSet(tag, vr) && value.some((b) => b > 0x7f);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.some((text) => typeof text === "string" && !isAscii(text));
  });
}

function usesCharacterSet(tag: number, vr: VR | undefined): boolean {
  return VRS[vr ?? vrToWrite(tag)].usesCharacterSet;
}

function itemsOf(value: ElementValueInit): readonly (readonly ElementInit[])[] | undefined {
  return Array.isArray(value) && Array.isArray(value[0])
    ? (value as readonly (readonly ElementInit[])[])
    : undefined;
}

function textOf(elements: readonly ElementInit[], tag: number): string | undefined {
  const value = elements.find((element) => element.tag === tag)?.value;
  return typeof value === "string" ? value : Array.isArray(value) ? `${value[0] ?? ""}` : undefined;
}
