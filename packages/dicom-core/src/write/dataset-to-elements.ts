/**
 * A data set that was read, as elements to be written: in another transfer syntax, say, or with some of them changed.
 *
 * @module
 */
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import { DicomError } from "../errors.js";
import { formatTag } from "../tag.js";
import { readLittleEndianBytes } from "../values/read-bytes.js";
import { readValues, type Values } from "../values/read-values.js";
import type { ElementInit, ElementValueInit } from "./element-init.js";

/**
 * All elements with their values. Text is decoded, numbers are numbers, bytes are little endian.
 *
 * @throws {@link DicomError} `NOT_LOADED` if a value was skipped when the header was read,
 * `UNSUPPORTED_TRANSFER_SYNTAX` for encapsulated pixel data, which an element to be written cannot hold
 */
export function datasetToElements(dataset: Dataset): readonly ElementInit[] {
  return dataset.elements.map((element) => {
    const { tag, items } = element;
    if (element.encapsulated) {
      // Its bytes would become native pixel data, with the headers of fragments in it.
      throw new DicomError("UNSUPPORTED_TRANSFER_SYNTAX", "pixel data is compressed", {
        at: formatTag(tag),
        byteOffset: element.byteOffset,
      });
    }
    if (items !== undefined) return { tag, vr: "SQ", value: items.map(datasetToElements) };
    const values = readValues(dataset, element);
    return { tag, vr: values.vr, value: initOf(dataset, element, values) };
  });
}

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
