/**
 * Files that belong together stay together: UIDs and pseudonyms are the same in all of them, under one key.
 */
import {
  type Dataset,
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
import { KEY, OTHER_KEY } from "./keys.js";

const CT = "1.2.840.10008.5.1.4.1.1.2";
const STUDY = "1.2.276.1.1";
const SERIES = "1.2.276.1.1.1";
const FRAME = "1.2.276.1.1.9";
const [ONE, TWO, PLAN] = ["1.2.276.1.1.1.1", "1.2.276.1.1.1.2", "1.2.276.1.1.2.1"] as const;

const uid = (tag: number, value: string): ElementInit => ({ tag, vr: "UI", value });
const sequence = (tag: number, ...items: ElementInit[][]): ElementInit => ({
  tag,
  vr: "SQ",
  value: items,
});

const common = (instance: string): ElementInit[] => [
  uid(Tag.SOPClassUID, CT),
  uid(Tag.SOPInstanceUID, instance),
  uid(Tag.StudyInstanceUID, STUDY),
  uid(Tag.FrameOfReferenceUID, FRAME),
  { tag: Tag.PatientID, vr: "LO", value: "4711" },
  { tag: Tag.PatientName, vr: "PN", value: "Doe^Jane" },
  { tag: Tag.AccessionNumber, vr: "SH", value: "A1" },
];
const reference = (instance: string): ElementInit[] => [
  uid(Tag.ReferencedSOPClassUID, CT),
  uid(Tag.ReferencedSOPInstanceUID, instance),
];

const files = [
  writeFile([...common(ONE), uid(Tag.SeriesInstanceUID, SERIES)]),
  writeFile(
    [
      ...common(TWO),
      uid(Tag.SeriesInstanceUID, SERIES),
      sequence(Tag.ReferencedInstanceSequence, reference(ONE)),
    ],
    { transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN },
  ),
  writeFile(
    [
      ...common(PLAN),
      uid(Tag.SeriesInstanceUID, "1.2.276.1.1.2"),
      sequence(Tag.ReferencedSeriesSequence, [
        uid(Tag.SeriesInstanceUID, SERIES),
        sequence(Tag.ReferencedSOPSequence, reference(ONE), reference(TWO)),
      ]),
      sequence(Tag.ReferencedFrameOfReferenceSequence, [
        uid(Tag.FrameOfReferenceUID, FRAME),
        sequence(Tag.RTReferencedStudySequence, reference(STUDY)),
      ]),
      uid(Tag.ReferencedFrameOfReferenceUID, FRAME),
    ],
    { undefinedLengths: true },
  ),
];

const outputs = (key = KEY) => files.map((file) => readFile(createPseudonymizer({ key })(file)));
const text = (dataset: Dataset, tag: number) => readStrings(dataset, tag)[0];

/** All values of VR UI that are not the standard's, at every depth, meta information included. */
function ownUids(dataset: Dataset): string[] {
  return dataset.elements.flatMap((element) => [
    ...(element.vr === "UI" ? readStrings(dataset, element) : []),
    ...(element.items ?? []).flatMap(ownUids),
  ]);
}
const uidsOf = (key: Uint8Array) =>
  outputs(key)
    .flatMap(({ dataset }) => ownUids(dataset))
    .filter((value) => !value.startsWith("1.2.840.10008."));

describe("UIDs of one study", () => {
  const [one, two, plan] = outputs().map(({ dataset }) => dataset) as [Dataset, Dataset, Dataset];
  const itemsOf = (dataset: Dataset, tag: number) => findElement(dataset, tag)!.items!;

  it("of study, series and frame of reference are the same in every file, and new", () => {
    for (const tag of [Tag.StudyInstanceUID, Tag.FrameOfReferenceUID]) {
      expect(text(one, tag)).toMatch(/^2\.25\./);
      expect(text(two, tag)).toBe(text(one, tag));
      expect(text(plan, tag)).toBe(text(one, tag));
    }
    expect(text(two, Tag.SeriesInstanceUID)).toBe(text(one, Tag.SeriesInstanceUID));
    expect(text(plan, Tag.SeriesInstanceUID)).not.toBe(text(one, Tag.SeriesInstanceUID));
  });

  it("of instances are the same where they are referred to, in a sequence or in another", () => {
    const [image] = itemsOf(two, Tag.ReferencedInstanceSequence);
    expect(text(image!, Tag.ReferencedSOPInstanceUID)).toBe(text(one, Tag.SOPInstanceUID));
    const [series] = itemsOf(plan, Tag.ReferencedSeriesSequence);
    expect(text(series!, Tag.SeriesInstanceUID)).toBe(text(one, Tag.SeriesInstanceUID));
    const instances = itemsOf(series!, Tag.ReferencedSOPSequence);
    expect(instances.map((item) => text(item, Tag.ReferencedSOPInstanceUID))).toEqual(
      [one, two].map((dataset) => text(dataset, Tag.SOPInstanceUID)),
    );
    const [frame] = itemsOf(plan, Tag.ReferencedFrameOfReferenceSequence);
    expect(text(frame!, Tag.FrameOfReferenceUID)).toBe(text(one, Tag.FrameOfReferenceUID));
    const [study] = itemsOf(frame!, Tag.RTReferencedStudySequence);
    expect(text(study!, Tag.ReferencedSOPInstanceUID)).toBe(text(one, Tag.StudyInstanceUID));
    expect(text(plan, Tag.ReferencedFrameOfReferenceUID)).toBe(text(one, Tag.FrameOfReferenceUID));
  });

  it("of the standard stay", () => {
    const [image] = itemsOf(two, Tag.ReferencedInstanceSequence);
    expect(text(image!, Tag.ReferencedSOPClassUID)).toBe(CT);
    expect(text(one, Tag.SOPClassUID)).toBe(CT);
  });

  it("are all of the new form, as many as before, and under another key have none in common", () => {
    const before = files
      .flatMap((file) => ownUids(readFile(file).dataset))
      .filter((value) => value !== CT);
    const [after, others] = [uidsOf(KEY), uidsOf(OTHER_KEY)];
    expect(new Set(after).size).toBe(new Set(before).size);
    for (const value of [...after, ...others]) expect(value).toMatch(/^2\.25\.\d+$/);
    expect(after.filter((value) => others.includes(value))).toEqual([]);
    expect(after.filter((value) => before.includes(value))).toEqual([]);
  });
});

describe("pseudonyms", () => {
  const pseudonymized = (elements: readonly ElementInit[], key = KEY) =>
    readFile(
      createPseudonymizer({ key })(writeFile([uid(Tag.SOPInstanceUID, "1.2.3"), ...elements])),
    ).dataset;
  const patient = (id: string, name = "Doe^Jane"): ElementInit[] => [
    { tag: Tag.PatientID, vr: "LO", value: id },
    { tag: Tag.PatientName, vr: "PN", value: name },
  ];
  const accession = (number: string): ElementInit => ({
    tag: Tag.AccessionNumber,
    vr: "SH",
    value: number,
  });

  it("of a patient are the same in all files, as ID and as name", () => {
    const datasets = outputs().map(({ dataset }) => dataset);
    const pseudonyms = datasets.flatMap((dataset) => [
      text(dataset, Tag.PatientID),
      text(dataset, Tag.PatientName),
    ]);
    expect(new Set(pseudonyms).size).toBe(1);
    expect(pseudonyms[0]).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it("hang on the ID alone: a name that is spelt otherwise does not part a patient in two", () => {
    const [jane, maiden] = [
      pseudonymized(patient("4711", "Doe^Jane")),
      pseudonymized(patient("4711", "Roe^Jane=?=?")),
    ];
    expect(text(maiden, Tag.PatientName)).toBe(text(jane, Tag.PatientName));
    expect(text(pseudonymized(patient("4712")), Tag.PatientID)).not.toBe(text(jane, Tag.PatientID));
  });

  it("differ under another key", () => {
    const [one, other] = [
      pseudonymized(patient("4711")),
      pseudonymized(patient("4711"), OTHER_KEY),
    ];
    expect(text(one, Tag.PatientID)).not.toBe(text(other, Tag.PatientID));
  });

  it("do not depend on padding, encoding and VR", () => {
    const expected = text(pseudonymized(patient("4711")), Tag.PatientID);
    for (const value of ["4711 ", " 4711", "4711\0"]) {
      expect(text(pseudonymized(patient(value)), Tag.PatientID)).toBe(expected);
    }
    const unknown = new TextEncoder().encode("4711");
    const inUn = pseudonymized([{ tag: Tag.PatientID, vr: "UN", value: unknown }]);
    expect(text(inUn, Tag.PatientID)).toBe(expected);
  });

  it("are empty where there is no ID: patients without one are not made one patient", () => {
    for (const id of ["", " "]) {
      const dataset = pseudonymized(patient(id));
      expect(findElement(dataset, Tag.PatientID)?.valueLength).toBe(0);
      expect(findElement(dataset, Tag.PatientName)?.valueLength).toBe(0);
    }
    const nameless = pseudonymized([{ tag: Tag.PatientName, vr: "PN", value: "Doe^Jane" }]);
    expect(findElement(nameless, Tag.PatientName)?.valueLength).toBe(0);
  });

  it("of a patient in an item are those of the ID that stands beside the name there", () => {
    const dataset = pseudonymized([
      ...patient("4711"),
      sequence(Tag.AnatomicRegionSequence, patient("4711"), patient("4712"), [
        { tag: Tag.PatientName, vr: "PN", value: "Doe^Jane" },
      ]),
    ]);
    const [same, other, nameOnly] = findElement(dataset, Tag.AnatomicRegionSequence)!.items!;
    expect(text(same!, Tag.PatientName)).toBe(text(dataset, Tag.PatientID));
    expect(text(other!, Tag.PatientName)).toBe(text(pseudonymized(patient("4712")), Tag.PatientID));
    expect(text(nameOnly!, Tag.PatientName)).toBeUndefined();
  });

  it("of an accession number are those of its patient: two sites may use one number", () => {
    const of = (id: string, number: string) =>
      text(pseudonymized([...patient(id), accession(number)]), Tag.AccessionNumber);
    expect(of("4711", "A1")).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(of("4711", "A1")).toBe(of("4711", "A1"));
    expect(new Set([of("4711", "A1"), of("4712", "A1"), of("4711", "A2")]).size).toBe(3);
    expect(of("4711", "4711")).not.toBe(text(pseudonymized(patient("4711")), Tag.PatientID));
    for (const padded of ["A1 ", " A1", "A1\0"]) expect(of("4711", padded)).toBe(of("4711", "A1"));
  });

  it("of an accession number in an item are those at the top", () => {
    const dataset = pseudonymized([
      ...patient("4711"),
      accession("A1"),
      sequence(Tag.AnatomicRegionSequence, [
        accession("A1"),
        sequence(Tag.AnatomicRegionSequence, [accession("A1")]),
      ]),
    ]);
    const [outer] = findElement(dataset, Tag.AnatomicRegionSequence)!.items!;
    const [inner] = findElement(outer!, Tag.AnatomicRegionSequence)!.items!;
    expect(text(outer!, Tag.AccessionNumber)).toBe(text(dataset, Tag.AccessionNumber));
    expect(text(inner!, Tag.AccessionNumber)).toBe(text(dataset, Tag.AccessionNumber));
  });

  it.each(["", " ", "\0\0"])("of an accession number %j are empty", (number) => {
    const dataset = pseudonymized([...patient("4711"), accession(number)]);
    expect(findElement(dataset, Tag.AccessionNumber)?.valueLength).toBe(0);
  });

  it("are not made for what is not there", () => {
    const dataset = pseudonymized([]);
    for (const tag of [Tag.PatientID, Tag.PatientName, Tag.AccessionNumber]) {
      expect(findElement(dataset, tag)).toBeUndefined();
    }
  });
});

describe("the same file under the same key", () => {
  it("gives the same bytes, today and in another pseudonymizer", () => {
    for (const file of files) {
      const pseudonymize = createPseudonymizer({ key: KEY });
      const first = pseudonymize(file);
      expect(pseudonymize(file)).toEqual(first);
      expect(createPseudonymizer({ key: KEY.slice() })(file)).toEqual(first);
      expect(createPseudonymizer({ key: OTHER_KEY })(file)).not.toEqual(first);
    }
  });
});
