/**
 * A data set that was read, as elements to be written: in another transfer syntax, say, or with some of them changed.
 *
 * @module
 */

import { viewBytes } from "../byte-source.js";
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import { readFragments } from "../read/fragments.js";
import { readLittleEndianBytes } from "../values/read-bytes.js";
import { readValues, type Values } from "../values/read-values.js";
import type { ElementInit, ElementValueInit, EncapsulatedInit } from "./element-init.js";

/**
 * All elements with their values. Text is decoded, numbers are numbers, bytes are little endian, compressed pixel data is
 * in the fragments that it was in.
 *
 * @throws {@link DicomError} `NOT_LOADED` if a value was skipped when the header was read
 */
export function datasetToElements(dataset: Dataset): readonly ElementInit[] {
  return dataset.elements.map((element) => {
    const { tag, items } = element;
    if (element.encapsulated) return { tag, vr: "OB", value: fragmentsOf(dataset, element) };
    if (items !== undefined) return { tag, vr: "SQ", value: items.map(datasetToElements) };
    const values = readValues(dataset, element);
    return { tag, vr: values.vr, value: initOf(dataset, element, values) };
  });
}

function fragmentsOf(dataset: Dataset, element: DataElement): EncapsulatedInit {
  const { basicOffsetTable, fragments } = readFragments(dataset, element);
  let at = 0;
  const starts = new Map(
    fragments.map(({ length }, index) => {
      const start = at;
      at += ITEM_HEADER_BYTES + length;
      return [start, index] as const;
    }),
  );
  // An offset at which nothing begins makes the table useless: it is left empty.
  const firstFragments = basicOffsetTable.map((offset) => starts.get(offset) ?? -1);
  return {
    fragments: fragments.map(({ byteOffset, length }) =>
      viewBytes(dataset.source, byteOffset, length),
    ),
    firstFragments: firstFragments.includes(-1) ? [] : firstFragments,
  };
}

const ITEM_HEADER_BYTES = 8;

function initOf(dataset: Dataset, element: DataElement, values: Values): ElementValueInit {
  switch (values.kind) {
    case "text":
    case "number":
    case "bigint":
    case "tag":
      return values.values;
    case "decimal":
      return values.values.map(({ text }) => text);
    case "items":
      return [];
    case "bytes":
      return readLittleEndianBytes(dataset, element) ?? new Uint8Array(0);
  }
}
