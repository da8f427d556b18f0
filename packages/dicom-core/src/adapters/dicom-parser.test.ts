import dicomParser from "dicom-parser";
import { describe, expect, it } from "vitest";
import { findElement } from "../dataset.js";
import { readFile, readHeaderSync } from "../read/part10.js";
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from "../transfer-syntax.js";
import { readNumbers } from "../values/read-numbers.js";
import { readStrings } from "../values/read-text.js";
import type { ElementInit } from "../write/element-init.js";
import { writeDataset, writeFile } from "../write/part10.js";
import { fromDicomParser, toDicomParser } from "./dicom-parser.js";

const ELEMENTS: readonly ElementInit[] = [
  { tag: 0x00080018, value: "1.2.3" },
  { tag: 0x00080060, value: "CT" },
  { tag: 0x00081110, value: [[{ tag: 0x00081155, value: "1.2.3.4" }], []] },
  { tag: 0x00100010, value: "Doe^Jane" },
  { tag: 0x00180050, value: [2.5] },
  { tag: 0x00186020, vr: "SL", value: [-2, 70000] },
  { tag: 0x00280009, vr: "AT", value: 0x00181063 },
  { tag: 0x00280010, value: 512 },
  { tag: 0x00280106, vr: "SS", value: -3 },
  { tag: 0x00720072, vr: "FL", value: 1.5 },
  { tag: 0x00720074, vr: "FD", value: [0.1, -2] },
];

const SYNTAXES = [
  IMPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
];

describe("toDicomParser", () => {
  it.each(SYNTAXES)("makes a data set that answers in every encoding: %s", (transferSyntaxUid) => {
    const file = readFile(writeFile(ELEMENTS, { transferSyntaxUid }));
    const dataSet = toDicomParser(file, dicomParser);
    expect(dataSet.string("x00020010")).toBe(transferSyntaxUid);
    expect(dataSet.string("x00100010")).toBe("Doe^Jane");
    expect(dataSet.floatString("x00180050")).toBe(2.5);
    expect(dataSet.int32("x00186020", 1)).toBe(70000);
    expect(dataSet.attributeTag("x00280009")).toBe("x00181063");
    expect(dataSet.uint16("x00280010")).toBe(512);
    expect(dataSet.int16("x00280106")).toBe(-3);
    expect(dataSet.float("x00720072")).toBe(1.5);
    expect(dataSet.double("x00720074", 1)).toBe(-2);
    const items = dataSet.elements["x00081110"]?.items;
    expect(items?.map((item) => item.dataSet?.string("x00081155"))).toEqual(["1.2.3.4", undefined]);
  });

  it.each([true, false])("tells which lengths are undefined: %s", (undefinedLengths) => {
    const bytes = writeFile(ELEMENTS, { undefinedLengths });
    const lengthsOf = (dataSet: ReturnType<typeof dicomParser.parseDicom>) => {
      const sequence = dataSet.elements["x00081110"];
      return [sequence, ...(sequence?.items ?? [])].map((element) => [
        element?.hadUndefinedLength ?? false,
        element?.length,
      ]);
    };
    const ours = lengthsOf(toDicomParser(readFile(bytes), dicomParser));
    expect(ours).toEqual(lengthsOf(dicomParser.parseDicom(bytes)));
    expect(ours.map(([isUndefined]) => isUndefined)).toEqual(Array(3).fill(undefinedLengths));
  });

  it("takes a data set without meta information", () => {
    const { dataset } = readFile(writeFile(ELEMENTS));
    const dataSet = toDicomParser(dataset, dicomParser);
    expect(dataSet.string("x00020010")).toBeUndefined();
    expect(dataSet.string("x00080060")).toBe("CT");
    expect(dataSet.warnings).toEqual([]);
  });

  it("takes the last of two elements with one tag, as dicom-parser does, and hands findings on", () => {
    const twice = [{ tag: 0x00080060, value: "CT" }];
    const bytes = Uint8Array.of(
      ...writeFile(twice),
      ...writeDataset([{ ...twice[0]!, value: "MR" }]),
    );
    const dataSet = toDicomParser(readFile(bytes), dicomParser);
    expect(dataSet.string("x00080060")).toBe("MR");
    expect(dicomParser.parseDicom(bytes).string("x00080060")).toBe("MR");
    expect(dataSet.warnings).toEqual(["DUPLICATE_TAG (0008,0060)"]);
  });

  it("refuses a file of which only the header was read", () => {
    const pixels = new Uint8Array(300_000);
    const bytes = writeFile([...ELEMENTS, { tag: 0x7fe00010, vr: "OW", value: pixels }]);
    const file = readHeaderSync(bytes.length, ({ byteOffset, length }) =>
      bytes.subarray(byteOffset, byteOffset + length),
    );
    expect(() => toDicomParser(file, dicomParser)).toThrow(
      expect.objectContaining({ code: "NOT_LOADED" }),
    );
  });
});

describe("fromDicomParser", () => {
  it("reads what dicom-parser was told of a bare data set", () => {
    const options = { TransferSyntaxUID: IMPLICIT_VR_LITTLE_ENDIAN };
    const bytes = writeDataset(ELEMENTS, { transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN });
    const { dataset, fileMetaInformation } = fromDicomParser(
      dicomParser.parseDicom(bytes, options),
    );
    expect(fileMetaInformation.elements).toEqual([]);
    expect(dataset.encoding).toEqual({ explicitVR: false, littleEndian: true });
    expect(dataset.elements[0]?.byteOffset).toBe(0);
    expect(readNumbers(dataset, 0x00280010)).toEqual([512]);
  });

  it("is not misled by a caller who told dicom-parser the VRs of implicit VR", () => {
    const transferSyntaxUid = IMPLICIT_VR_LITTLE_ENDIAN;
    const bytes = writeFile([{ tag: 0x00100010, value: "Doe^Jane" }], { transferSyntaxUid });
    // The library's types let a callback return nothing.
    const vrCallback = (() => "PN") as unknown as (tag: string) => void;
    const { dataset } = fromDicomParser(dicomParser.parseDicom(bytes, { vrCallback }));
    expect(dataset.encoding.explicitVR).toBe(false);
    expect(readStrings(dataset, 0x00100010)).toEqual(["Doe^Jane"]);
  });

  it("finds the sequences that dicom-parser leaves closed", () => {
    const transferSyntaxUid = IMPLICIT_VR_LITTLE_ENDIAN;
    const bytes = writeFile(
      [
        { tag: 0x00090010, value: "ACME" },
        { tag: 0x00091001, vr: "SQ", value: [[{ tag: 0x00100010, value: "Doe^Jane" }]] },
      ],
      { transferSyntaxUid },
    );
    const dataSet = dicomParser.parseDicom(bytes);
    expect(dataSet.elements["x00091001"]?.items).toBeUndefined();
    const { dataset } = fromDicomParser(dataSet);
    const [item] = findElement(dataset, 0x00091001)?.items ?? [];
    expect(readStrings(item!, 0x00100010)).toEqual(["Doe^Jane"]);
  });

  it("gives an item the character set of the data set around it, if that is named", () => {
    const bytes = writeFile([
      { tag: 0x00100010, value: "Müller" },
      { tag: 0x00081110, value: [[{ tag: 0x00100010, value: "Müller" }]] },
    ]);
    const dataSet = dicomParser.parseDicom(bytes);
    const item = dataSet.elements["x00081110"]?.items?.[0]?.dataSet;
    const { dataset: parent } = fromDicomParser(dataSet);
    expect(readStrings(fromDicomParser(item!, { parent }).dataset, 0x00100010)).toEqual(["Müller"]);
    expect(readStrings(fromDicomParser(item!).dataset, 0x00100010)).not.toEqual(["Müller"]);
  });

  it("takes an empty item, and returns findings", () => {
    const bytes = writeFile([{ tag: 0x00081110, value: [[], []] }]);
    const dataSet = dicomParser.parseDicom(bytes);
    const empty = dataSet.elements["x00081110"]?.items?.[1]?.dataSet;
    expect(fromDicomParser(empty!).dataset.elements).toEqual([]);
    const odd = Uint8Array.of(...bytes, 0x10, 0, 0x10, 0, 0x50, 0x4e, 1, 0, 0x41);
    expect(fromDicomParser(dicomParser.parseDicom(odd)).findings).toMatchObject([
      { code: "ODD_LENGTH", at: "(0010,0010)", byteOffset: bytes.length },
    ]);
  });
});
