/**
 * Every irregularity that is read all the same, and where it is reported. That none is missing here is checked by the
 * compiler: the table has to have them all.
 */
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
import type { FindingCode } from "../findings.js";
import type { ReadOptions } from "./limits.js";
import { readFile } from "./part10.js";

const { element, item, long, openSequence, tag } = EXPLICIT;
const MODALITY = element(0x00080060, "CS", "CT");
const NAME = element(0x00100010, "PN", "Doe^Jane");
const HEAD = headBytes();
const lengthOf = (...bytes: Bytes[]) => bytesOf(...bytes).length;

interface Case {
  readonly bytes: Uint8Array;
  readonly at: string;
  readonly byteOffset: number;
  readonly options?: ReadOptions;
  /** What is found besides, in any case. */
  readonly besides?: readonly FindingCode[];
  /** Tags that are read. */
  readonly read: readonly number[];
}

const CASES: Readonly<Record<FindingCode, Case>> = {
  NO_PREAMBLE: {
    bytes: bytesOf(headOf(), MODALITY).subarray(132),
    at: "",
    byteOffset: 0,
    read: [0x00080060],
  },
  NO_FILE_META_INFORMATION: {
    bytes: bytesOf(new Uint8Array(128), "DICM", MODALITY),
    at: "",
    byteOffset: 132,
    besides: ["NO_TRANSFER_SYNTAX"],
    read: [0x00080060],
  },
  BAD_FILE_META_GROUP_LENGTH: {
    bytes: bytesOf(
      new Uint8Array(128),
      "DICM",
      element(0x00020000, "UL", long(99)),
      element(0x00020010, "UI", uid("1.2.840.10008.1.2.1")),
      MODALITY,
    ),
    at: "",
    byteOffset: 132,
    read: [0x00080060],
  },
  NO_TRANSFER_SYNTAX: {
    bytes: bytesOf(
      new Uint8Array(128),
      "DICM",
      element(0x00020000, "UL", long(lengthOf(element(0x00020013, "SH", "ABCD")))),
      element(0x00020013, "SH", "ABCD"),
      MODALITY,
    ),
    at: "",
    byteOffset: 0,
    read: [0x00080060],
  },
  UNKNOWN_TRANSFER_SYNTAX: {
    bytes: fileOf(MODALITY, "1.2.3.4"),
    at: "",
    byteOffset: 0,
    read: [0x00080060],
  },
  TRANSFER_SYNTAX_MISMATCH: {
    bytes: fileOf(IMPLICIT.element(0x00080060, "", "CT")),
    at: "",
    byteOffset: HEAD,
    read: [0x00080060],
  },
  IMPLICIT_VR_IN_EXPLICIT: {
    bytes: fileOf([MODALITY, IMPLICIT.element(0x00100010, "", "Doe^Jane")]),
    at: "(0010,0010)",
    byteOffset: HEAD + lengthOf(MODALITY),
    read: [0x00080060, 0x00100010],
  },
  EXPLICIT_VR_IN_UN: {
    bytes: fileOf(element(0x00081110, "UN", item(MODALITY))),
    at: "(0008,1110)[0]",
    byteOffset: HEAD + 12 + 8,
    read: [0x00081110],
  },
  UNKNOWN_VR: {
    bytes: fileOf(element(0x00080060, "ZZ", "CT")),
    at: "(0008,0060)",
    byteOffset: HEAD,
    read: [0x00080060],
  },
  NOT_A_SEQUENCE: {
    bytes: fileOf(IMPLICIT.element(0x00081110, "", "CT"), "1.2.840.10008.1.2"),
    at: "(0008,1110)",
    byteOffset: headBytes("1.2.840.10008.1.2"),
    read: [0x00081110],
  },
  ODD_LENGTH: {
    bytes: fileOf([MODALITY, element(0x00100010, "PN", "Doe")]),
    at: "(0010,0010)",
    byteOffset: HEAD + lengthOf(MODALITY),
    read: [0x00080060, 0x00100010],
  },
  OUT_OF_ORDER: {
    bytes: fileOf([NAME, MODALITY]),
    at: "(0008,0060)",
    byteOffset: HEAD + lengthOf(NAME),
    read: [0x00100010, 0x00080060],
  },
  DUPLICATE_TAG: {
    bytes: fileOf([MODALITY, MODALITY]),
    at: "(0008,0060)",
    byteOffset: HEAD + lengthOf(MODALITY),
    read: [0x00080060, 0x00080060],
  },
  TRAILING_BYTES: {
    bytes: fileOf([MODALITY, new Uint8Array(512)]),
    at: "",
    byteOffset: HEAD + lengthOf(MODALITY),
    read: [0x00080060],
  },
  TRUNCATED: {
    bytes: fileOf([MODALITY, NAME]).subarray(0, -2),
    options: { allowTruncated: true },
    at: "(0010,0010)",
    byteOffset: HEAD + lengthOf(MODALITY),
    read: [0x00080060, 0x00100010],
  },
  LENGTH_MISMATCH: {
    bytes: fileOf([openSequence(0x00081110, "SQ", item(MODALITY, { length: 8 })), NAME]),
    options: { allowLengthMismatch: true },
    at: "(0008,1110)[0].(0008,0060)",
    byteOffset: HEAD + 12 + 8,
    read: [0x00081110, 0x00100010],
  },
  STRAY_DELIMITER: {
    bytes: fileOf([MODALITY, tag(0xfffee00d), long(0), NAME]),
    at: "(FFFE,E00D)",
    byteOffset: HEAD + lengthOf(MODALITY),
    besides: ["OUT_OF_ORDER"],
    read: [0x00080060, 0xfffee00d, 0x00100010],
  },
};

describe("an irregularity", () => {
  it.each(Object.entries(CASES))("is read and reported: %s", (code, expected) => {
    const { findings, dataset } = readFile(expected.bytes, expected.options);
    const { at, byteOffset } = expected;
    expect(findings).toContainEqual({ code, at, byteOffset });
    expect(findings.map((finding) => finding.code).filter((found) => found !== code)).toEqual(
      expected.besides ?? [],
    );
    expect(dataset.elements.map((e) => e.tag)).toEqual(expected.read);
  });

  it("is reported with the path of what is nested", () => {
    const bytes = fileOf(element(0x00081110, "SQ", [item([]), item([MODALITY, MODALITY])]));
    const byteOffset = bytes.length - lengthOf(MODALITY);
    expect(readFile(bytes).findings).toEqual([
      { code: "DUPLICATE_TAG", at: "(0008,1110)[1].(0008,0060)", byteOffset },
    ]);
  });

  it("is reported in the order of the file, meta information first", () => {
    const odd = element(0x00020013, "SH", "A");
    const bytes = bytesOf(headOf(), odd, element(0x00080060, "CS", "C"));
    expect(readFile(bytes).findings.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "BAD_FILE_META_GROUP_LENGTH ",
      "ODD_LENGTH (0002,0013)",
      "ODD_LENGTH (0008,0060)",
    ]);
  });

  it("is none in files that are as they should be", () => {
    const dataset = (encoder: typeof EXPLICIT) => [
      encoder.element(0x00080000, "UL", encoder.long(10)),
      encoder.element(0x00080060, "CS", "CT"),
      encoder.openSequence(0x00081110, "SQ", [encoder.item([]), encoder.openItem([])]),
      encoder.element(0x00091001, "UN", "abcd"),
      encoder.element(0x00100010, "PN", ""),
      encoder.element(0xfffcfffc, "OB", [0, 0]),
    ];
    expect(readFile(fileOf(dataset(EXPLICIT))).findings).toEqual([]);
    expect(readFile(fileOf(dataset(IMPLICIT), "1.2.840.10008.1.2")).findings).toEqual([]);
    expect(readFile(fileOf(dataset(BIG), "1.2.840.10008.1.2.2")).findings).toEqual([]);
  });
});
