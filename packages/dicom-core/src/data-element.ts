/**
 * An element of a data set as it lies in the bytes: what it is, where it begins and ends. Values stay encoded until
 * they are asked for (`values/`).
 *
 * @module
 */
import type { Dataset } from "./dataset.js";
import type { TagNumber } from "./tag.js";
import type { VR } from "./vr.js";

/** A data element (PS3.5 7.1) in the bytes of its data set's source. All offsets and lengths in bytes. */
export interface DataElement {
  /** The tag, `0xGGGGEEEE`. */
  readonly tag: TagNumber;
  /**
   * The VR: as encoded; with implicit VR the dictionary's, ambiguous ones decided by the data set (PS3.5 A.1), and `UN`
   * if the dictionary has none. A two-letter code that is no VR is `UN` too, with a finding.
   */
  readonly vr: VR;
  /** Where the header (tag, VR, length) begins. */
  readonly byteOffset: number;
  /** Where the value begins. */
  readonly valueOffset: number;
  /** Bytes of the value, without the delimiter that ends an undefined length. */
  readonly valueLength: number;
  /** Where the next element begins. */
  readonly endOffset: number;
  /** Whether a delimiter, not a length, ends the value. */
  readonly undefinedLength: boolean;
  /** The items, of `SQ` and of `UN` that holds a sequence (PS3.5 6.2.2). */
  readonly items: readonly Item[] | undefined;
  /** Whether the value is encapsulated in fragments (PS3.5 A.4). */
  readonly encapsulated: boolean;
}

/** An item of a sequence: a data set with a header of its own (PS3.5 7.5). */
export interface Item extends Dataset {
  /** Where the item's header begins. */
  readonly byteOffset: number;
  /** Where the first element of the item begins. */
  readonly contentOffset: number;
  /** Bytes of the elements, without the delimiter. */
  readonly contentLength: number;
  /** Where the next item, or the sequence's delimiter, begins. */
  readonly endOffset: number;
  /** Whether a delimiter, not a length, ends the item. */
  readonly undefinedLength: boolean;
}
