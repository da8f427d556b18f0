import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  BIG,
  type Bytes,
  bytesOf,
  EXPLICIT,
  fileOf,
  headBytes,
  headOf,
  IMPLICIT,
  uid,
} from "../../test/bytes-of.js";
import { readDataset, readFile } from "./part10.js";

const EXPLICIT_UID = "1.2.840.10008.1.2.1";
const IMPLICIT_UID = "1.2.840.10008.1.2";
const BIG_UID = "1.2.840.10008.1.2.2";
const DEFLATED_UID = "1.2.840.10008.1.2.1.99";
const JPEG_UID = "1.2.840.10008.1.2.4.50";

const { element, long } = EXPLICIT;
const modality = (encoder: typeof EXPLICIT) => encoder.element(0x00080060, "CS", "CT");
const ENCODINGS = [
  ["explicit VR little endian", EXPLICIT, EXPLICIT_UID],
  ["implicit VR little endian", IMPLICIT, IMPLICIT_UID],
  ["explicit VR big endian", BIG, BIG_UID],
] as const;

const codes = ({ findings }: ReturnType<typeof readFile>) => findings.map(({ code }) => code);

describe("a file", () => {
  it("has meta information and data set, each with its offsets", () => {
    const bytes = fileOf(modality(EXPLICIT));
    const file = readFile(bytes);
    expect(file).toMatchObject({
      hasPreamble: true,
      datasetOffset: headBytes(),
      trailing: { byteOffset: bytes.length, length: 0 },
      findings: [],
    });
    expect(file.fileMetaInformation.elements).toMatchObject([
      { tag: 0x00020000, byteOffset: 132 },
      { tag: 0x00020010, vr: "UI" },
    ]);
    expect(file.source.size).toBe(bytes.length);
  });

  it.each(ENCODINGS)("is read in the transfer syntax that it names: %s", (_name, encoder, uid) => {
    const file = readFile(fileOf(modality(encoder), uid));
    expect(file.transferSyntax.uid).toBe(uid);
    expect(file.dataset.elements).toMatchObject([{ tag: 0x00080060, vr: "CS", valueLength: 2 }]);
    expect(file.findings).toEqual([]);
  });

  it("has meta information in little endian, whatever its data set is in", () => {
    const { fileMetaInformation, dataset } = readFile(fileOf(modality(BIG), BIG_UID));
    expect(fileMetaInformation.encoding).toEqual({ explicitVR: true, littleEndian: true });
    expect(dataset.encoding).toEqual({ explicitVR: true, littleEndian: false });
  });

  it("may have anything in its preamble", () => {
    const bytes = fileOf(modality(EXPLICIT));
    bytes.set(bytesOf("II*\0", element(0x00080060, "CS", "MR")));
    const file = readFile(bytes);
    expect(file.hasPreamble).toBe(true);
    expect(file.findings).toEqual([]);
  });

  it.each(ENCODINGS)("may lack meta information: %s", (_name, encoder, uid) => {
    const file = readFile(bytesOf(new Uint8Array(128), "DICM", modality(encoder)));
    expect(file).toMatchObject({ hasPreamble: true, datasetOffset: 132 });
    expect(file.transferSyntax.uid).toBe(uid);
    expect(file.dataset.elements).toMatchObject([{ tag: 0x00080060, byteOffset: 132 }]);
  });

  it.each(ENCODINGS)("may be a bare data set: %s", (_name, encoder, uid) => {
    const file = readFile(bytesOf(modality(encoder)));
    expect(file).toMatchObject({ hasPreamble: false, datasetOffset: 0 });
    expect(file.transferSyntax.uid).toBe(uid);
    expect(file.fileMetaInformation.elements).toEqual([]);
    expect(codes(file)).toEqual(["NO_PREAMBLE", "NO_FILE_META_INFORMATION", "NO_TRANSFER_SYNTAX"]);
  });

  it("is a bare data set, too, if the letters of the prefix happen to stand in a value", () => {
    const bytes = bytesOf(element(0x00080080, "LO", [" ".repeat(120), "DICM", " ".repeat(20)]));
    expect(bytes.indexOf(0x44)).toBe(128);
    const file = readFile(bytes);
    expect(file.hasPreamble).toBe(false);
    expect(file.dataset.elements).toMatchObject([{ tag: 0x00080080, valueLength: 144 }]);
  });

  it("may end with its prefix", () => {
    const file = readFile(bytesOf(new Uint8Array(128), "DICM"));
    expect(file.dataset.elements).toEqual([]);
    expect(codes(file)).toEqual(["NO_FILE_META_INFORMATION", "NO_TRANSFER_SYNTAX"]);
  });

  it.each([
    ["nothing", []],
    ["a text", "It is a truth universally acknowledged, that a single man"],
    ["zeros", new Uint8Array(1000)],
    ["an image", [0x89, "PNG\r\n", 0x1a, "\n", 0, 0, 0, 13, "IHDR"]],
    ["a few bytes", [8, 0, 0x60, 0, "CS"]],
    ["a preamble alone", new Uint8Array(128)],
  ])("is none: %s", (_what, bytes) => {
    expect(() => readFile(bytesOf(bytes))).toThrow(
      expect.objectContaining({ code: "NOT_DICOM", byteOffset: 0 }),
    );
  });
});

describe("meta information", () => {
  const fileWithMeta = (...meta: Bytes[]) =>
    readFile(bytesOf(new Uint8Array(128), "DICM", meta, modality(EXPLICIT)));
  const syntax = element(0x00020010, "UI", uid(EXPLICIT_UID));

  it("ends where group 0002 does, whatever its group length says", () => {
    for (const length of [0, 5, 28, 1000]) {
      const file = fileWithMeta(element(0x00020000, "UL", long(length)), syntax);
      expect(file.fileMetaInformation.elements.length).toBe(2);
      expect(file.dataset.elements).toMatchObject([{ tag: 0x00080060 }]);
      expect(codes(file)).toEqual(length === 28 ? [] : ["BAD_FILE_META_GROUP_LENGTH"]);
    }
  });

  it("may lack its group length", () => {
    expect(codes(fileWithMeta(syntax))).toEqual(["BAD_FILE_META_GROUP_LENGTH"]);
  });

  it("may lack a transfer syntax, or name an empty one: then the data set tells", () => {
    for (const meta of [element(0x00020013, "SH", "AB"), element(0x00020010, "UI", "")]) {
      const file = fileWithMeta(element(0x00020000, "UL", long(bytesOf(meta).length)), meta);
      expect(file.transferSyntax.uid).toBe(EXPLICIT_UID);
      expect(codes(file)).toEqual(["NO_TRANSFER_SYNTAX"]);
    }
  });

  it("may name a transfer syntax that nobody knows: then it is explicit VR little endian", () => {
    const file = readFile(fileOf(modality(EXPLICIT), "1.2.3"));
    expect(file.transferSyntax).toEqual({
      uid: "1.2.3",
      explicitVR: true,
      littleEndian: true,
      deflated: false,
      encapsulated: true,
    });
    expect(codes(file)).toEqual(["UNKNOWN_TRANSFER_SYNTAX"]);
  });
});

describe("a transfer syntax that lies", () => {
  for (const [actualName, encoder, actualUid] of ENCODINGS) {
    it.each(ENCODINGS.filter(([, , said]) => said !== actualUid))(
      `is found out: %s, but the data set is ${actualName}`,
      (_name, _encoder, said) => {
        const file = readFile(fileOf(modality(encoder), said));
        expect(file.transferSyntax.uid).toBe(actualUid);
        expect(file.dataset.elements).toMatchObject([{ tag: 0x00080060, vr: "CS" }]);
        expect(codes(file)).toEqual(["TRANSFER_SYNTAX_MISMATCH"]);
      },
    );
  }

  it("is kept where it says how pixel data is compressed", () => {
    const pixelData = IMPLICIT.openSequence(0x7fe00010, "", [
      IMPLICIT.item([]),
      IMPLICIT.item("abcd"),
    ]);
    const file = readFile(fileOf([modality(IMPLICIT), pixelData], JPEG_UID));
    expect(file.transferSyntax).toMatchObject({
      uid: JPEG_UID,
      explicitVR: false,
      encapsulated: true,
    });
    expect(file.dataset.elements).toMatchObject([{ vr: "CS" }, { encapsulated: true }]);
  });

  it("is found out where a data set is not deflated", () => {
    const file = readFile(fileOf(modality(EXPLICIT), DEFLATED_UID));
    expect(file.transferSyntax).toMatchObject({ uid: EXPLICIT_UID, deflated: false });
    expect(file.dataset.elements).toMatchObject([{ byteOffset: headBytes(DEFLATED_UID) }]);
    expect(codes(file)).toEqual(["TRANSFER_SYNTAX_MISMATCH"]);
  });
});

describe("a deflated file", () => {
  const dataset = [modality(EXPLICIT), element(0x00100010, "PN", "Doe^Jane")];
  const deflated = new Uint8Array(deflateRawSync(bytesOf(dataset)));
  const start = headBytes(DEFLATED_UID);

  it.each([
    ["as it is", []],
    ["filled up with NUL", [0]],
  ])("is inflated, and its elements refer to the inflated bytes: %s", (_what, padding) => {
    const bytes = bytesOf(headOf(DEFLATED_UID), deflated, padding);
    const file = readFile(bytes);
    expect(file).toMatchObject({ datasetOffset: start, findings: [] });
    expect(file.source.size).toBe(bytes.length);
    expect(file.dataset.source.parts).toEqual([{ byteOffset: 0, bytes: bytesOf(dataset) }]);
    expect(file.dataset.elements).toMatchObject([{ byteOffset: 0 }, { byteOffset: 10, vr: "PN" }]);
    expect(file.trailing).toEqual({ byteOffset: bytesOf(dataset).length, length: 0 });
  });

  it.each([
    ["cut off", deflated.subarray(0, -4)],
    ["damaged", deflated.map((byte, i) => (i === 3 ? byte ^ 0xff : byte))],
    ["no deflate stream", new Uint8Array(40).fill(0xff)],
  ])("is refused if the data set is %s", (_what, bytes) => {
    expect(() => readFile(bytesOf(headOf(DEFLATED_UID), bytes))).toThrow(
      expect.objectContaining({ code: "BAD_DEFLATE", byteOffset: start }),
    );
  });
});

describe("a data set without a file", () => {
  it.each(ENCODINGS)("is read in the transfer syntax that is given: %s", (_name, encoder, uid) => {
    const { dataset, findings } = readDataset(bytesOf(modality(encoder), [1, 2]), uid);
    expect(dataset.elements).toMatchObject([{ tag: 0x00080060, vr: "CS", byteOffset: 0 }]);
    expect(findings).toEqual([{ code: "TRAILING_BYTES", at: "", byteOffset: 10 }]);
  });

  it("may be deflated", () => {
    const bytes = new Uint8Array(deflateRawSync(bytesOf(modality(EXPLICIT))));
    const { dataset } = readDataset(bytes, DEFLATED_UID);
    expect(dataset.elements).toMatchObject([{ tag: 0x00080060 }]);
  });
});
