/**
 * Ways by which something got past the rules, or a user's wish was not done: each was open once.
 */
import { type ElementInit, findElement, readNumbers } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { createPseudonymization, type PseudonymizationOptions } from "../src/pseudonymization.js";
import { KEY } from "./keys.js";
import { pseudonymized, textAt } from "./pseudonymized.js";
import { bytesOf, element, rawFile } from "./raw-elements.js";

const CT: ElementInit = { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" };
const INSTANCE: ElementInit = { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" };
const NAME: ElementInit = { tag: Tag.PatientName, vr: "PN", value: "Doe^Jane" };
const ID: ElementInit = { tag: Tag.PatientID, vr: "LO", value: "4711" };

const fileOf = (...elements: readonly ElementInit[]) =>
  [CT, INSTANCE, NAME, ID, ...elements].sort((a, b) => a.tag - b.tag);
const bytesWith = (elements: readonly ElementInit[], options: Partial<PseudonymizationOptions>) =>
  Buffer.from(pseudonymized(elements, options).bytes).toString("latin1");

describe("text in content", () => {
  it("of a table, in cells of cells, is cleaned as that of its items", () => {
    const cell: readonly ElementInit[] = [
      { tag: Tag.TextValue, vr: "UT", value: "Head of Whitaker 0171" },
      {
        tag: Tag.ConceptCodeSequence,
        vr: "SQ",
        value: [
          [
            { tag: Tag.CodeValue, vr: "SH", value: "1" },
            { tag: Tag.CodingSchemeDesignator, vr: "SH", value: "DCM" },
            { tag: Tag.CodeMeaning, vr: "LO", value: "Whitaker saw brain" },
          ],
        ],
      },
    ];
    const item: readonly ElementInit[] = [
      { tag: Tag.ValueType, vr: "CS", value: "TABLE" },
      {
        tag: Tag.TabulatedValuesSequence,
        vr: "SQ",
        value: [[{ tag: Tag.CellValuesSequence, vr: "SQ", value: [cell] }]],
      },
    ];
    const content: ElementInit = { tag: Tag.ContentSequence, vr: "SQ", value: [item] };
    const output = bytesWith(fileOf(content), { options: ["cleanStructuredContent"] });
    expect(output).toContain("Head of");
    expect(output).not.toContain("Whitaker");
  });
});

describe("a character set", () => {
  const setOf = (value: string, options: Partial<PseudonymizationOptions>) => {
    const input = rawFile(
      bytesOf(
        element(Tag.SpecificCharacterSet, "CS", value),
        element(Tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.2\0"),
        element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      ),
    );
    return textAt(pseudonymized(input, options).dataset, "(0008,0005)");
  };

  it.each([{}, { unlisted: "remove" }] as const)("that is none goes: %j", (options) => {
    expect(setOf("ISO_IR 100\\DOE^JANE ", options)).toEqual(["ISO_IR 100"]);
    expect(setOf("ISO_IR 192", options)).toEqual(["ISO_IR 192"]);
    expect(setOf("\\ISO 2022 IR 87 ", options)).toEqual(["", "ISO 2022 IR 87"]);
  });
});

describe("what an option keeps", () => {
  const kept = (elements: readonly ElementInit[], options: PseudonymizationOptions["options"]) =>
    pseudonymized(fileOf(...elements), options === undefined ? {} : { options }).dataset;

  it("is of its VR", () => {
    const age = (value: string) =>
      textAt(
        kept([{ tag: Tag.PatientAge, vr: "AS", value }], ["retainPatientCharacteristics"]),
        "(0010,1010)",
      );
    expect(age("047Y")).toEqual(["047Y"]);
    expect(age("Jane")).toBeUndefined();
    const weight = (value: string) =>
      textAt(
        kept([{ tag: Tag.PatientWeight, vr: "DS", value }], ["retainPatientCharacteristics"]),
        "(0010,1030)",
      );
    expect(weight("70.5")).toEqual(["70.5"]);
    expect(weight("0171-555")).not.toEqual(["0171-555"]);
  });

  it("is of the dictionary's VR, also where the file has another", () => {
    const input = rawFile(
      bytesOf(
        element(Tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.2\0"),
        element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
        element(Tag.PatientSex, "LO", "Jane Doe"),
      ),
    );
    const { bytes } = pseudonymized(input, { options: ["retainPatientCharacteristics"] });
    expect(Buffer.from(bytes).toString("latin1")).not.toContain("Jane");
  });

  it("are UIDs that are UIDs", () => {
    const study = (value: string) =>
      textAt(kept([{ tag: Tag.StudyInstanceUID, vr: "UI", value }], ["retainUids"]), "(0020,000D)");
    expect(study("1.2.3.4")).toEqual(["1.2.3.4"]);
    expect(study("1.2.3.Doe")).not.toEqual(["1.2.3.Doe"]);
  });

  it("does not outrank a rule of the user's", () => {
    const { dataset } = pseudonymized(
      fileOf({ tag: Tag.StudyInstanceUID, vr: "UI", value: "1.2.3.4" }),
      { options: ["retainUids"], rules: [{ tag: Tag.StudyInstanceUID, action: "replaceUid" }] },
    );
    expect(textAt(dataset, "(0020,000D)")?.[0]).toMatch(/^2\.25\./);
  });
});

it("in allow-list mode a text in the place of a number goes", () => {
  const input = rawFile(
    bytesOf(
      element(Tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.2\0"),
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(Tag.Rows, "LO", "brain "),
      element(Tag.Columns, "US", Uint8Array.of(0, 2)),
    ),
  );
  const { dataset } = pseudonymized(input, { unlisted: "remove" });
  expect(findElement(dataset, Tag.Rows)).toBeUndefined();
  expect(readNumbers(dataset, Tag.Columns)).toEqual([512]);
});

it("private creators that name somebody take their blocks with them", () => {
  const elements = fileOf(
    { tag: 0x00290010, vr: "LO", value: "DOE JANE" },
    { tag: 0x00291001, vr: "CS", value: "SAFE" },
    {
      tag: Tag.PrivateDataElementCharacteristicsSequence,
      vr: "SQ",
      value: [
        [
          { tag: Tag.PrivateGroupReference, vr: "US", value: 0x0029 },
          { tag: Tag.PrivateCreatorReference, vr: "LO", value: "DOE JANE" },
          { tag: Tag.BlockIdentifyingInformationStatus, vr: "CS", value: "SAFE" },
        ],
      ],
    },
  );
  expect(bytesWith(elements, { options: ["retainSafePrivate"] })).not.toContain("DOE JANE");
  expect(bytesWith(elements, {})).not.toContain("DOE JANE");
});

it("another patient who is mentioned has the pseudonym of the table", () => {
  const pseudonyms = new Map([
    ["4711", "P-A"],
    ["B", "P-B"],
  ]);
  const source: ElementInit = {
    tag: Tag.AnatomicRegionSequence,
    vr: "SQ",
    value: [[{ tag: Tag.PatientID, vr: "LO", value: "B" }]],
  };
  const { dataset } = pseudonymized(fileOf(source), {
    patientPseudonyms: { kind: "table", pseudonyms },
  });
  expect(textAt(dataset, "(0010,0020)")).toEqual(["P-A"]);
  expect(textAt(dataset, "(0008,2218)[0].(0010,0020)")).toEqual(["P-B"]);
});

describe("a value of a rule", () => {
  it.each([
    [Tag.StationName, "SH", "x".repeat(17)],
    [Tag.PatientSex, "CS", "female patient"],
    [Tag.StudyDate, "DA", "tomorrow"],
    [Tag.PatientAge, "AS", "x"],
    [Tag.StudyInstanceUID, "UI", "hello"],
    [Tag.PatientName, "PN", "a^b^c^d^e^f"],
    [Tag.PatientName, "PN", "\u001b[31m"],
    [Tag.StationName, "SH", "Zürich"],
  ] as const)("is refused where it cannot be written: %s %s", (tag, vr, value) => {
    const elements = [INSTANCE, { tag, vr, value: vr === "UI" ? "1.2" : "" }] as const;
    expect(() => pseudonymized(elements, { rules: [{ tag, value }] })).toThrow(
      expect.objectContaining({ code: "BAD_RULE" }),
    );
  });
});

describe("settings that are not understood", () => {
  it.each<[string, Record<string, unknown>]>([
    ["unlisted", { unlisted: "drop" }],
    ["a level", { descriptors: { level: "moderat" } }],
    ["pseudonyms", { patientPseudonyms: { kind: "random" } }],
    ["dates without their option", { modifiedDates: { kind: "keyed" } }],
    [
      "private elements without their option",
      {
        safePrivate: [{ creator: "A", group: 9, element: 1 }],
      },
    ],
    [
      "a kind of dates",
      {
        options: ["retainLongitudinalModifiedDates"],
        modifiedDates: { kind: "shift" },
      },
    ],
    [
      "a unit of dates",
      {
        options: ["retainLongitudinalModifiedDates"],
        modifiedDates: { kind: "truncated", to: "day" },
      },
    ],
  ])("are refused: %s", (_what, settings) => {
    expect(() =>
      createPseudonymization({ key: KEY, ...settings } as PseudonymizationOptions),
    ).toThrow(/expected|option/);
  });
});

describe("very many", () => {
  it("decisions are made and done", () => {
    const items = Array.from({ length: 140_000 }, () => [
      { tag: Tag.FrameReferenceDateTime, vr: "DT", value: "20240101" } as const,
    ]);
    const sequence: ElementInit = { tag: Tag.AnatomicRegionSequence, vr: "SQ", value: items };
    const { plan } = pseudonymized(fileOf(sequence));
    expect(plan.decisions.length).toBeGreaterThan(140_000);
  });

  it("words are cleaned", () => {
    const text = "c5 ".repeat(200_000);
    const comments: ElementInit = { tag: Tag.TextComments, vr: "LT", value: text };
    const { dataset } = pseudonymized(fileOf(comments), { options: ["cleanDescriptors"] });
    expect(dataset.elements.length).toBeGreaterThan(5);
  });

  // Each of them looked for its creator, or its character set, among all others: 20 s, once.
  it("private elements are looked through in time", () => {
    const headers = Array.from({ length: 50_000 }, (_, i) =>
      element(0x00110000 + 0x10000 * 2 * Math.floor(i / 200) + 0x1000 + (i % 200), "CS", ""),
    );
    const input = rawFile(bytesOf(element(Tag.SOPInstanceUID, "UI", "1.2.3\0"), ...headers));
    const start = process.cpuUsage();
    const { dataset } = pseudonymized(input, { options: ["retainSafePrivate"] });
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(5);
    expect(dataset.elements.some(({ tag }) => tag >>> 16 === 0x0011)).toBe(false);
  });
});
