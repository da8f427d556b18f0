/**
 * What two readings of a file have in common, as plain data to be compared.
 *
 * @module
 */
import type { DataElement, Item } from "../src/data-element.js";
import type { Dataset } from "../src/dataset.js";
import type { DicomFile } from "../src/dicom-file.js";

/** Everything but the bytes, of which the one may have loaded less. */
export function structureOf(file: DicomFile): unknown {
  const { source, fileMetaInformation, dataset, ...rest } = file;
  return {
    ...rest,
    size: source.size,
    fileMetaInformation: elementsOf(fileMetaInformation),
    dataset: elementsOf(dataset),
  };
}

function elementsOf({ elements, encoding, source }: Dataset): unknown {
  return { encoding, size: source.size, elements: elements.map(elementOf) };
}

function elementOf({ items, ...element }: DataElement): unknown {
  return { ...element, items: items?.map(itemOf) };
}

function itemOf(item: Item): unknown {
  const { byteOffset, contentOffset, contentLength, endOffset, undefinedLength } = item;
  const place = { byteOffset, contentOffset, contentLength, endOffset, undefinedLength };
  return { ...place, content: elementsOf(item) };
}
