/**
 * The tokenizer: from bytes to elements, items and data sets. Values are stepped over, not read.
 *
 * Source: PS3.5 7.1 (elements), 7.5 (sequences), 6.2.2 (UN), A.4 (fragments), 2025b. This file is longer than others
 * because elements, items and sequences hold each other, and a reader that is split loses its way.
 *
 * @module
 */
import type { LoadedPart } from "../byte-source.js";
import type { DataElement, Item } from "../data-element.js";
import type { Dataset, Encoding } from "../dataset.js";
import { type DictionaryVR, vrOfTag } from "../dictionary/vr-of-tag.js";
import { DicomError, type DicomErrorCode, isDicomError } from "../errors.js";
import type { Finding, FindingCode } from "../findings.js";
import { formatPath } from "../path.js";
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION } from "../tag.js";
import { type VR, VRS } from "../vr.js";
import { resolveAmbiguousVR } from "./ambiguous-vr.js";
import type { ReadLimits, ReadOptions } from "./limits.js";
import { type LoadedBytes, MissingBytes } from "./loaded-bytes.js";
import { vrOfLetters } from "./vr-letters.js";

const UNDEFINED_LENGTH = 0xffffffff;
const PIXEL_DATA = 0x7fe00010;

/** Longer values of byte VRs are not loaded with the header. */
const SKIPPED_VALUE_BYTES = 256 * 1024;

/** Bytes looked at a time, where only zeros are expected. */
const STEP_BYTES = 4096;

const IMPLICIT_LITTLE: Encoding = { explicitVR: false, littleEndian: true };
const EXPLICIT_LITTLE: Encoding = { explicitVR: true, littleEndian: true };

const LONG_LENGTH: ReadonlySet<VR> = new Set(
  (Object.keys(VRS) as VR[]).filter((vr) => VRS[vr].longLength),
);
const SKIPPABLE: ReadonlySet<VR> = new Set(
  (Object.keys(VRS) as VR[]).filter((vr) => VRS[vr].kind === "bytes"),
);
const TEXT: ReadonlySet<VR> = new Set(
  (Object.keys(VRS) as VR[]).filter((vr) => VRS[vr].kind === "text"),
);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A data set while its elements are being read. */
export interface OpenDataset extends Dataset {
  readonly elements: DataElement[];
}

/** The items of a sequence that are read already, and all that reading them has added. */
interface UnfinishedSequence {
  readonly items: Item[];
  /** Where the next item begins. */
  readonly at: number;
  readonly itemCount: number;
  readonly elementCount: number;
  readonly findings: readonly Finding[];
  readonly ambiguous: readonly AmbiguousElement[];
}

/** How many there are. */
interface Counts {
  readonly items: number;
  readonly elements: number;
  readonly findings: number;
  readonly ambiguous: number;
}

interface AmbiguousElement {
  readonly element: Mutable<DataElement>;
  readonly vr: DictionaryVR;
  readonly dataset: Dataset;
}

/** Reads elements one after the other. */
export class ElementReader {
  readonly findings: Finding[] = [];
  /** Elements of the element read last, or of the dataset, whose VR is decided when all is read. */
  readonly #ambiguous: AmbiguousElement[] = [];
  /** Set once the data has ended inside an element, which `allowTruncated` permits. */
  #truncated = false;

  readonly #loaded: LoadedBytes;
  readonly #limits: ReadLimits;
  readonly #allowTruncated: boolean;
  readonly #allowLengthMismatch: boolean;
  readonly #path: number[] = [];
  #items = 0;
  #elements = 0;
  #depth = 0;
  /** Sequences, by where their items begin, that were being read when bytes were missing. */
  readonly #unfinished = new Map<number, UnfinishedSequence>();
  /** How far the fragments of the value at `valueOffset` have been stepped over, when bytes were missing. */
  #fragmentsRead = { valueOffset: -1, at: -1 };

  // The part that is being read: bytes, its first offset, and the offset behind it.
  #bytes: Uint8Array = new Uint8Array(0);
  #base = 0;
  #partEnd = 0;

  /** Up to where zeros behind the last element were looked at. */
  #zerosRead = 0;
  readonly #start: number;

  /** @param start - where the data set begins */
  constructor(loaded: LoadedBytes, start: number, limits: ReadLimits, options: ReadOptions) {
    this.#loaded = loaded;
    this.#start = start;
    this.#limits = limits;
    this.#allowTruncated = options.allowTruncated ?? false;
    this.#allowLengthMismatch = options.allowLengthMismatch ?? false;
  }

  /**
   * Reads the element at an offset and appends it to the data set. When bytes are missing, nothing has changed, and the
   * same call can be made again.
   */
  readElement(dataset: OpenDataset, byteOffset: number, end: number): DataElement {
    const counts = this.#counts();
    const members = dataset.elements.length;
    const truncated = this.#truncated;
    try {
      const element = this.#element(dataset, byteOffset, end);
      if (this.#unfinished.size > 0) this.#unfinished.clear();
      return element;
    } catch (error) {
      this.#items = counts.items;
      this.#elements = counts.elements;
      this.findings.length = counts.findings;
      this.#ambiguous.length = counts.ambiguous;
      dataset.elements.length = members;
      this.#truncated = truncated;
      this.#path.length = 0;
      this.#depth = 0;
      throw error;
    }
  }

  /**
   * Reads elements up to the end of the source, or to zeros: some writers fill up a block with them, which are no
   * elements (PS3.10 7.2 has Data Set Trailing Padding for that).
   *
   * @returns the offset behind the last element
   */
  readElements(dataset: OpenDataset): number {
    const size = this.#loaded.size;
    let at = dataset.elements.at(-1)?.endOffset ?? this.#start;
    while (at + 8 <= size) {
      this.#ensure(at, 8);
      if (this.#isZeros(at)) {
        if (!this.#zerosToEnd(at) && !this.#allowLengthMismatch) {
          this.#fail("BAD_LENGTH", "zeros instead of an element, and more data behind them", at);
        }
        break;
      }
      at = this.readElement(dataset, at, size).endOffset;
    }
    return at;
  }

  /** Decides the VRs that depend on other elements, once all are known. */
  resolveAmbiguousVRs(): void {
    for (const { element, vr, dataset } of this.#ambiguous) {
      element.vr = resolveAmbiguousVR(vr, element, dataset);
    }
    this.#ambiguous.length = 0;
  }

  /** Adds a finding about what is being read now. */
  report(code: FindingCode, byteOffset: number): void {
    if (this.findings.length < this.#limits.maxFindings) {
      this.findings.push({ code, at: formatPath(this.#path), byteOffset });
    }
  }

  #fail(code: DicomErrorCode, message: string, byteOffset: number): never {
    throw new DicomError(code, message, { at: formatPath(this.#path) || undefined, byteOffset });
  }

  /** Makes a range of the source readable at `offset - this.#base`. */
  #ensure(byteOffset: number, length: number): void {
    if (byteOffset >= this.#base && byteOffset + length <= this.#partEnd) return;
    const part: LoadedPart = this.#loaded.partWith(byteOffset, length);
    this.#bytes = part.bytes;
    this.#base = part.byteOffset;
    this.#partEnd = part.byteOffset + part.bytes.length;
  }

  /** As {@link #ensure}, for bytes that are not needed again. */
  #ensurePassing(byteOffset: number, length: number): void {
    if (byteOffset >= this.#base && byteOffset + length <= this.#partEnd) return;
    const part = this.#loaded.passingPartWith(byteOffset, length);
    this.#bytes = part.bytes;
    this.#base = part.byteOffset;
    this.#partEnd = part.byteOffset + part.bytes.length;
  }

  /** Whether there is nothing but zeros up to the end of the source. Goes on where it was when bytes were missing. */
  #zerosToEnd(byteOffset: number): boolean {
    const size = this.#loaded.size;
    for (let at = Math.max(byteOffset, this.#zerosRead); at < size; at = this.#zerosRead) {
      const length = Math.min(STEP_BYTES, size - at);
      this.#ensurePassing(at, length);
      const start = at - this.#base;
      for (let i = start; i < start + length; i++) if (this.#bytes[i] !== 0) return false;
      this.#zerosRead = at + length;
    }
    this.#partEnd = 0; // what was loaded in passing is not to be read from again
    return true;
  }

  /** Whether the next eight bytes, which have to be there, are zero. */
  #isZeros(at: number): boolean {
    const i = at - this.#base;
    return this.#bytes[i] === 0 && this.#bytes.subarray(i, i + 8).every((byte) => byte === 0);
  }

  #word(at: number, little: boolean): number {
    const b = this.#bytes;
    const i = at - this.#base;
    const x = b[i] as number;
    const y = b[i + 1] as number;
    return little ? x | (y << 8) : (x << 8) | y;
  }

  #long(at: number, little: boolean): number {
    return little
      ? this.#word(at, true) + this.#word(at + 2, true) * 0x10000
      : this.#word(at, false) * 0x10000 + this.#word(at + 2, false);
  }

  #tag(at: number, little: boolean): number {
    return this.#word(at, little) * 0x10000 + this.#word(at + 2, little);
  }

  /** The data has ended where more was due: an error, or the end of everything that is open. */
  #endOfData(byteOffset: number, what: string): void {
    if (!this.#allowTruncated) this.#fail("TRUNCATED", `the data ends inside ${what}`, byteOffset);
    if (!this.#truncated) this.report("TRUNCATED", byteOffset);
    this.#truncated = true;
  }

  /** Something reaches beyond what holds it. */
  #beyond(byteOffset: number, what: string): void {
    if (!this.#allowLengthMismatch) {
      this.#fail(
        "BAD_LENGTH",
        `${what} reaches beyond the item or sequence that holds it`,
        byteOffset,
      );
    }
    this.report("LENGTH_MISMATCH", byteOffset);
  }

  #element(dataset: OpenDataset, byteOffset: number, end: number): DataElement {
    const { explicitVR, littleEndian } = dataset.encoding;
    const path = this.#path;
    this.#ensure(byteOffset, 8);
    const tag = this.#tag(byteOffset, littleEndian);
    path.push(tag);
    if (++this.#elements > this.#limits.maxElements) {
      this.#fail("LIMIT_EXCEEDED", `more than ${this.#limits.maxElements} elements`, byteOffset);
    }
    let vr: VR;
    let dictionaryVR: DictionaryVR | undefined;
    let implicit = !explicitVR;
    let valueOffset = byteOffset + 8;
    let length: number;
    if (tag >= ITEM && tag <= SEQUENCE_DELIMITATION) {
      // A delimiter that ends nothing: no VR, a length (PS3.5 7.5.1).
      this.report("STRAY_DELIMITER", byteOffset);
      vr = "UN";
      implicit = false;
      length = this.#long(byteOffset + 4, littleEndian);
      if (length === UNDEFINED_LENGTH) length = 0;
    } else {
      const i = byteOffset - this.#base;
      const letters = explicitVR
        ? vrOfLetters(this.#bytes[i + 4] as number, this.#bytes[i + 5] as number)
        : undefined;
      if (letters === undefined) {
        // No letters where a VR is due: some writers switch to implicit VR in the middle.
        if (explicitVR) {
          this.report("IMPLICIT_VR_IN_EXPLICIT", byteOffset);
          implicit = true;
        }
        dictionaryVR = vrOfTag(tag);
        vr = dictionaryVR === undefined ? "UN" : fixedVR(dictionaryVR);
        length = this.#long(byteOffset + 4, littleEndian);
      } else if (letters === null) {
        this.report("UNKNOWN_VR", byteOffset);
        vr = "UN";
        length = this.#word(byteOffset + 6, littleEndian);
      } else {
        vr = letters;
        if (LONG_LENGTH.has(vr)) {
          if (byteOffset + 12 > end && end < this.#loaded.size)
            this.#beyond(byteOffset, "an element");
          if (byteOffset + 12 > this.#loaded.size) {
            this.#endOfData(byteOffset, "an element's header");
            length = 0;
            valueOffset = this.#loaded.size;
          } else {
            this.#ensure(byteOffset, 12);
            length = this.#long(byteOffset + 8, littleEndian);
            valueOffset += 4;
          }
        } else {
          length = this.#word(byteOffset + 6, littleEndian);
        }
      }
    }

    const element: Mutable<DataElement> = {
      tag,
      vr,
      byteOffset,
      valueOffset,
      valueLength: 0,
      endOffset: valueOffset,
      undefinedLength: length === UNDEFINED_LENGTH,
      items: undefined,
      encapsulated: false,
    };
    if (length === UNDEFINED_LENGTH) {
      this.#undefinedLengthValue(element, dataset, implicit ? dictionaryVR : vr);
      if (element.endOffset > end) this.#beyond(byteOffset, "a value");
    } else {
      this.#definedLengthValue(element, dataset, length, end, implicit);
    }
    if (dictionaryVR !== undefined && dictionaryVR !== element.vr && element.items === undefined) {
      this.#ambiguous.push({ element, vr: dictionaryVR, dataset });
    }
    this.#checkOrder(dataset, element);
    dataset.elements.push(element);
    path.pop();
    return element;
  }

  #checkOrder(dataset: OpenDataset, { tag, byteOffset }: DataElement): void {
    const last = dataset.elements[dataset.elements.length - 1];
    if (last === undefined || tag > last.tag) return;
    this.report(tag === last.tag ? "DUPLICATE_TAG" : "OUT_OF_ORDER", byteOffset);
  }

  #definedLengthValue(
    element: Mutable<DataElement>,
    dataset: OpenDataset,
    length: number,
    end: number,
    implicit: boolean,
  ): void {
    const { byteOffset, valueOffset, vr } = element;
    const size = this.#loaded.size;
    let valueEnd = valueOffset + length;
    if (valueEnd > size) {
      this.#endOfData(byteOffset, "a value");
      valueEnd = size;
    } else if (valueEnd > end) {
      this.#beyond(byteOffset, "a value");
    }
    element.valueLength = valueEnd - valueOffset;
    element.endOffset = valueEnd;
    if (length % 2 === 1) this.report("ODD_LENGTH", byteOffset);
    if (vr === "SQ") {
      if (!implicit) this.#sequence(element, dataset, valueEnd, dataset.encoding);
      else if (element.valueLength > 0) this.#sequenceByDictionary(element, dataset, valueEnd);
      else element.items = [];
      return;
    }
    if (vr === "UN" && element.valueLength >= 8) {
      this.#sequenceInUnknown(element, dataset, valueEnd, implicit);
    }
    if (element.items !== undefined) return;
    if (TEXT.has(vr) && length > this.#limits.maxTextBytes) {
      this.#fail(
        "LIMIT_EXCEEDED",
        `a text of more than ${this.#limits.maxTextBytes} bytes`,
        byteOffset,
      );
    }
    if (length <= SKIPPED_VALUE_BYTES || !SKIPPABLE.has(vr)) {
      this.#ensure(valueOffset, element.valueLength);
    }
  }

  #undefinedLengthValue(
    element: Mutable<DataElement>,
    dataset: OpenDataset,
    knownVR: DictionaryVR | undefined,
  ): void {
    const { tag, byteOffset, valueOffset, vr } = element;
    if (vr === "SQ") {
      this.#sequence(element, dataset, undefined, dataset.encoding);
    } else if (tag === PIXEL_DATA || (SKIPPABLE.has(vr) && vr !== "UN")) {
      this.#fragments(element, dataset.encoding.littleEndian);
    } else if (vr === "UN") {
      // PS3.5 6.2.2: UN of undefined length holds a sequence. With implicit VR it is a sequence that no table lists.
      if (knownVR === undefined) element.vr = "SQ";
      this.#sequence(
        element,
        dataset,
        undefined,
        knownVR === undefined ? dataset.encoding : this.#encodingInUnknown(valueOffset, dataset),
      );
    } else {
      this.#fail("BAD_LENGTH", `undefined length is not possible with VR ${vr}`, byteOffset);
    }
  }

  /** With implicit VR only the dictionary says that this is a sequence, and a writer may have thought otherwise. */
  #sequenceByDictionary(
    element: Mutable<DataElement>,
    dataset: OpenDataset,
    valueEnd: number,
  ): void {
    if (!this.#triesSequence(element, dataset, valueEnd, dataset.encoding)) {
      element.vr = "UN";
      this.report("NOT_A_SEQUENCE", element.byteOffset);
    }
  }

  /** UN, or a tag that no table lists, may hold a sequence: if all of it reads as one, it does. */
  #sequenceInUnknown(
    element: Mutable<DataElement>,
    dataset: OpenDataset,
    valueEnd: number,
    implicit: boolean,
  ): void {
    const { valueOffset, tag } = element;
    this.#ensure(valueOffset, 8);
    const encoding = implicit ? dataset.encoding : this.#encodingInUnknown(valueOffset, dataset);
    if (this.#tag(valueOffset, encoding.littleEndian) !== ITEM) return;
    const known = vrOfTag(tag);
    if (known !== undefined && known !== "SQ") return;
    this.#triesSequence(element, dataset, valueEnd, encoding);
  }

  /** Reads a value as a sequence. If it is none, all is as it was, and the answer is false. */
  #triesSequence(
    element: Mutable<DataElement>,
    dataset: OpenDataset,
    valueEnd: number,
    encoding: Encoding,
  ): boolean {
    const { valueLength, endOffset } = element;
    const findings = this.findings.length;
    const ambiguous = this.#ambiguous.length;
    const pathLength = this.#path.length;
    const depth = this.#depth;
    const truncated = this.#truncated;
    try {
      this.#sequence(element, dataset, valueEnd, encoding);
      if (element.endOffset === endOffset && this.#truncated === truncated) return true;
    } catch (error) {
      if (!isDicomError(error) || error.code === "LIMIT_EXCEEDED") throw error;
    }
    element.items = undefined;
    element.valueLength = valueLength;
    element.endOffset = endOffset;
    this.findings.length = findings;
    this.#ambiguous.length = ambiguous;
    this.#path.length = pathLength;
    this.#depth = depth;
    this.#truncated = truncated;
    return false;
  }

  /** PS3.5 6.2.2 says implicit VR little endian; byte order is looked at, since not every writer knows. */
  #encodingInUnknown(valueOffset: number, dataset: Dataset): Encoding {
    if (dataset.encoding.littleEndian || valueOffset + 4 > this.#loaded.size)
      return IMPLICIT_LITTLE;
    this.#ensure(valueOffset, 4);
    const big = this.#tag(valueOffset, false);
    return big === ITEM || big === SEQUENCE_DELIMITATION
      ? { explicitVR: false, littleEndian: false }
      : IMPLICIT_LITTLE;
  }

  /** Items up to `sequenceEnd`, or to a delimiter if that is undefined. */
  #sequence(
    element: Mutable<DataElement>,
    dataset: OpenDataset,
    sequenceEnd: number | undefined,
    encoding: Encoding,
  ): void {
    const little = encoding.littleEndian;
    const size = this.#loaded.size;
    const inUnknown = element.vr === "UN";
    if (++this.#depth > this.#limits.maxDepth) {
      this.#fail(
        "LIMIT_EXCEEDED",
        `sequences nested deeper than ${this.#limits.maxDepth}`,
        element.byteOffset,
      );
    }
    const before = this.#counts();
    const resumed = this.#resume(element.valueOffset, dataset);
    const items: Item[] = resumed?.items ?? [];
    element.items = items;
    let at = resumed?.at ?? element.valueOffset;
    let delimiterBytes = 0;
    let done = this.#counts();
    try {
      while (sequenceEnd === undefined || at < sequenceEnd) {
        done = this.#counts();
        if (at + 8 > size) {
          this.#endOfData(at, "a sequence");
          at = size;
          break;
        }
        this.#ensure(at, 8);
        const tag = this.#tag(at, little);
        if (tag === SEQUENCE_DELIMITATION) {
          if (sequenceEnd === undefined) {
            delimiterBytes = 8;
            break;
          }
          // A delimiter that a defined length makes idle: harmless at the very end only.
          this.report("STRAY_DELIMITER", at);
          if (at + 8 !== sequenceEnd) this.#beyond(at, "a delimiter");
          at += 8;
          break;
        }
        if (tag !== ITEM) this.#fail("BAD_LENGTH", "an item was expected in a sequence", at);
        const end = sequenceEnd ?? size;
        const item = this.#item(dataset, at, end, encoding, items.length, inUnknown);
        items.push(item);
        at = item.endOffset;
      }
    } catch (error) {
      if (error instanceof MissingBytes) {
        this.#unfinished.set(element.valueOffset, this.#since(before, done, items, at));
      }
      throw error;
    }
    element.valueLength = at - element.valueOffset;
    element.endOffset = at + delimiterBytes;
    this.#depth--;
  }

  /** How much there is of what reading adds to. */
  #counts(): Counts {
    return {
      items: this.#items,
      elements: this.#elements,
      findings: this.findings.length,
      ambiguous: this.#ambiguous.length,
    };
  }

  /** What was added between two moments, to be added again without reading. */
  #since(from: Counts, to: Counts, items: Item[], at: number): UnfinishedSequence {
    return {
      items,
      at,
      itemCount: to.items - from.items,
      elementCount: to.elements - from.elements,
      findings: this.findings.slice(from.findings, to.findings),
      ambiguous: this.#ambiguous.slice(from.ambiguous, to.ambiguous),
    };
  }

  /** Takes up a sequence where it was left when bytes were missing. */
  #resume(valueOffset: number, parent: Dataset): UnfinishedSequence | undefined {
    const unfinished = this.#unfinished.get(valueOffset);
    if (unfinished === undefined) return undefined;
    this.#items += unfinished.itemCount;
    this.#elements += unfinished.elementCount;
    this.findings.push(...unfinished.findings);
    for (const element of unfinished.ambiguous) this.#ambiguous.push(element);
    // The data set around them was begun anew.
    for (const item of unfinished.items) (item as Mutable<Item>).parent = parent;
    return unfinished;
  }

  #item(
    parent: OpenDataset,
    byteOffset: number,
    sequenceEnd: number,
    encoding: Encoding,
    index: number,
    inUnknown: boolean,
  ): Item {
    this.#path.push(index);
    if (++this.#items > this.#limits.maxItems) {
      this.#fail("LIMIT_EXCEEDED", `more than ${this.#limits.maxItems} items`, byteOffset);
    }
    const size = this.#loaded.size;
    const length = this.#long(byteOffset + 4, encoding.littleEndian);
    const contentOffset = byteOffset + 8;
    const undefinedLength = length === UNDEFINED_LENGTH;
    let end = undefinedLength ? sequenceEnd : contentOffset + length;
    if (end > size) {
      this.#endOfData(byteOffset, "an item");
      end = size;
    } else if (end > sequenceEnd) {
      this.#beyond(byteOffset, "an item");
    }
    const item: Mutable<Item> & OpenDataset = {
      elements: [],
      source: this.#loaded,
      encoding: this.#encodingOfItem(contentOffset, end, encoding, inUnknown),
      parent,
      byteOffset,
      contentOffset,
      contentLength: 0,
      endOffset: end,
      undefinedLength,
    };
    let at = contentOffset;
    let delimiterBytes = 0;
    while (undefinedLength || at < end) {
      if (at + 8 > size) {
        this.#endOfData(at, "an item");
        at = size;
        break;
      }
      this.#ensure(at, 8);
      const tag = this.#tag(at, item.encoding.littleEndian);
      if (tag === ITEM_DELIMITATION) {
        delimiterBytes = 8;
        if (!undefinedLength) this.report("STRAY_DELIMITER", at);
        if (undefinedLength ? at + 8 > end : at + 8 !== end) this.#beyond(at, "a delimiter");
        break;
      }
      if (at + 8 > end) this.#beyond(at, "an element");
      // Zeros are no elements: the end of this item was missed, and what is read is something else's bytes.
      if (tag === 0 && this.#isZeros(at))
        this.#fail("BAD_LENGTH", "zeros instead of an element", at);
      if (undefinedLength && tag >= ITEM && tag <= SEQUENCE_DELIMITATION) {
        this.#fail("BAD_LENGTH", "an item has no delimiter", at);
      }
      at = this.#element(item, at, end).endOffset;
    }
    item.contentLength = at - contentOffset;
    item.endOffset = at + delimiterBytes;
    if (!undefinedLength && delimiterBytes > 0) item.contentLength += delimiterBytes;
    this.#path.pop();
    return item;
  }

  /** Whether an item is what its sequence says, or one of the mixtures that are met. */
  #encodingOfItem(at: number, end: number, expected: Encoding, inUnknown: boolean): Encoding {
    if (at + 8 > end || at + 8 > this.#loaded.size) return expected;
    this.#ensure(at, 8);
    const little = expected.littleEndian;
    const i = at - this.#base;
    const letters = vrOfLetters(this.#bytes[i + 4] as number, this.#bytes[i + 5] as number);
    const tag = this.#tag(at, little);
    if (tag >= ITEM && tag <= SEQUENCE_DELIMITATION) return expected;
    if (expected.explicitVR) {
      if (letters !== undefined) return expected;
      this.report("IMPLICIT_VR_IN_EXPLICIT", at);
      return little ? IMPLICIT_LITTLE : { explicitVR: false, littleEndian: false };
    }
    if (inUnknown && letters && at + 8 + this.#long(at + 4, little) > end) {
      this.report("EXPLICIT_VR_IN_UN", at);
      return little ? EXPLICIT_LITTLE : { explicitVR: true, littleEndian: false };
    }
    return expected;
  }

  /** Steps over fragments (PS3.5 A.4) up to their delimiter. */
  #fragments(element: Mutable<DataElement>, little: boolean): void {
    const size = this.#loaded.size;
    const { valueOffset } = element;
    element.encapsulated = true;
    if (this.#fragmentsRead.valueOffset !== valueOffset) {
      this.#fragmentsRead = { valueOffset, at: valueOffset };
    }
    let at = this.#fragmentsRead.at;
    let delimiterBytes = 0;
    for (;;) {
      if (at + 8 > size) {
        this.#endOfData(at, "encapsulated pixel data");
        at = size;
        break;
      }
      this.#fragmentsRead.at = at;
      this.#ensurePassing(at, 8);
      const tag = this.#tag(at, little);
      if (tag === SEQUENCE_DELIMITATION) {
        delimiterBytes = 8;
        break;
      }
      if (tag !== ITEM) this.#fail("BAD_LENGTH", "a fragment was expected in pixel data", at);
      const length = this.#long(at + 4, little);
      if (length === UNDEFINED_LENGTH)
        this.#fail("BAD_LENGTH", "a fragment of undefined length", at);
      if (at + 8 + length > size) {
        this.#endOfData(at, "a fragment");
        at = size;
        break;
      }
      at += 8 + length;
    }
    element.valueLength = at - valueOffset;
    element.endOffset = at + delimiterBytes;
    this.#partEnd = 0; // what was loaded in passing is not to be read from again
  }
}

/** A VR to go on with until {@link ElementReader.resolveAmbiguousVRs}: all alternatives have short values but OW. */
function fixedVR(vr: DictionaryVR): VR {
  if (vr in VRS) return vr as VR;
  return vr.includes("OW") ? "OW" : "US";
}
