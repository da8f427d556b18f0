/**
 * A data set: elements in the order of the file, and what is needed to decode them.
 *
 * @module
 */
import type { ByteSource } from "./byte-source.js";
import type { DataElement } from "./data-element.js";
import type { TagNumber } from "./tag.js";

/** How a data set's elements are encoded. */
export interface Encoding {
  /** Whether each element names its VR. */
  readonly explicitVR: boolean;
  readonly littleEndian: boolean;
}

/** A data set (PS3.5 7.1), of a file or of an {@link Item}. */
export interface Dataset {
  /** The elements, in the order of the file: ascending by tag unless a finding says otherwise. */
  readonly elements: readonly DataElement[];
  /** The bytes that the elements' offsets refer to. */
  readonly source: ByteSource;
  readonly encoding: Encoding;
  /** The data set that this one is an item of, which lends it its character set; undefined at the top. */
  readonly parent: Dataset | undefined;
}

/** The first element with this tag, not looking into sequences. */
export function findElement(dataset: Dataset, tag: TagNumber): DataElement | undefined {
  for (const element of dataset.elements) if (element.tag === tag) return element;
  return undefined;
}
