import {
  type DataElement,
  type Dataset,
  type ElementInit,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findElement,
  formatTag,
  IMPLICIT_VR_LITTLE_ENDIAN,
  parseAge,
  parseDate,
  parseDateTime,
  parsePersonName,
  parseTime,
  readBigInts,
  readBytes,
  readDecimalStrings,
  readFile,
  readNumbers,
  readStrings,
  readTags,
  type VR,
  VRS,
  writeFile,
} from "@dsail/dicom-core";
import { lookupTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { dummyItems, dummyValue } from "./dummy.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";

const PRIVATE_CREATOR = 0x00090010;
/** Private, so that any VR will do. */
const ANYTHING = 0x00091001;

type ValueVR = Exclude<VR, "UI" | "SQ">;
const valueVRs = (Object.keys(VRS) as VR[]).filter(
  (vr): vr is ValueVR => vr !== "UI" && vr !== "SQ",
);

function writtenAndRead(
  element: ElementInit,
  transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN,
): { readonly dataset: Dataset; readonly element: DataElement } {
  const elements: ElementInit[] = [
    { tag: Tag.SOPInstanceUID, value: "1.2.3" },
    { tag: PRIVATE_CREATOR, vr: "LO", value: "TEST" },
    element,
  ];
  const { dataset, findings } = readFile(writeFile(elements, { transferSyntaxUid }));
  expect(findings).toEqual([]);
  const found = findElement(dataset, element.tag);
  if (found === undefined) throw new Error("it was not written");
  return { dataset, element: found };
}

const strings = (vr: ValueVR) => {
  const { dataset } = writtenAndRead({ tag: ANYTHING, vr, value: dummyValue(vr) });
  return readStrings(dataset, ANYTHING);
};

describe("a dummy", () => {
  it.each(valueVRs)(
    "of VR %s is one value, not empty, of even length, as long as allowed",
    (vr) => {
      for (const syntax of [EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN]) {
        const { element } = writtenAndRead({ tag: ANYTHING, vr, value: dummyValue(vr) }, syntax);
        expect(element.vr).toBe(vr);
        expect(element.valueLength).toBeGreaterThan(0);
        expect(element.valueLength % 2).toBe(0);
        const { kind, maxLength, unitBytes } = VRS[vr];
        if (kind === "text") {
          const values = strings(vr);
          expect(values.length).toBe(1);
          if (maxLength > 0) expect(values[0]!.length).toBeLessThanOrEqual(maxLength);
        } else {
          expect(element.valueLength).toBe(vr === "OB" || vr === "UN" ? 2 : unitBytes);
        }
      }
    },
  );

  it.each(valueVRs.filter((vr) => VRS[vr].kind === "text"))(
    "of VR %s is plain ASCII, which is the same in every character set",
    (vr) => {
      for (const text of strings(vr)) expect(text).toMatch(/^[\x21-\x5b\x5d\x5f-\x7d^]+$/);
    },
  );

  // PS3.5 Table 6.2-1.
  it("of DA, TM and DT is a whole date and time", () => {
    expect(parseDate(strings("DA")[0]!)).toMatchObject({ precision: "day", retiredForm: false });
    expect(parseTime(strings("TM")[0]!)).toMatchObject({ precision: "second", retiredForm: false });
    expect(parseDateTime(strings("DT")[0]!)).toMatchObject({ precision: "second" });
  });

  it("of AS is an age", () => {
    expect(parseAge(strings("AS")[0]!)).toBeDefined();
  });

  it("of PN is a name with family and given name", () => {
    const name = parsePersonName(strings("PN")[0]!);
    expect(name.alphabetic).toMatchObject({ familyName: "REMOVED", givenName: "REMOVED" });
    expect(name.ideographic).toBeUndefined();
  });

  it("of CS is capital letters", () => {
    expect(strings("CS")[0]).toMatch(/^[A-Z0-9_]{1,16}$/);
  });

  it("of UR is an address that leads nowhere (RFC 2606)", () => {
    expect(new URL(strings("UR")[0]!).hostname).toMatch(/\.invalid$/);
  });

  it("of DS and IS is a number", () => {
    for (const vr of ["DS", "IS"] as const) {
      const { dataset } = writtenAndRead({ tag: ANYTHING, vr, value: dummyValue(vr) });
      expect(readDecimalStrings(dataset, ANYTHING)).toMatchObject([{ number: 0 }]);
    }
  });

  it("of numbers, tags and bytes is zero", () => {
    for (const vr of valueVRs) {
      const { kind } = VRS[vr];
      if (kind === "text") continue;
      const { dataset } = writtenAndRead({ tag: ANYTHING, vr, value: dummyValue(vr) });
      if (kind === "number") expect(readNumbers(dataset, ANYTHING)).toEqual([0]);
      if (kind === "bigint") expect(readBigInts(dataset, ANYTHING)).toEqual([0n]);
      if (kind === "tag") expect(readTags(dataset, ANYTHING)).toEqual([0]);
      if (kind === "bytes") {
        expect(readBytes(dataset, ANYTHING)?.every((byte) => byte === 0)).toBe(true);
      }
    }
  });
});

/** Sequences that are Type 1 somewhere, so that they may not just go. */
const dummySequences = ANNEX_E_ROWS.filter(
  ({ tag, basic }) => basic === "D" && lookupTag(tag)?.vr === "SQ",
).map(({ tag }) => tag);

describe("the dummy items of a sequence", () => {
  const withItems = dummySequences.filter((tag) => dummyItems(tag) !== undefined);

  it("are there for persons, observers and content, whose attributes the table does not all name", () => {
    expect(withItems).toEqual([
      Tag.PersonIdentificationCodeSequence,
      Tag.VerifyingObserverSequence,
      Tag.ContentSequence,
    ]);
    expect(dummySequences.filter((tag) => !withItems.includes(tag))).toEqual([
      Tag.FlowIdentifierSequence,
      Tag.GraphicAnnotationSequence,
    ]);
    expect(dummyItems(Tag.AnatomicRegionSequence)).toBeUndefined();
  });

  it.each([...withItems, Tag.InstitutionCodeSequence].map((tag) => [formatTag(tag), tag] as const))(
    "of %s are written and read in every encoding, with VRs of the dictionary",
    (_name, tag) => {
      const value = dummyItems(tag)!;
      for (const syntax of [
        EXPLICIT_VR_LITTLE_ENDIAN,
        IMPLICIT_VR_LITTLE_ENDIAN,
        EXPLICIT_VR_BIG_ENDIAN,
      ]) {
        const { element } = writtenAndRead({ tag, vr: "SQ", value }, syntax);
        expect(element.items?.length).toBe(1);
        const check = ({ elements }: Dataset) => {
          for (const member of elements) {
            expect(member.vr).toBe(lookupTag(member.tag)?.vr);
            for (const item of member.items ?? []) check(item);
          }
        };
        for (const item of element.items!) check(item);
      }
    },
  );

  it("of a person's code are a whole code of a private scheme (PS3.3 Table 8.8-1, PS3.16 8.2)", () => {
    const { element } = writtenAndRead({
      tag: Tag.PersonIdentificationCodeSequence,
      vr: "SQ",
      value: dummyItems(Tag.PersonIdentificationCodeSequence)!,
    });
    const [code] = element.items!;
    expect(readStrings(code!, Tag.CodeValue)).toHaveLength(1);
    expect(readStrings(code!, Tag.CodingSchemeDesignator)[0]).toMatch(/^99[A-Z]{1,14}$/);
    expect(readStrings(code!, Tag.CodeMeaning)).toHaveLength(1);
  });

  it("of a verifying observer have what is Type 1 and 2 (PS3.3 Table C.17-2)", () => {
    const { element } = writtenAndRead({
      tag: Tag.VerifyingObserverSequence,
      vr: "SQ",
      value: dummyItems(Tag.VerifyingObserverSequence)!,
    });
    const [observer] = element.items!;
    for (const tag of [
      Tag.VerifyingObserverName,
      Tag.VerifyingOrganization,
      Tag.VerificationDateTime,
    ]) {
      expect(findElement(observer!, tag)?.valueLength, formatTag(tag)).toBeGreaterThan(0);
    }
    expect(findElement(observer!, Tag.VerifyingObserverIdentificationCodeSequence)?.items).toEqual(
      [],
    );
  });

  it("of a content are one whole text item (PS3.3 Tables C.17-5 and C.17-6)", () => {
    const { element } = writtenAndRead({
      tag: Tag.ContentSequence,
      vr: "SQ",
      value: dummyItems(Tag.ContentSequence)!,
    });
    const [item] = element.items!;
    expect(readStrings(item!, Tag.RelationshipType)).toEqual(["CONTAINS"]);
    expect(readStrings(item!, Tag.ValueType)).toEqual(["TEXT"]);
    expect(readStrings(item!, Tag.TextValue)).toEqual(["REMOVED"]);
    const [name] = findElement(item!, Tag.ConceptNameCodeSequence)!.items!;
    expect(readStrings(name!, Tag.CodeValue)).toEqual(["121106"]); // PS3.16 Annex D: Comment
    expect(readStrings(name!, Tag.CodingSchemeDesignator)).toEqual(["DCM"]);
  });
});
