import { type ElementInit, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { typesOfObject } from "./object-types.js";

const datasetOf = (...elements: ElementInit[]) => readFile(writeFile(elements)).dataset;
const typesOf = (...elements: ElementInit[]) => typesOfObject(datasetOf(...elements), () => "3");

describe("the types of an object", () => {
  it("are those of its IOD", () => {
    expect(typesOf()(Tag.ContentDate, undefined)).toBe("3");
    expect(typesOf()(Tag.ResponsiblePerson, undefined)).toBe("3");
  });

  it.each([Tag.SharedFunctionalGroupsSequence, Tag.PerFrameFunctionalGroupsSequence])(
    "ask for a content date and time where there are functional groups (PS3.3 C.7.6.16)",
    (tag) => {
      const types = typesOf({ tag, vr: "SQ", value: [] });
      expect(types(Tag.ContentDate, undefined)).toBe("1");
      expect(types(Tag.ContentTime, undefined)).toBe("1");
      expect(types(Tag.ContentDate, Tag.SourceImageSequence)).toBe("3");
    },
  );

  it("ask for those who answer for an animal (PS3.3 C.7.1.1)", () => {
    const types = typesOf({ tag: Tag.PatientSpeciesDescription, value: "Canis familiaris" });
    expect(types(Tag.ResponsiblePerson, undefined)).toBe("2");
    expect(types(Tag.ResponsibleOrganization, undefined)).toBe("2");
  });

  it("have no ethics committee, since the approval number goes (PS3.3 C.7.2.3)", () => {
    expect(typesOf()(Tag.ClinicalTrialProtocolEthicsCommitteeName, undefined)).toBe("absent");
  });
});
