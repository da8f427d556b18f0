/**
 * What stands before the data set and behind it: made anew, or left out (PS3.15 E.1.1, PS3.10 7.1).
 */
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  type ElementInit,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findElement,
  IMPLEMENTATION_CLASS_UID,
  IMPLICIT_VR_LITTLE_ENDIAN,
  readFile,
  readStrings,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { holds } from "./canary.js";
import { KEY, OTHER_KEY } from "./keys.js";
import { bytesOf, element, item, openElement, rawFile } from "./raw-elements.js";

const pseudonymize = createPseudonymizer({ key: KEY });

const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";
const JPEG_BASELINE = "1.2.840.10008.1.2.4.50";

const image: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, vr: "UI", value: SECONDARY_CAPTURE },
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.4" },
  { tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" },
];

const metaStrings = (bytes: Uint8Array, tag: number) =>
  readStrings(readFile(bytes).fileMetaInformation, tag);

/** A file as a scanner sends it: its own name in the preamble and all over the meta information. */
function fileOfScanner(): Uint8Array {
  const meta = bytesOf(
    element(Tag.FileMetaInformationVersion, "OB", [0, 1]),
    element(Tag.MediaStorageSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.2\0"),
    element(Tag.MediaStorageSOPInstanceUID, "UI", "1.2.3.314159265\0"),
    element(Tag.TransferSyntaxUID, "UI", `${EXPLICIT_VR_LITTLE_ENDIAN}\0`),
    element(Tag.ImplementationClassUID, "UI", "1.2.276.271828\0"),
    element(Tag.ImplementationVersionName, "SH", "CANARY SCANNER"),
    element(Tag.SourceApplicationEntityTitle, "AE", "CANARY_AE"),
    element(0x00020017, "AE", "CANARY_SENDER"),
    element(0x00020018, "AE", "CANARY_RECEIVER"),
    element(0x00020026, "UR", "http://canary.example"),
    element(Tag.PrivateInformationCreatorUID, "UI", "1.2.276.271828"),
    element(Tag.PrivateInformation, "OB", "CANARY PRIVATE"),
  );
  const length = [meta.length & 0xff, meta.length >> 8, 0, 0];
  const preamble = bytesOf("CANARY PREAMBLE", new Uint8Array(113), "DICM");
  const groupLength = element(0x00020000, "UL", length);
  const dataset = writeFile(image).subarray(readFile(writeFile(image)).datasetOffset);
  return bytesOf(preamble, groupLength, meta, dataset);
}

describe("the file meta information", () => {
  it("tells nothing of where the file comes from", () => {
    const input = fileOfScanner();
    expect(readFile(input).findings).toEqual([]);
    const output = pseudonymize(input);
    for (const mark of ["CANARY", "canary", "314159265", "271828"]) {
      expect(holds(input, mark), mark).toBe(true);
      expect(holds(output, mark), mark).toBe(false);
    }
  });

  it("has a preamble of zeros and the seven elements that PS3.10 asks for, and no other", () => {
    const output = pseudonymize(fileOfScanner());
    expect(output.subarray(0, 128)).toEqual(new Uint8Array(128));
    const { fileMetaInformation, findings } = readFile(output);
    expect(findings).toEqual([]);
    expect(fileMetaInformation.elements.map(({ tag }) => tag)).toEqual([
      Tag.FileMetaInformationGroupLength,
      Tag.FileMetaInformationVersion,
      Tag.MediaStorageSOPClassUID,
      Tag.MediaStorageSOPInstanceUID,
      Tag.TransferSyntaxUID,
      Tag.ImplementationClassUID,
      Tag.ImplementationVersionName,
    ]);
    expect(metaStrings(output, Tag.ImplementationClassUID)).toEqual([IMPLEMENTATION_CLASS_UID]);
  });

  it("names the SOP class and the new instance of the data set, whatever the old one said", () => {
    const output = pseudonymize(fileOfScanner());
    const { dataset } = readFile(output);
    expect(metaStrings(output, Tag.MediaStorageSOPClassUID)).toEqual([SECONDARY_CAPTURE]);
    expect(metaStrings(output, Tag.MediaStorageSOPClassUID)).toEqual(
      readStrings(dataset, Tag.SOPClassUID),
    );
    expect(metaStrings(output, Tag.MediaStorageSOPInstanceUID)).toEqual(
      readStrings(dataset, Tag.SOPInstanceUID),
    );
  });

  it.each([
    ["explicit VR little endian", EXPLICIT_VR_LITTLE_ENDIAN],
    ["implicit VR little endian", IMPLICIT_VR_LITTLE_ENDIAN],
    ["explicit VR big endian", EXPLICIT_VR_BIG_ENDIAN],
    ["deflated", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN],
  ])("names the transfer syntax that the bytes are in: %s", (_name, transferSyntaxUid) => {
    const output = pseudonymize(writeFile(image, { transferSyntaxUid }));
    expect(metaStrings(output, Tag.TransferSyntaxUID)).toEqual([transferSyntaxUid]);
    expect(readFile(output).findings).toEqual([]);
  });

  it("names a compressed transfer syntax as it was", () => {
    const pixels = openElement(Tag.PixelData, "OB", item(), item([0xff, 0xd8, 0xff, 0xd9]));
    const instance = element(Tag.SOPInstanceUID, "UI", "1.2.3\0");
    const output = pseudonymize(rawFile([instance, pixels], JPEG_BASELINE));
    expect(metaStrings(output, Tag.TransferSyntaxUID)).toEqual([JPEG_BASELINE]);
  });

  it("names what the bytes are where the file had said something else", () => {
    const lying = rawFile(
      [element(Tag.SOPInstanceUID, "UI", "1.2.3\0"), element(Tag.Modality, "CS", "CT")],
      IMPLICIT_VR_LITTLE_ENDIAN,
    );
    expect(readFile(lying).findings.map(({ code }) => code)).toEqual(["TRANSFER_SYNTAX_MISMATCH"]);
    const output = pseudonymize(lying);
    expect(metaStrings(output, Tag.TransferSyntaxUID)).toEqual([EXPLICIT_VR_LITTLE_ENDIAN]);
    expect(readFile(output).findings).toEqual([]);
  });

  it("is there also where the file had none", () => {
    const whole = writeFile(image);
    const bare = whole.subarray(readFile(whole).datasetOffset);
    expect(pseudonymize(bare)).toEqual(pseudonymize(whole));
  });
});

describe("behind the data set", () => {
  it.each([
    ["padding (FFFC,FFFC)", bytesOf(element(0xfffcfffc, "OB", "CANARY PADDING"))],
    ["zeros", new Uint8Array(512)],
    ["bytes too few for an element", bytesOf("CANARY")],
  ])("nothing is left of %s", (_what, tail) => {
    const plain = writeFile(image);
    const output = pseudonymize(bytesOf(plain, tail));
    expect(holds(output, "CANARY")).toBe(false);
    expect(output).toEqual(pseudonymize(plain));
  });

  it("nothing is left of what a deflated data set ends in", () => {
    const whole = writeFile(image);
    const { datasetOffset } = readFile(whole);
    const padded = bytesOf(whole.subarray(datasetOffset), new Uint8Array(64));
    const plain = readFile(pseudonymize(bytesOf(whole.subarray(0, datasetOffset), padded)));
    expect(plain.trailing.length).toBe(0);
  });
});

describe("the instance's UID", () => {
  const withoutUid = image.filter(({ tag }) => tag !== Tag.SOPInstanceUID);

  it("is made of the meta information's where the data set has none, as if it stood there", () => {
    const meta = bytesOf(
      element(Tag.MediaStorageSOPInstanceUID, "UI", "1.2.3.4\0"),
      element(Tag.TransferSyntaxUID, "UI", `${EXPLICIT_VR_LITTLE_ENDIAN}\0`),
    );
    const dataset = writeFile(withoutUid).subarray(readFile(writeFile(withoutUid)).datasetOffset);
    const input = bytesOf(new Uint8Array(128), "DICM", meta, dataset);
    const expected = metaStrings(pseudonymize(writeFile(image)), Tag.MediaStorageSOPInstanceUID);
    expect(metaStrings(pseudonymize(input), Tag.MediaStorageSOPInstanceUID)).toEqual(expected);
  });

  it("is made of the file where there is none at all: the same each time, another one of another", () => {
    const uidOf = (name: string, key = KEY) => {
      const named = withoutUid.map((e) => (e.tag === Tag.PatientName ? { ...e, value: name } : e));
      const output = createPseudonymizer({ key })(writeFile(named));
      const [uid] = readStrings(readFile(output).dataset, Tag.SOPInstanceUID);
      expect(metaStrings(output, Tag.MediaStorageSOPInstanceUID)).toEqual([uid]);
      return uid;
    };
    expect(uidOf("A^B")).toMatch(/^2\.25\.\d+$/);
    expect(uidOf("A^B")).toBe(uidOf("A^B"));
    expect(new Set([uidOf("A^B"), uidOf("C^D"), uidOf("A^B", OTHER_KEY)]).size).toBe(3);
  });

  it.each([
    ["empty", ""],
    ["padding only", "\0\0"],
    ["spaces only", "  "],
  ])("is given to a file in which it is %s", (_what, value) => {
    const output = pseudonymize(rawFile(element(Tag.SOPInstanceUID, "UI", value)));
    const [uid] = readStrings(readFile(output).dataset, Tag.SOPInstanceUID);
    expect(uid).toMatch(/^2\.25\.\d+$/);
    expect(metaStrings(output, Tag.MediaStorageSOPInstanceUID)).toEqual([uid]);
  });

  it("is one, where the file has it twice", () => {
    const output = pseudonymize(
      rawFile([
        element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
        element(Tag.SOPInstanceUID, "UI", "1.2.4\0"),
      ]),
    );
    const { dataset } = readFile(output);
    const uids = dataset.elements
      .filter(({ tag }) => tag === Tag.SOPInstanceUID)
      .flatMap((found) => readStrings(dataset, found));
    expect(new Set(uids)).toEqual(new Set(metaStrings(output, Tag.MediaStorageSOPInstanceUID)));
  });

  it("may be missing together with the SOP class, which then no one names", () => {
    const output = pseudonymize(writeFile([{ tag: Tag.Modality, vr: "CS", value: "CT" }]));
    const { fileMetaInformation, findings } = readFile(output);
    expect(findElement(fileMetaInformation, Tag.MediaStorageSOPClassUID)).toBeUndefined();
    expect(findings).toEqual([]);
  });
});
