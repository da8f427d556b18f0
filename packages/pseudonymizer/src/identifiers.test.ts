import { type Dataset, type ElementInit, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { pseudonymized, textAt } from "../test/pseudonymized.js";
import { type Bytes, bytesOf, element, item, rawFile } from "../test/raw-elements.js";
import { textValues } from "./element-text.js";
import { wordsOf } from "./fold.js";
import { createIdentifiersOf, namesSomebody } from "./identifiers.js";

/** Of an identifier of several words also these joined: left out here, since each has a test of its own below. */
function singleWords(dataset: Dataset, given: readonly string[] = []): readonly string[] {
  const found = createIdentifiersOf(new Set(), given)(dataset);
  const joined = new Set([...given, ...textsIn(dataset)].map(joinedWords));
  return [...found].filter((word) => !joined.has(word)).sort();
}

const joinedWords = (text: string) => {
  const found = wordsOf(text);
  return found.length > 1 ? found.join("") : undefined;
};

function textsIn(dataset: Dataset): readonly string[] {
  return dataset.elements.flatMap((of) =>
    of.items === undefined ? (textValues(dataset, of) ?? []) : of.items.flatMap(textsIn),
  );
}

const words = (elements: readonly ElementInit[], given: readonly string[] = []) =>
  singleWords(readFile(writeFile(elements)).dataset, given);

const wordsOfBytes = (...elements: readonly Bytes[]) =>
  singleWords(readFile(rawFile(bytesOf(...elements))).dataset);

const name = (value: string): ElementInit => ({ tag: Tag.PatientName, vr: "PN", value });
const text = (tag: number, value: string): ElementInit => ({ tag, vr: "LO", value });

describe("the identifiers of a data set", () => {
  it.each<readonly [string, ElementInit, readonly string[]]>([
    [
      "the patient's name",
      name("Canary^Carol^van der=山田^花子"),
      [...["canary", "carol", "der", "van", "山田", "花子"]],
    ],
    [
      "several names",
      { tag: Tag.OtherPatientNames, vr: "PN", value: ["Roe^Jane", "Poe"] },
      [...["jane", "poe", "roe"]],
    ],
    ["the patient's number", text(Tag.PatientID, "KH-4711/22"), ["22", "4711", "kh"]],
    ["the examination's", { tag: Tag.AccessionNumber, vr: "SH", value: "A0012345" }, ["a0012345"]],
    ["the study's", { tag: Tag.StudyID, vr: "SH", value: "S77" }, ["s77"]],
    ["an address", text(Tag.PatientAddress, "Am Kanal 12"), ["12", "am", "kanal"]],
    ["an institution", text(Tag.InstitutionName, "Canary Clinic"), ["canary", "clinic"]],
    [
      "an institution's address",
      { tag: Tag.InstitutionAddress, vr: "ST", value: "1 Lane\r\nTown" },
      ["lane", "town"],
    ],
    ["a physician", { tag: Tag.ReferringPhysicianName, vr: "PN", value: "Doe^J" }, ["doe"]],
    ["an operator", { tag: Tag.OperatorsName, vr: "PN", value: "MTRA Xy" }, ["mtra", "xy"]],
    ["a station", { tag: Tag.StationName, vr: "SH", value: "CT 07" }, ["07", "ct"]],
    ["a device", text(Tag.DeviceSerialNumber, "SN 991"), ["991", "sn"]],
  ])("are the words of %s", (_what, init, expected) => {
    expect(words([init])).toEqual(expected);
  });

  it("are folded: without case and accents", () => {
    const utf8: ElementInit = { tag: Tag.SpecificCharacterSet, vr: "CS", value: "ISO_IR 192" };
    expect(words([utf8, name("GROẞ^Crâne")])).toEqual(["crane", "gross"]);
  });

  it("are no words of descriptors, UIDs and codes, and of what no row names", () => {
    expect(
      words([
        text(Tag.StudyDescription, "alpha"),
        text(Tag.SeriesDescription, "beta"),
        text(Tag.ProtocolName, "gamma"),
        { tag: Tag.PatientComments, vr: "LT", value: "delta" },
        text(Tag.ManufacturerModelName, "epsilon"),
        { tag: Tag.StudyInstanceUID, vr: "UI", value: "1.22.333" },
        { tag: Tag.Modality, vr: "CS", value: "CT" },
        { tag: Tag.PatientBirthDate, vr: "DA", value: "19640229" },
      ]),
    ).toEqual([]);
  });

  it("stand at any depth", () => {
    const deep = (value: readonly ElementInit[]): ElementInit => ({
      tag: Tag.AnatomicRegionSequence,
      vr: "SQ",
      value: [[], value],
    });
    expect(
      words([deep([name("One"), deep([text(Tag.PatientID, "Two"), deep([name("Three")])])])]),
    ).toEqual(["one", "three", "two"]);
  });

  it("are names in private elements, and in those of no dictionary, but no other texts there", () => {
    expect(
      words([
        { tag: 0x00089ff0, vr: "PN", value: "Unlisted^Una" },
        text(0x00090010, "ACME"),
        { tag: 0x00091001, vr: "PN", value: "Private^Pete" },
        text(0x00091002, "harmless"),
        { tag: 0x00091003, vr: "SQ", value: [[{ tag: 0x00089ff0, vr: "PN", value: "Inner" }]] },
      ]),
    ).toEqual(["inner", "pete", "private", "una", "unlisted"]);
  });

  it("have no words of one character, which tell nobody", () => {
    expect(words([name("X^Carol^A B"), text(Tag.PatientID, "4-7-11")])).toEqual(["11", "carol"]);
    expect(words([], ["a", "b c", "de"])).toEqual(["de"]);
  });

  it("are those that are given besides", () => {
    expect(words([name("Canary")], ["Dr. Quibblefax", "MÜLLER", ""])).toEqual([
      ...["canary", "dr", "muller", "quibblefax"],
    ]);
  });

  it("are none where nobody is named", () => {
    expect(words([text(Tag.PatientID, ""), name("^^^")])).toEqual([]);
    expect(words([])).toEqual([]);
  });

  it("are read in the character sets of the file", () => {
    const inSet = (terms: string, bytes: Bytes) =>
      wordsOfBytes(
        element(Tag.SpecificCharacterSet, "CS", terms),
        element(Tag.PatientName, "PN", bytes),
      );
    expect(inSet("ISO_IR 192", new TextEncoder().encode("Öxy^山田"))).toEqual(["oxy", "山田"]);
    expect(inSet("ISO_IR 100", "\xd6xy^M\xfcller")).toEqual(["muller", "oxy"]);
    // PS3.5 H.3.2, example 1 and 2.
    expect(inSet("\\ISO 2022 IR 87", "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B")).toEqual([
      "tarou",
      "yamada",
      "太郎",
      "山田",
    ]);
    expect(inSet("ISO_IR 144", "\xbb\xee\xda\xe1\xd5")).toEqual(["люксе"]);
  });

  it("are read as far as they can be where the character set does not fit, or is none", () => {
    for (const terms of ["ISO_IR 192", "", "ISO 2022 IR 87", "CANARY SET"]) {
      expect(
        wordsOfBytes(
          element(Tag.SpecificCharacterSet, "CS", terms),
          element(Tag.PatientName, "PN", "M\xfcller^Carol"),
        ),
      ).toContain("carol");
    }
  });

  it("are read where the VR is not said, in items as well", () => {
    const named = element(Tag.PatientName, "UN", "Canary^Carol");
    expect(wordsOfBytes(named)).toEqual(["canary", "carol"]);
    expect(
      wordsOfBytes(
        element(Tag.AnatomicRegionSequence, "SQ", item(element(Tag.PatientID, "UN", "47 11"))),
      ),
    ).toEqual(["11", "47"]);
  });

  it("are read where the VR of a name that no row names is not said", () => {
    expect(wordsOfBytes(element(Tag.DocumentAuthorTrial, "UN", "Canary^Carol"))).not.toEqual([]);
  });
});

describe("a descriptor that is cleaned", () => {
  const options = { options: ["cleanDescriptors"] } as const;

  it("has no word of an identifier anywhere in the file, though it is a known one", () => {
    const study = text(Tag.StudyDescription, "Brain and Head with contrast");
    const of = (...elements: readonly ElementInit[]) =>
      textAt(pseudonymized([study, ...elements], options).dataset, "(0008,1030)")?.join();
    expect(of()).toContain("Brain");
    expect(of(name("Brain^Carol"))).not.toContain("Brain");
    expect(of(name("Brain^Carol"))).toContain("Head");
    const inItem: ElementInit = {
      tag: Tag.AnatomicRegionSequence,
      vr: "SQ",
      value: [[name("HEAD^Roe")]],
    };
    expect(of(inItem)).not.toContain("Head");
    const staff = { ...options, descriptors: { identifiers: ["Dr. Contrast"] } };
    expect(textAt(pseudonymized([study], staff).dataset, "(0008,1030)")?.join()).not.toContain(
      "contrast",
    );
  });

  it("is gone if nothing but identifiers was in it", () => {
    const { dataset } = pseudonymized(
      [text(Tag.StudyDescription, "BRAIN"), name("Brain^Head")],
      options,
    );
    expect(textAt(dataset, "(0008,1030)")).toBeUndefined();
  });

  it("has no number of the patient's that is written with other signs", () => {
    const { dataset } = pseudonymized(
      [
        text(Tag.PatientID, "471 122"),
        text(Tag.StudyDescription, "brain 471122, 471-122, 47 11 22"),
      ],
      options,
    );
    expect(textAt(dataset, "(0008,1030)")).toEqual(["brain"]);
  });
});

it("an identifier of several words is one as a whole, too, however it is set apart", () => {
  const { dataset } = readFile(
    writeFile([
      { tag: Tag.PatientName, vr: "PN", value: "Doe^Jane" },
      { tag: Tag.PatientID, vr: "LO", value: "12-34/A" },
    ]),
  );
  const found = createIdentifiersOf(new Set())(dataset);
  expect([...found].sort()).toEqual(["12", "1234a", "34", "doe", "doejane", "jane"]);
});

it.each([
  ["for JaneDoe", true],
  ["Janes scan", true],
  ["x1975031", true],
  ["brain 12345", false],
  ["ja ne", true],
])("%j names somebody: %s", (text, names) => {
  expect(namesSomebody(text, new Set(["jane", "12"]))).toBe(names);
});
