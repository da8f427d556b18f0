/**
 * A data set with edits applied: slices of the source for all that stays, new bytes for what changes.
 *
 * Lengths of sequences, items and groups around a change are computed anew where they were defined, and stay undefined
 * where they were (PS3.5 7.2, 7.5.1).
 *
 * @module
 */

import { viewBytes } from "../byte-source.js";
import type { DataElement, Item } from "../data-element.js";
import { type Dataset, type Encoding, findElement } from "../dataset.js";
import { DicomError } from "../errors.js";
import { formatPath, type Path } from "../path.js";
import { vrOfLetters } from "../read/vr-letters.js";
import { ITEM, type TagNumber } from "../tag.js";
import type { VR } from "../vr.js";
import { ByteWriter } from "../write/byte-writer.js";
import type { ElementInit } from "../write/element-init.js";
import {
  vrToWrite,
  type WriteEncoding,
  writeElement,
  writeElements,
} from "../write/element-writer.js";
import type { TextEncoding } from "../write/encode-value.js";
import type { DatasetEdits, ElementEdits, ItemEdits } from "./edit.js";
import { refuseChanges, refuseItemChanges } from "./refuse-changes.js";
import { SegmentList } from "./segments.js";

const SPECIFIC_CHARACTER_SET = 0x00080005;
const UTF_8 = "ISO_IR 192";

/**
 * Applies edits to a data set of a file.
 *
 * @param path - where the data set stands, for messages
 * @param inherited - how the data set that this one is an item of writes text
 * @throws {@link DicomError} `BAD_PATH` where an edit points into a sequence or item that does not exist, `BAD_VALUE`,
 * `BAD_VR`, `BAD_CHARACTER_SET` where a value cannot be written
 */
export function rewriteDataset(
  dataset: Dataset,
  edits: DatasetEdits,
  path: Path = [],
  inherited: TextEncoding = "ascii",
): SegmentList {
  const out = new SegmentList();
  const encoding: WriteEncoding = {
    ...dataset.encoding,
    textEncoding: textEncodingOf(dataset, edits, inherited),
  };
  const news: NewElements = { writer: new ByteWriter(encoding.littleEndian), encoding, path };
  const inserts = insertsOf(dataset, edits, path);
  const { elements } = dataset;
  let nextInsert = 0;
  const insertBelow = (tag: number, to: SegmentList) => {
    for (; nextInsert < inserts.length; nextInsert++) {
      const insert = inserts[nextInsert] as ElementInit;
      if (insert.tag >= tag) return;
      to.addBytes(elementBytes(news, insert));
    }
  };
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i] as DataElement;
    insertBelow(element.tag, out);
    if (!isGroupLengthToUpdate(element, edits)) {
      rewriteElement(out, dataset, element, edits.get(element.tag), news);
      continue;
    }
    // PS3.5 7.2: bytes from behind the group length to the end of the group.
    const group = element.tag >>> 16;
    const rest = new SegmentList();
    for (
      let next = elements[i + 1];
      next !== undefined && next.tag >>> 16 === group;
      next = elements[i + 1]
    ) {
      insertBelow(next.tag, rest);
      rewriteElement(rest, dataset, next, edits.get(next.tag), news);
      i++;
    }
    insertBelow((group + 1) * 0x10000, rest);
    const length: ElementInit = { tag: element.tag, vr: "UL", value: rest.length };
    out.addBytes(elementBytes(news, length));
    out.addAll(rest);
  }
  insertBelow(Number.POSITIVE_INFINITY, out);
  return out;
}

/** New elements, in ascending order. */
function insertsOf(dataset: Dataset, edits: DatasetEdits, path: Path): readonly ElementInit[] {
  const present = new Set<TagNumber>();
  for (const { tag } of dataset.elements) present.add(tag);
  const inserts: ElementInit[] = [];
  for (const [tag, elementEdits] of edits) {
    if (present.has(tag)) continue;
    const { edit } = elementEdits;
    if (edit === undefined) refuseChanges(elementEdits, [...path, tag]);
    if (edit?.kind !== "set") continue;
    inserts.push(
      edit.vr === undefined ? { tag, value: edit.value } : { tag, vr: edit.vr, value: edit.value },
    );
  }
  return inserts.sort((a, b) => a.tag - b.tag);
}

function isGroupLengthToUpdate(element: DataElement, edits: DatasetEdits): boolean {
  if ((element.tag & 0xffff) !== 0 || element.valueLength !== 4) return false;
  if (edits.get(element.tag)?.edit !== undefined) return false;
  for (const tag of edits.keys()) if (tag >>> 16 === element.tag >>> 16) return true;
  return false;
}

/** New text may be UTF-8 where the data set, or the one around it, says so, or will; elsewhere it has to be ASCII. */
function textEncodingOf(
  dataset: Dataset,
  edits: DatasetEdits,
  inherited: TextEncoding,
): TextEncoding {
  const edit = edits.get(SPECIFIC_CHARACTER_SET)?.edit;
  if (edit?.kind === "remove") return inherited;
  if (edit !== undefined) return String(edit.value) === UTF_8 ? "utf-8" : "ascii";
  const element = findElement(dataset, SPECIFIC_CHARACTER_SET);
  if (element === undefined) return inherited;
  const bytes = viewBytes(dataset.source, element.valueOffset, element.valueLength);
  return String.fromCharCode(...bytes.subarray(0, 64)).trim() === UTF_8 ? "utf-8" : "ascii";
}

/** Where new elements of a data set are written, one behind the other. */
interface NewElements {
  readonly writer: ByteWriter;
  readonly encoding: WriteEncoding;
  readonly path: Path;
}

/** The bytes of a new element. They stay as they are, since the writer only ever appends. */
function elementBytes({ writer, encoding, path }: NewElements, element: ElementInit): Uint8Array {
  const start = writer.length;
  writeElement(writer, element, encoding, path);
  return writer.bytes.subarray(start);
}

function rewriteElement(
  out: SegmentList,
  dataset: Dataset,
  element: DataElement,
  edits: ElementEdits | undefined,
  news: NewElements,
): void {
  if (edits === undefined) {
    out.addRange(element.byteOffset, element.endOffset);
    return;
  }
  if (edits.edit?.kind === "remove") return;
  if (edits.edit?.kind === "set") {
    const vr = edits.edit.vr ?? vrToSet(element);
    out.addBytes(elementBytes(news, { tag: element.tag, vr, value: edits.edit.value }));
    return;
  }
  const here = [...news.path, element.tag];
  if (element.items === undefined) {
    refuseChanges(edits, here);
    out.addRange(element.byteOffset, element.endOffset);
    return;
  }
  const textEncoding = news.encoding.textEncoding;
  rewriteSequence(
    out,
    dataset,
    element,
    element.items,
    edits.items ?? new Map(),
    here,
    textEncoding,
  );
}

/** The VR of an element whose value is replaced: its own, unless that is UN and the dictionary knows better. */
function vrToSet({ vr, tag }: DataElement): VR {
  if (vr !== "UN") return vr;
  try {
    return vrToWrite(tag);
  } catch {
    return "UN";
  }
}

function rewriteSequence(
  out: SegmentList,
  dataset: Dataset,
  element: DataElement,
  items: readonly Item[],
  edits: ReadonlyMap<number, ItemEdits>,
  path: Path,
  textEncoding: TextEncoding,
): void {
  const encoding = { ...encodingOfItems(dataset, element, items), textEncoding };
  const content = new SegmentList();
  const wanted = [...edits.keys()].sort((a, b) => a - b);
  items.forEach((item, index) => {
    const itemEdits = edits.get(index);
    if (itemEdits === undefined) content.addRange(item.byteOffset, item.endOffset);
    else rewriteItem(content, item, itemEdits, encoding, [...path, index]);
  });
  for (const index of wanted) {
    const itemEdits = edits.get(index) as ItemEdits;
    if (index < items.length) continue;
    refuseItemChanges(itemEdits, [...path, index]);
    for (const elements of itemEdits.inserted)
      addItem(content, elements, encoding, [...path, index]);
  }
  if (element.undefinedLength) {
    out.addRange(element.byteOffset, element.valueOffset);
    out.addAll(content);
    out.addRange(element.valueOffset + element.valueLength, element.endOffset);
    return;
  }
  out.addBytes(headerWithLength(dataset, element, content.length, path));
  out.addAll(content);
}

/** Items of UN may be encoded otherwise than what holds them (PS3.5 6.2.2). */
function encodingOfItems(dataset: Dataset, element: DataElement, items: readonly Item[]): Encoding {
  return (
    items[0]?.encoding ??
    (element.vr === "UN" ? { explicitVR: false, littleEndian: true } : dataset.encoding)
  );
}

/** The header of a sequence as it was, with another length. */
function headerWithLength(
  dataset: Dataset,
  element: DataElement,
  length: number,
  path: Path,
): Uint8Array {
  const { byteOffset, valueOffset } = element;
  // A copy of our own, also of a Buffer, whose slice would be the source itself.
  const header = new Uint8Array(viewBytes(dataset.source, byteOffset, valueOffset - byteOffset));
  const view = new DataView(header.buffer);
  const { explicitVR, littleEndian } = dataset.encoding;
  // Two letters that are no VR were read with a 16-bit length.
  if (
    explicitVR &&
    header.length === 8 &&
    vrOfLetters(header[4] as number, header[5] as number) === null
  ) {
    if (length > 0xffff)
      throw new DicomError("BAD_LENGTH", "a value too long for its unknown VR", {
        at: formatPath(path),
      });
    view.setUint16(6, length, littleEndian);
  } else {
    view.setUint32(header.length - 4, length, littleEndian);
  }
  return header;
}

function rewriteItem(
  out: SegmentList,
  item: Item,
  edits: ItemEdits,
  encoding: WriteEncoding,
  path: Path,
): void {
  for (const elements of edits.inserted) addItem(out, elements, encoding, path);
  if (edits.edit?.kind === "remove") return;
  if (edits.edit?.kind === "setItem") {
    addItem(out, edits.edit.elements, encoding, path);
    return;
  }
  const content = rewriteDataset(item, edits.elements, path, encoding.textEncoding);
  if (item.undefinedLength) {
    out.addRange(item.byteOffset, item.contentOffset);
    out.addAll(content);
    out.addRange(item.contentOffset + item.contentLength, item.endOffset);
    return;
  }
  out.addBytes(itemHeader(content.length, encoding.littleEndian));
  out.addAll(content);
}

function addItem(
  out: SegmentList,
  elements: readonly ElementInit[],
  encoding: WriteEncoding,
  path: Path,
): void {
  const writer = new ByteWriter(encoding.littleEndian);
  writeElements(writer, elements, encoding, path);
  out.addBytes(itemHeader(writer.length, encoding.littleEndian));
  out.addBytes(writer.bytes);
}

function itemHeader(length: number, littleEndian: boolean): Uint8Array {
  const writer = new ByteWriter(littleEndian);
  writer.tag(ITEM);
  writer.uint32(length);
  return writer.bytes;
}
