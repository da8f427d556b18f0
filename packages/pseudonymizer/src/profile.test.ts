import { formatTag, type VR } from "@dsail/dicom-core";
import { lookupTag, vrOfTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { conditionalChoice, TYPES } from "../test/conditional-choice.js";
import type { AttributeType } from "./attribute-type.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";
import { profileRules } from "./profile.js";

const ruleOf = profileRules();
const actionOf = (tag: number, vr: VR = "LO", type: AttributeType = "3") =>
  ruleOf(tag, vr, type).action;

const rows = ANNEX_E_ROWS.map(
  ({ tag, basic }) => [`${formatTag(tag)} ${lookupTag(tag)?.name ?? ""}`, basic, tag] as const,
);

/** Attributes of the dictionary that no row names. */
const unnamed = (() => {
  const named = new Set(ANNEX_E_ROWS.map(({ tag }) => tag));
  return Object.values(Tag)
    .filter((tag) => !named.has(tag))
    .map((tag) => ({ tag, vr: vrOfTag(tag) as VR }));
})();

describe("the Basic Profile, row by row of Table E.1-1", () => {
  it.each(rows)("treats %s, which is %s, as its type allows", (_name, basic, tag) => {
    for (const type of TYPES) {
      expect(actionOf(tag, "LO", type)).toBe(conditionalChoice(tag, basic, "value", type));
      expect(actionOf(tag, "SQ", type)).toBe(conditionalChoice(tag, basic, "sequence", type));
    }
  });

  it("names the row that a rule comes from", () => {
    expect(ruleOf(Tag.PatientID, "LO", "2").reason).toBe("PS3.15 E.1-1 (0010,0020) Z/D, Type 2");
    expect(ruleOf(Tag.RequestAttributesSequence, "SQ", "3").reason).toContain("(0040,0275)");
  });

  it("keeps no attribute that the table names", () => {
    for (const { tag } of ANNEX_E_ROWS) {
      for (const vr of ["LO", "SQ", "UN", "UI", "OB"] as const) {
        for (const type of TYPES) expect(actionOf(tag, vr, type), formatTag(tag)).not.toBe("K");
      }
    }
  });
});

describe("beyond the rows", () => {
  it("removes private attributes, their creators and sequences, whatever their group", () => {
    for (const group of [0x0001, 0x0009, 0x0011, 0x0029, 0x5001, 0x6001, 0x7fe1, 0xfffd, 0xffff]) {
      for (const element of [0x0000, 0x0010, 0x00ff, 0x1001, 0xffff]) {
        for (const vr of ["LO", "SQ", "UN", "DA"] as const) {
          expect(actionOf(group * 0x10000 + element, vr)).toBe("X");
        }
      }
    }
  });

  it.each([
    ["commands", [0x00000002, 0x00000600]],
    ["meta information inside the data set", [0x00020010, 0x00020016, 0x00020100]],
    ["directory records", [0x00041130, 0x00041220, 0x00041500]],
    ["curves", [0x50000005, 0x50001500, 0x50fe3000]],
    ["overlays, their labels and descriptions included", [0x60000010, 0x60000022, 0x60fe1500]],
    ["digital signatures", [0xfffafffa]],
    ["trailing padding", [0xfffcfffc]],
    ["stray delimiters", [0xfffee000, 0xfffee00d, 0xfffee0dd]],
  ])("removes %s", (_what, tags) => {
    for (const tag of tags) {
      expect(actionOf(tag, "LO"), formatTag(tag)).toBe("X");
      expect(actionOf(tag, "SQ"), formatTag(tag)).toBe("X");
    }
  });

  it("removes group lengths, which no longer hold", () => {
    for (const group of [0x0008, 0x0010, 0x0028, 0x7fe0]) {
      expect(actionOf(group * 0x10000, "UL")).toBe("X");
    }
  });

  it.each([
    [
      "birth and death dates of other calendars",
      [Tag.PatientBirthDateInAlternativeCalendar, Tag.PatientDeathDateInAlternativeCalendar],
    ],
    ["retired order numbers", [0x00401006, 0x00401007, 0x00402006, 0x00402007]],
    ["addresses that name instances by UID", [Tag.RetrieveURL, Tag.RetrieveURI]],
  ])("removes %s, which no row names", (_what, tags) => {
    for (const tag of tags) {
      expect(ANNEX_E_ROWS.find((row) => row.tag === tag)).toBeUndefined();
      expect(actionOf(tag, vrOfTag(tag) as VR), formatTag(tag)).toBe("X");
    }
  });

  it("gives every other date, time and name of the dictionary a dummy", () => {
    const byVR = unnamed.filter(({ vr }) => ["DA", "DT", "TM", "PN"].includes(vr));
    expect(byVR.length).toBe(18);
    for (const { tag, vr } of byVR) {
      expect(["D", "X"], formatTag(tag)).toContain(actionOf(tag, vr));
    }
    expect(actionOf(0x00189ff0, "PN")).toBe("D"); // known by its VR only
  });

  it("keeps, of the UIDs that no row names, those only that name no instance", () => {
    const kept = unnamed.filter(({ tag, vr }) => vr === "UI" && actionOf(tag, vr) === "K");
    expect(kept.map(({ tag }) => lookupTag(tag)?.keyword)).toEqual([
      "SOPClassUID",
      "RelatedGeneralSOPClassUID",
      "OriginalSpecializedSOPClassUID",
      "SOPClassesInStudy",
      "CodingSchemeUID",
      "ContextGroupExtensionCreatorUID",
      "ContextUID",
      "MappingResourceUID",
      "StoredInstanceTransferSyntaxUID",
      "ReferencedSOPClassUID",
      "SOPClassesSupported",
      "AvailableTransferSyntaxUID",
      "CreatorVersionUID",
      "FlowTransferSyntaxUID",
      // Within one presentation state.
      "VolumetricPresentationInputSetUID",
      "ReferencedContentItem",
      "MACCalculationTransferSyntaxUID",
      "EncryptedContentTransferSyntaxUID",
      "SegmentationTemplateUID",
      "PertinentSOPClassesInStudy",
      "PertinentSOPClassesInSeries",
    ]);
  });

  it("keeps what says what the image is", () => {
    for (const [tag, vr] of [
      [Tag.SOPClassUID, "UI"],
      [Tag.Modality, "CS"],
      [Tag.SpecificCharacterSet, "CS"],
      [Tag.SliceThickness, "DS"],
      [Tag.Rows, "US"],
      [Tag.PixelData, "OW"],
      [Tag.AnatomicRegionSequence, "SQ"],
      [Tag.CodeValue, "SH"],
    ] as const) {
      expect(actionOf(tag, vr), formatTag(tag)).toBe("K");
    }
  });
});
