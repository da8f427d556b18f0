/**
 * What was done is written into the file (PS3.15 E.1.1, PS3.3 C.12.1.1.1 on group 0012 and C.7.3.1 on (0028,0303)).
 */
import {
  type ElementInit,
  findElement,
  IMPLICIT_VR_LITTLE_ENDIAN,
  readFile,
  readStrings,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { KEY } from "./keys.js";
import { element, rawFile } from "./raw-elements.js";

const pseudonymize = createPseudonymizer({ key: KEY });

const METHOD = "D-SAIL: PS3.15 2026c Basic Profile, keyed pseudonyms";

const withElements = (...elements: readonly ElementInit[]) =>
  readFile(
    pseudonymize(writeFile([{ tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" }, ...elements])),
  ).dataset;

const method = (...values: readonly string[]) =>
  readStrings(
    withElements({ tag: Tag.DeidentificationMethod, vr: "LO", value: values }),
    Tag.DeidentificationMethod,
  );

describe("(0012,0062) and (0028,0303)", () => {
  it("say that the identity is removed, and dates with it", () => {
    const dataset = withElements();
    expect(readStrings(dataset, Tag.PatientIdentityRemoved)).toEqual(["YES"]);
    expect(readStrings(dataset, Tag.LongitudinalTemporalInformationModified)).toEqual(["REMOVED"]);
  });

  it("say so where the file had said something else", () => {
    const dataset = withElements(
      { tag: Tag.PatientIdentityRemoved, vr: "CS", value: "NO" },
      { tag: Tag.LongitudinalTemporalInformationModified, vr: "CS", value: "UNMODIFIED" },
    );
    expect(readStrings(dataset, Tag.PatientIdentityRemoved)).toEqual(["YES"]);
    expect(readStrings(dataset, Tag.LongitudinalTemporalInformationModified)).toEqual(["REMOVED"]);
  });
});

describe("(0012,0063) De-identification Method", () => {
  it("names this package and the edition of the standard", () => {
    expect(readStrings(withElements(), Tag.DeidentificationMethod)).toEqual([METHOD]);
  });

  it("is appended to what the file names already", () => {
    expect(method("first tool", "second tool")).toEqual(["first tool", "second tool", METHOD]);
  });

  it("is named once, and last, however often it is done", () => {
    expect(method("first tool", METHOD)).toEqual(["first tool", METHOD]);
    const once = pseudonymize(writeFile([{ tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" }]));
    const { dataset } = readFile(pseudonymize(once));
    expect(readStrings(dataset, Tag.DeidentificationMethod)).toEqual([METHOD]);
  });

  it("has no value of more than 64 characters, the most that LO allows", () => {
    expect(METHOD.length).toBeLessThanOrEqual(64);
    expect(method("x".repeat(64), "y".repeat(65))).toEqual(["x".repeat(64), METHOD]);
  });

  it("leaves out what it could not write in any character set", () => {
    expect(method("première", "", "   ", "tab\there", "plain")).toEqual(["plain", METHOD]);
  });

  it("is read also where the file says VR UN", () => {
    const input = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(Tag.DeidentificationMethod, "UN", "first tool"),
    ]);
    const { dataset } = readFile(pseudonymize(input));
    expect(readStrings(dataset, Tag.DeidentificationMethod)).toEqual(["first tool", METHOD]);
  });
});

describe("(0012,0064) De-identification Method Code Sequence", () => {
  it("has the code of the Basic Profile (PS3.16 CID 7050), and no other", () => {
    const codes = findElement(withElements(), Tag.DeidentificationMethodCodeSequence)!.items!;
    expect(codes.length).toBe(1);
    expect(readStrings(codes[0]!, Tag.CodeValue)).toEqual(["113100"]);
    expect(readStrings(codes[0]!, Tag.CodingSchemeDesignator)).toEqual(["DCM"]);
    expect(readStrings(codes[0]!, Tag.CodeMeaning)).toEqual([
      "Basic Application Confidentiality Profile",
    ]);
  });

  it("does not claim the options of an earlier tool, which no longer hold", () => {
    const retained: ElementInit[] = [
      { tag: Tag.CodeValue, vr: "SH", value: "113110" },
      { tag: Tag.CodingSchemeDesignator, vr: "SH", value: "DCM" },
      { tag: Tag.CodeMeaning, vr: "LO", value: "Retain UIDs Option" },
    ];
    const dataset = withElements({
      tag: Tag.DeidentificationMethodCodeSequence,
      vr: "SQ",
      value: [retained],
    });
    const codes = findElement(dataset, Tag.DeidentificationMethodCodeSequence)!.items!;
    expect(codes.map((code) => readStrings(code, Tag.CodeValue))).toEqual([["113100"]]);
  });
});

it("stands in order of tags, in implicit VR too", () => {
  const input = writeFile(
    [
      { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
      { tag: Tag.PatientName, vr: "PN", value: "A^B" },
      { tag: Tag.Rows, vr: "US", value: 1 },
      { tag: Tag.LossyImageCompression, vr: "CS", value: "00" },
    ],
    { transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN },
  );
  const { dataset, findings } = readFile(pseudonymize(input));
  expect(findings).toEqual([]);
  expect(dataset.elements.map(({ tag }) => tag)).toEqual([
    Tag.SOPInstanceUID,
    Tag.PatientName,
    Tag.PatientIdentityRemoved,
    Tag.DeidentificationMethod,
    Tag.DeidentificationMethodCodeSequence,
    Tag.Rows,
    Tag.LongitudinalTemporalInformationModified,
    Tag.LossyImageCompression,
  ]);
});
