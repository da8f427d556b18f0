/**
 * A data set to be written, as plain data: what `write/` takes and `json/` makes.
 *
 * @module
 */
import type { TagNumber } from "../tag.js";
import type { VR } from "../vr.js";

/** An element to be written. */
export interface ElementInit {
  readonly tag: TagNumber;
  /** Left out, it is the dictionary's. */
  readonly vr?: VR;
  readonly value: ElementValueInit;
}

/**
 * The value of an {@link ElementInit}.
 *
 * - text, DS and IS included: a text (with backslashes between values, where the VR has several),
 *   or a list of texts or numbers;
 * - numbers: a number or bigint, or a list; of AT: tags;
 * - bytes: a `Uint8Array`, in little endian, whatever the transfer syntax written to: of OB, OW, UN
 *   and their kin the value; of any other VR its encoded value field (text in UTF-8);
 * - a sequence: a list of items, each a list of elements;
 * - compressed pixel data: its fragments.
 *
 * An empty list, text or array is an element without value.
 */
export type ElementValueInit =
  | string
  | number
  | bigint
  | readonly (string | number | bigint)[]
  | Uint8Array
  | readonly (readonly ElementInit[])[]
  | EncapsulatedInit;

/** Pixel Data in fragments (PS3.5 A.4); only an encapsulated transfer syntax has it. */
export interface EncapsulatedInit {
  /** Compressed frames, or pieces of them. Those of odd length are padded. */
  readonly fragments: readonly Uint8Array[];
  /** For each frame its first fragment, from 0. Default: the offset table stays empty. */
  readonly firstFragments?: readonly number[];
}

/** Whether a value is compressed pixel data. */
export function isEncapsulatedInit(value: ElementValueInit): value is EncapsulatedInit {
  return typeof value === "object" && "fragments" in value;
}
