/**
 * Pixel data comes out byte for byte, however it is encoded.
 */
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  type ElementInit,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findElement,
  IMPLICIT_VR_LITTLE_ENDIAN,
  readFile,
  viewBytes,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { holds } from "./canary.js";
import { KEY } from "./keys.js";
import { bytesOf, element, item, openElement, rawFile } from "./raw-elements.js";

const pseudonymize = createPseudonymizer({ key: KEY });

/** Longer than what is read with the header, and no two words alike. */
const pixels = new Uint8Array(new Uint16Array(50_000).map((_, i) => i).buffer);

const image: readonly ElementInit[] = [
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
  { tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" },
];

/** The value field of an element as it stands in the bytes. */
function valueField(file: Uint8Array, tag: number): Buffer {
  const { dataset } = readFile(file);
  const { valueOffset, valueLength } = findElement(dataset, tag)!;
  return Buffer.from(viewBytes(dataset.source, valueOffset, valueLength));
}

describe("pixel data", () => {
  it.each([
    ["explicit VR little endian", EXPLICIT_VR_LITTLE_ENDIAN],
    ["implicit VR little endian", IMPLICIT_VR_LITTLE_ENDIAN],
    ["explicit VR big endian", EXPLICIT_VR_BIG_ENDIAN],
    ["deflated", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN],
  ])("stays as it is: %s", (_name, transferSyntaxUid) => {
    const input = writeFile([...image, { tag: Tag.PixelData, vr: "OW", value: pixels }], {
      transferSyntaxUid,
    });
    const output = pseudonymize(input);
    const after = valueField(output, Tag.PixelData);
    expect(after.length).toBe(pixels.length);
    expect(after.equals(valueField(input, Tag.PixelData))).toBe(true);
    expect(holds(output, "Canary")).toBe(false);
  });

  it.each([
    ["Float Pixel Data", Tag.FloatPixelData, "OF"],
    ["Double Float Pixel Data", Tag.DoubleFloatPixelData, "OD"],
  ] as const)("stays as it is: %s", (_name, tag, vr) => {
    const output = pseudonymize(writeFile([...image, { tag, vr, value: pixels }]));
    expect(valueField(output, tag).equals(pixels)).toBe(true);
  });

  it("stays as it is, in fragments, with offset tables, and the padding of each", () => {
    const offsets = bytesOf([0, 0, 0, 0], [0x58, 0x1b, 0, 0]);
    const fragments = [item(offsets), item(pixels.subarray(0, 7000)), item(pixels.subarray(7000))];
    const extended = element(Tag.ExtendedOffsetTable, "OV", [0, 0, 0, 0, 0, 0, 0, 0]);
    const input = rawFile(
      [
        element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
        element(Tag.PatientName, "PN", "Canary^Carol"),
        extended,
        openElement(Tag.PixelData, "OB", fragments),
        element(0xfffcfffc, "OB", "Canary"),
      ],
      "1.2.840.10008.1.2.4.90",
    );
    const output = pseudonymize(input);
    expect(valueField(output, Tag.PixelData).equals(bytesOf(fragments))).toBe(true);
    expect(valueField(output, Tag.ExtendedOffsetTable).equals(new Uint8Array(8))).toBe(true);
    expect(holds(output, "Canary")).toBe(false);
    expect(readFile(output).findings).toEqual([]);
  });
});
