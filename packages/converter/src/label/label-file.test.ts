import {
  type ElementInit,
  findElement,
  joinSegments,
  readFile,
  type VR,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { type LabelOptions, labelFile } from "./label-file.js";
import { LABEL_TAG, readLabel } from "./read-label.js";

const elements: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.2" },
  { tag: Tag.SOPInstanceUID, value: "2.25.1" },
  { tag: Tag.PatientID, value: "P1" },
  { tag: 0x00990010, vr: "LO", value: "DSAIL" },
  { tag: Tag.PixelData, vr: "OW", value: Uint8Array.of(1, 2, 3, 4) },
];

function labelled(label: string, options: LabelOptions = {}, more: readonly ElementInit[] = []) {
  const file = readFile(writeFile([...elements, ...more]));
  return readFile(joinSegments(labelFile(file, label, options), file.source));
}

const refusal = (code: string) => expect.objectContaining({ code });

describe("labelFile", () => {
  it("sets one element, and leaves all other bytes", () => {
    const before = writeFile(elements);
    const { source, dataset } = labelled("ill");
    const element = findElement(dataset, LABEL_TAG);
    expect(element?.vr).toBe("SH");
    expect(readLabel(dataset)).toBe("ill");
    const after = Buffer.from(source.parts[0]?.bytes as Uint8Array);
    const { byteOffset = 0, endOffset = 0 } = element ?? {};
    const rest = Buffer.concat([after.subarray(0, byteOffset), after.subarray(endOffset)]);
    expect(rest.equals(before)).toBe(true);
  });

  it("replaces a value that is there", () => {
    const { dataset } = labelled("ill", {}, [{ tag: LABEL_TAG, value: "healthy\\x" }]);
    expect(readLabel(dataset)).toBe("ill");
  });

  it.each<[number, VR | undefined, string]>([
    [Tag.PatientComments, undefined, "two\nlines"],
    [Tag.PatientID, "LO", "P2"],
    [Tag.PatientBirthDate, undefined, "20240229"],
    [Tag.PatientAge, undefined, "040Y"],
    [Tag.PatientWeight, undefined, "71.5"],
    [Tag.PatientName, undefined, "Doe^Jane"],
    [0x00991001, "US", "3"],
    [0x00991001, "SV", "-3"],
    [0x00991001, "CS", "ILL_1"],
  ])("writes %i %s %j", (tag, vr, label) => {
    const { dataset } = labelled(label, vr === undefined ? { tag } : { tag, vr });
    expect(readLabel(dataset, tag)).toBe(label);
  });

  it.each<[string, number, VR | undefined]>([
    ["file meta information", Tag.TransferSyntaxUID, undefined],
    ["a UID", Tag.SOPInstanceUID, undefined],
    ["the size of the image", Tag.Rows, undefined],
    ["pixel data", Tag.PixelData, "OW"],
    ["the character set", Tag.SpecificCharacterSet, undefined],
    ["an overlay", 0x60020010, undefined],
    ["a group length", 0x00100000, undefined],
    ["a sequence", Tag.ReferencedImageSequence, undefined],
    ["a tag for a VR", Tag.PatientID, "SH"],
    ["a private tag without VR", 0x00991001, undefined],
    ["a private tag without a creator", 0x00991101, "LO"],
    ["a private creator", 0x00990011, "LO"],
    ["a VR of bytes", 0x00991001, "UN"],
  ])("refuses %s", (_, tag, vr) => {
    expect(() => labelled("1", vr === undefined ? { tag } : { tag, vr })).toThrow(
      refusal("BAD_TAG"),
    );
  });

  it.each<[string, VR]>([
    ["", "SH"],
    ["  ", "SH"],
    ["ill\\healthy", "SH"],
    ["more than sixteen", "SH"],
    ["a\nb", "SH"],
    ["a\u0007b", "LT"],
    ["ill", "CS"],
    ["20240230", "DA"],
    ["1.5 mm", "DS"],
    ["1.5", "IS"],
    ["a^b^c^d^e^f", "PN"],
    ["three", "US"],
  ])("refuses %j for %s, and does not quote it", (label, vr) => {
    const run = () => labelled(label, { tag: 0x00991001, vr });
    expect(run).toThrow(refusal("BAD_LABEL"));
    expect(run).toThrow(`label: expected one value that VR ${vr} can hold`);
  });

  it("refuses numbers that do not fit, and text that the file's character set may not have", () => {
    expect(() => labelled("65536", { tag: 0x00991001, vr: "US" })).toThrow(refusal("BAD_VALUE"));
    expect(() => labelled("kränk")).toThrow(refusal("BAD_CHARACTER_SET"));
    const { dataset } = labelled("kränk", {}, [
      { tag: Tag.PatientComments, value: "grün" }, // is written in UTF-8
    ]);
    expect(readLabel(dataset)).toBe("kränk");
  });
});
