/**
 * From our data sets to those of dicom-parser.
 *
 * @module
 */
import type { ByteArrayParser, DataSet, Element } from "dicom-parser";
import { isLoaded, viewBytes } from "../byte-source.js";
import type { DataElement, Item } from "../data-element.js";
import type { Dataset, Encoding } from "../dataset.js";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import type { Finding } from "../findings.js";
import { readFragments } from "../read/fragments.js";

/** dicom-parser as its default import gives it, as far as it is needed. */
export interface DicomParserLibrary {
  readonly littleEndianByteArrayParser: ByteArrayParser;
  readonly bigEndianByteArrayParser: ByteArrayParser;
}

/** The class that dicom-parser exports, and its types leave out. */
interface DataSetClass {
  readonly DataSet: new (
    parser: ByteArrayParser,
    byteArray: Uint8Array,
    elements: Record<string, Element>,
  ) => DataSet;
}

/**
 * A file or data set of ours as `dicomParser.parseDicom` would give it: a file with its meta information among the
 * elements.
 *
 * There is more in it than dicom-parser finds: VRs with implicit VR, items of UN and of private sequences. There are
 * no delimiters among an item's elements. Of a tag that occurs twice, the last element counts, as with dicom-parser.
 *
 * @param library - what `import dicomParser from "dicom-parser"` gives
 * @throws {@link DicomError} `NOT_LOADED` if only the header was read
 */
export function toDicomParser(data: DicomFile | Dataset, library: DicomParserLibrary): DataSet {
  if (!("dataset" in data)) return new Conversion(wholeBytes(data), 0, library).dataSet(data, []);
  const { dataset, fileMetaInformation, datasetOffset, transferSyntax } = data;
  if (!transferSyntax.deflated) {
    const conversion = new Conversion(wholeBytes(dataset), 0, library);
    return conversion.dataSet(dataset, data.findings, fileMetaInformation);
  }
  // As dicom-parser does: the inflated data set takes the place of the deflated one.
  const inflated = wholeBytes(dataset);
  const bytes = new Uint8Array(datasetOffset + inflated.length);
  bytes.set(viewBytes(data.source, 0, datasetOffset));
  bytes.set(inflated, datasetOffset);
  const conversion = new Conversion(bytes, datasetOffset, library);
  return conversion.dataSet(dataset, data.findings, fileMetaInformation);
}

function wholeBytes({ source }: Dataset): Uint8Array {
  if (!isLoaded(source, 0, source.size)) {
    throw new DicomError("NOT_LOADED", "dicom-parser needs the whole file in memory", {
      byteOffset: 0,
    });
  }
  return viewBytes(source, 0, source.size);
}

/** One data set with all that is in it; its offsets move by the bytes in front of the data set, if it was deflated. */
class Conversion {
  readonly #bytes: Uint8Array;
  readonly #shift: number;
  readonly #library: DicomParserLibrary & DataSetClass;

  constructor(bytes: Uint8Array, shift: number, library: DicomParserLibrary) {
    this.#bytes = bytes;
    this.#shift = shift;
    this.#library = library as DicomParserLibrary & DataSetClass;
  }

  dataSet(dataset: Dataset, findings: readonly Finding[], meta?: Dataset): DataSet {
    const dataSet = this.#dataSet(dataset);
    dataSet.warnings = findings.map(({ code, at }) => (at === "" ? code : `${code} ${at}`));
    for (const element of meta?.elements ?? []) {
      // Meta information is little endian, whatever the data set is.
      const parser = this.#library.littleEndianByteArrayParser;
      const converted = { ...this.#element(element, meta as Dataset, 0), parser };
      dataSet.elements[converted.tag] = converted;
    }
    return dataSet;
  }

  #dataSet(dataset: Dataset): DataSet {
    const elements: Record<string, Element> = {};
    for (const element of dataset.elements) {
      const converted = this.#element(element, dataset, this.#shift);
      elements[converted.tag] = converted;
    }
    return new this.#library.DataSet(this.#parser(dataset.encoding), this.#bytes, elements);
  }

  #parser({ littleEndian }: Encoding): ByteArrayParser {
    return littleEndian
      ? this.#library.littleEndianByteArrayParser
      : this.#library.bigEndianByteArrayParser;
  }

  #element(element: DataElement, dataset: Dataset, shift: number): Element {
    const converted: Element = {
      tag: `x${element.tag.toString(16).padStart(8, "0")}`,
      vr: element.vr,
      length: element.valueLength,
      dataOffset: element.valueOffset + shift,
    };
    if (element.undefinedLength) converted.hadUndefinedLength = true;
    if (element.items !== undefined) {
      converted.items = element.items.map((item) => this.#item(item, shift));
    }
    if (element.encapsulated) {
      const { basicOffsetTable, fragments } = readFragments(dataset, element);
      const first = fragments[0]?.byteOffset ?? 0;
      // Unlike that of a sequence, this length includes the delimiter.
      converted.length = element.endOffset - element.valueOffset;
      converted.encapsulatedPixelData = true;
      converted.basicOffsetTable = [...basicOffsetTable];
      converted.fragments = fragments.map(({ byteOffset, length }) => ({
        offset: byteOffset - first,
        position: byteOffset + shift,
        length,
      }));
    }
    return converted;
  }

  #item(item: Item, shift: number): Element {
    return {
      tag: "xfffee000",
      // This length includes the delimiter, too.
      length: item.endOffset - item.contentOffset,
      dataOffset: item.contentOffset + shift,
      dataSet: this.#dataSet(item),
      ...(item.undefinedLength && { hadUndefinedLength: true }),
    };
  }
}
