/**
 * Data sets made by hand, for tests of what reads values: without the reader, so that neither
 * covers for the other.
 *
 * @module
 */
import { wholeSource } from "../src/byte-source.js";
import type { DataElement, Item } from "../src/data-element.js";
import type { Dataset, Encoding } from "../src/dataset.js";
import type { TagNumber } from "../src/tag.js";
import type { VR } from "../src/vr.js";

/**
 * An element by what it holds: bytes, text as Latin-1 (`\x1b$B` is three bytes), or the items of a
 * sequence.
 */
export type ElementOf = readonly [
  tag: TagNumber,
  vr: VR,
  value: readonly number[] | string | readonly (readonly ElementOf[])[],
];

const EXPLICIT_LITTLE: Encoding = { explicitVR: true, littleEndian: true };
export const EXPLICIT_BIG: Encoding = { explicitVR: true, littleEndian: false };

/**
 * A data set with these elements. Values begin at odd offsets, so that a reader that needs aligned
 * ones fails; headers have no bytes, since nobody reads them; an item has a source of its own.
 */
export function datasetOf(
  elements: readonly ElementOf[],
  encoding: Encoding = EXPLICIT_LITTLE,
  parent?: Dataset,
): Dataset {
  const bytes: number[] = [];
  const laidOut: DataElement[] = [];
  const source = { size: 0, parts: [{ byteOffset: 0, bytes: new Uint8Array(0) }] };
  const dataset: Dataset = { elements: laidOut, source, encoding, parent };
  for (const [tag, vr, value] of elements) {
    if (bytes.length % 2 === 0) bytes.push(0);
    const items = isItems(value)
      ? value.map((item) => itemOf(datasetOf(item, encoding, dataset)))
      : undefined;
    const field = isItems(value) ? [] : bytesOf(value);
    laidOut.push({
      tag,
      vr,
      byteOffset: bytes.length,
      valueOffset: bytes.length,
      // Of a sequence only whether there is something counts.
      valueLength: items === undefined ? field.length : items.length * 8,
      endOffset: bytes.length + field.length,
      undefinedLength: false,
      items,
      encapsulated: false,
    });
    bytes.push(...field);
  }
  return Object.assign(dataset, { source: wholeSource(Uint8Array.from(bytes)) });
}

function isItems(value: ElementOf[2]): value is readonly (readonly ElementOf[])[] {
  return Array.isArray(value) && value.length > 0 && typeof value[0] !== "number";
}

function bytesOf(value: string | readonly number[] | readonly (readonly ElementOf[])[]): number[] {
  return Array.from(value as Iterable<string | number>, (unit) =>
    typeof unit === "string" ? unit.charCodeAt(0) : unit,
  );
}

/** Items are only asked for their elements. */
function itemOf(dataset: Dataset): Item {
  const place = { byteOffset: 0, contentOffset: 0, contentLength: 0, endOffset: 0 };
  return Object.assign(dataset, { ...place, undefinedLength: false });
}
