/**
 * The Retain Longitudinal Temporal Information With Modified Dates Option (PS3.15 E.3.6) on whole files: a study of four
 * modalities, whose dates stand at the top, in functional groups, in sequences and in content items.
 */
import {
  type Dataset,
  type ElementInit,
  findElement,
  formatTag,
  readFile,
  readStrings,
  readText,
  type VR,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import type { TableOption } from "../src/action.js";
import { isPseudonymizerError } from "../src/errors.js";
import type { ModifiedDates } from "../src/modified-dates.js";
import { planFile } from "../src/plan.js";
import { createPseudonymization } from "../src/pseudonymization.js";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { holds } from "./canary.js";
import { KEY, OTHER_KEY } from "./keys.js";

/** The days of patient `PAT-1` under KEY, as another program computes them: see `src/modified-dates.test.ts`. */
const DAYS_OF_PAT_1 = -1300;

type Elements = readonly ElementInit[];

const at = (tag: number, vr: VR, value: ElementInit["value"]): ElementInit => ({ tag, vr, value });
const sequence = (tag: number, ...items: readonly Elements[]) => at(tag, "SQ", items);

/** What is the same in all instances of the study. */
const patientAndStudy = (patientId: string): Elements => [
  at(Tag.PatientName, "PN", "Canary^Carol"),
  at(Tag.PatientID, "LO", patientId),
  at(Tag.PatientBirthDate, "DA", "19640229"),
  at(Tag.PatientBirthTime, "TM", "0405"),
  at(Tag.PatientSex, "CS", "F"),
  at(Tag.PatientAge, "AS", "060Y"),
  at(Tag.StudyInstanceUID, "UI", "1.2.3.1"),
  at(Tag.StudyDate, "DA", "20240229"),
  at(Tag.StudyTime, "TM", "101112.5"),
  at(Tag.TimezoneOffsetFromUTC, "SH", "+0137"),
];

const instance = (sopClass: string, modality: string, number: number): Elements => [
  at(Tag.SOPClassUID, "UI", `1.2.840.10008.5.1.4.1.1.${sopClass}`),
  at(Tag.SOPInstanceUID, "UI", `1.2.3.1.${number}`),
  at(Tag.SeriesInstanceUID, "UI", `1.2.3.1.${number}.0`),
  at(Tag.Modality, "CS", modality),
  at(Tag.SeriesDate, "DA", "20240229"),
  at(Tag.SeriesTime, "TM", `1${number}0000`),
  at(Tag.ContentDate, "DA", "20240301"),
  at(Tag.ContentTime, "TM", "000001.000001"),
];

const ct = (patientId: string): Elements => [
  ...patientAndStudy(patientId),
  ...instance("2", "CT", 1),
  at(Tag.AcquisitionDate, "DA", "20240229"),
  at(Tag.AcquisitionTime, "TM", "235959.999999"),
  at(Tag.AcquisitionDateTime, "DT", "20240229235959.999999+0137"),
  at(Tag.DateOfLastCalibration, "DA", ["20231231", "20240101"]),
  at(Tag.TimeOfLastCalibration, "TM", ["10", "1112"]),
  // No row names the sequence, but the dates in it.
  sequence(Tag.AnatomicRegionSequence, [
    at(Tag.ScheduledProcedureStepStartDate, "DA", "20240228"),
    sequence(Tag.AnatomicRegionModifierSequence, [at(Tag.InstanceCreationDate, "DA", "20240227")]),
  ]),
];

const enhancedMr = (patientId: string): Elements => [
  ...patientAndStudy(patientId),
  ...instance("4.1", "MR", 2),
  at(Tag.AcquisitionDateTime, "DT", "20240229101500"),
  sequence(
    Tag.PerFrameFunctionalGroupsSequence,
    ...["20240229101500.1-0330", "20240301", "202403", "2024"].map((moment) => [
      sequence(Tag.FrameContentSequence, [
        at(Tag.FrameAcquisitionDateTime, "DT", moment),
        at(Tag.FrameReferenceDateTime, "DT", moment),
      ]),
    ]),
  ),
];

const pet = (patientId: string): Elements => [
  ...patientAndStudy(patientId),
  ...instance("128", "PT", 3),
  sequence(Tag.RadiopharmaceuticalInformationSequence, [
    at(Tag.RadiopharmaceuticalStartTime, "TM", "0915"),
    at(Tag.RadiopharmaceuticalStartDateTime, "DT", "20240229091500+0100"),
    at(Tag.RadiopharmaceuticalStopDateTime, "DT", "20240229091600+0100"),
  ]),
];

const code = (value: string, scheme: string): Elements => [
  at(Tag.CodeValue, "SH", value),
  at(Tag.CodingSchemeDesignator, "SH", scheme),
  at(Tag.CodeMeaning, "LO", "brain"),
];

const contentItem = (
  valueType: string,
  [value, scheme]: readonly [string, string],
  ...elements: Elements
): Elements => [
  at(Tag.RelationshipType, "CS", "CONTAINS"),
  at(Tag.ValueType, "CS", valueType),
  sequence(Tag.ConceptNameCodeSequence, code(value, scheme)),
  ...elements,
];

const report = (patientId: string): Elements => [
  ...patientAndStudy(patientId),
  ...instance("88.22", "SR", 4),
  at(Tag.ObservationDateTime, "DT", "20240302"),
  at(Tag.ValueType, "CS", "CONTAINER"),
  sequence(
    Tag.ContentSequence,
    // Two rows of Table E.3.4-1, and concepts that it does not name.
    contentItem("DATE", ["126201", "DCM"], at(Tag.Date, "DA", "20240229")),
    contentItem("DATETIME", ["111526", "DCM"], at(Tag.DateTime, "DT", "20240229101112-0500")),
    contentItem("DATETIME", ["99", "99HOSPITAL"], at(Tag.DateTime, "DT", "20240303")),
    contentItem("TIME", ["126202", "DCM"], at(Tag.Time, "TM", "101112")),
    contentItem(
      "CONTAINER",
      ["98", "99HOSPITAL"],
      at(Tag.ObservationDateTime, "DT", "20240304050607"),
      sequence(
        Tag.ContentSequence,
        contentItem("DATE", ["97", "99HOSPITAL"], at(Tag.Date, "DA", "20240305")),
      ),
    ),
  ),
];

const studyOf = (patientId: string) =>
  [ct, enhancedMr, pet, report].map((make) => writeFile(make(patientId)));
const STUDY = studyOf("PAT-1");

interface Settings {
  readonly key?: Uint8Array;
  readonly modifiedDates?: ModifiedDates;
  readonly options?: readonly TableOption[];
}

/** The option, and that which leaves content items in their places. */
const OPTIONS: readonly TableOption[] = [
  "retainLongitudinalModifiedDates",
  "retainDeviceIdentity",
  "cleanStructuredContent",
];

const pseudonymizer = ({ key = KEY, options = OPTIONS, ...rest }: Settings = {}) =>
  createPseudonymizer({ key, options, ...rest });

/** All dates and times of a data set, at any depth, by their places. */
function momentsOf(dataset: Dataset, place = ""): ReadonlyMap<string, readonly string[]> {
  const moments = new Map<string, readonly string[]>();
  for (const element of dataset.elements) {
    const here = `${place}${formatTag(element.tag)}`;
    if (element.vr === "DA" || element.vr === "DT" || element.vr === "TM") {
      moments.set(`${here} ${element.vr}`, readStrings(dataset, element));
    }
    element.items?.forEach((item, index) => {
      for (const [inner, values] of momentsOf(item, `${here}[${index}].`))
        moments.set(inner, values);
    });
  }
  return moments;
}

const isOfBirth = (place: string) => /^\(0010,003[02]\)/.test(place);

const utc = (text: string) =>
  Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6, 8)));

/** The days by which files have moved; fails if anything but days has changed. */
function daysMoved(
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
): ReadonlySet<number> {
  const days = new Set<number>();
  for (const [index, input] of inputs.entries()) {
    const before = momentsOf(readFile(input).dataset);
    const after = momentsOf(readFile(outputs[index] as Uint8Array).dataset);
    expect(before.size).toBeGreaterThan(8);
    for (const [place, values] of before) {
      if (isOfBirth(place)) continue;
      const moved = after.get(place);
      expect(moved?.length, place).toBe(values.length);
      values.forEach((value, i) => {
        const now = moved?.[i] ?? "";
        expect(now.length, place).toBe(value.length);
        if (place.endsWith("TM")) expect(now, place).toBe(value);
        else if (/^\d{8}/.test(value)) {
          expect(now.slice(8), place).toBe(value.slice(8));
          days.add((utc(now) - utc(value)) / 86_400_000);
        }
      });
    }
  }
  return days;
}

describe("the dates of a patient", () => {
  it("move by one number of days, in all modalities and at all depths", () => {
    expect(daysMoved(STUDY, STUDY.map(pseudonymizer()))).toEqual(new Set([DAYS_OF_PAT_1]));
    const places = STUDY.flatMap((input) => [...momentsOf(readFile(input).dataset).keys()]);
    // So many were looked at: the study is not an empty one.
    expect(places.length).toBe(58);
  });

  it("do not move without the option: they go", () => {
    const [output] = STUDY.map(pseudonymizer({ options: [] }));
    const { dataset } = readFile(output as Uint8Array);
    expect(readText(dataset, Tag.StudyDate) ?? "").toBe("");
    expect([...momentsOf(dataset).values()].flat().some((text) => text.startsWith("2024"))).toBe(
      false,
    );
  });

  it("come out the same in another process, and in another order", () => {
    const forth = STUDY.map(pseudonymizer());
    const back = [...STUDY].reverse().map(pseudonymizer()).reverse();
    const alone = STUDY.map((input) => pseudonymizer()(input));
    expect(back).toEqual(forth);
    expect(alone).toEqual(forth);
  });

  it("move by another number under another key, and for another patient", () => {
    const others = studyOf("PAT-2");
    const moved = [
      daysMoved(STUDY, STUDY.map(pseudonymizer())),
      daysMoved(STUDY, STUDY.map(pseudonymizer({ key: OTHER_KEY }))),
      daysMoved(others, others.map(pseudonymizer())),
    ];
    expect(moved.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(moved.flatMap((days) => [...days])).size).toBe(3);
  });

  it("move together where the files name no patient but are of one study", () => {
    const nameless = studyOf("");
    const days = daysMoved(nameless, nameless.map(pseudonymizer()));
    expect(days.size).toBe(1);
    expect(days).not.toEqual(new Set([DAYS_OF_PAT_1]));
  });

  it("move by what is fixed, or in the table", () => {
    const fixed: ModifiedDates = { kind: "fixed", days: 366 };
    expect(daysMoved(STUDY, STUDY.map(pseudonymizer({ modifiedDates: fixed })))).toEqual(
      new Set([366]),
    );
    const table: ModifiedDates = { kind: "table", days: new Map([["PAT-1", -1]]) };
    expect(daysMoved(STUDY, STUDY.map(pseudonymizer({ modifiedDates: table })))).toEqual(
      new Set([-1]),
    );
  });

  it("are not touched, and the file is refused, where the table lacks the patient", () => {
    const table: ModifiedDates = { kind: "table", days: new Map([["PAT-2", -4711]]) };
    const pseudonymize = pseudonymizer({ modifiedDates: table });
    for (const input of STUDY) {
      let caught: unknown;
      try {
        pseudonymize(input);
      } catch (error) {
        caught = error;
      }
      expect(isPseudonymizerError(caught) && caught.code).toBe("PATIENT_UNKNOWN");
      expect(`${String(caught)} ${JSON.stringify(caught)}`).not.toMatch(/PAT-|4711|2024/);
    }
  });

  it("are cut down to month or year wherever they stand, and times of day with them", () => {
    for (const [to, left] of [
      ["month", /^(?:\d{4}|\d{6}|\d{6}01|000000)$/],
      ["year", /^(?:\d{4}|\d{4}0101|000000)$/],
    ] as const) {
      const outputs = STUDY.map(pseudonymizer({ modifiedDates: { kind: "truncated", to } }));
      for (const [index, output] of outputs.entries()) {
        const before = momentsOf(readFile(STUDY[index] as Uint8Array).dataset);
        const after = momentsOf(readFile(output).dataset);
        for (const [place, values] of before) {
          if (isOfBirth(place)) continue;
          for (const [i, value] of (after.get(place) ?? [""]).entries()) {
            expect(value, place).toMatch(left);
            if (!place.endsWith("TM"))
              expect(value.slice(0, 4), place).toBe(values[i]?.slice(0, 4));
          }
        }
      }
    }
  });
});

describe("what goes with dates", () => {
  const outputWith = (settings: Settings) => readFile(pseudonymizer(settings)(STUDY[0]!)).dataset;

  it("is no birth date: it is emptied all the same", () => {
    for (const modifiedDates of [{ kind: "keyed" }, { kind: "truncated", to: "year" }] as const) {
      const dataset = outputWith({ modifiedDates });
      expect(findElement(dataset, Tag.PatientBirthDate)?.valueLength).toBe(0);
      expect(findElement(dataset, Tag.PatientBirthTime)).toBeUndefined();
    }
  });

  it("is the age, if Retain Patient Characteristics keeps it", () => {
    const options: TableOption[] = [
      "retainLongitudinalModifiedDates",
      "retainPatientCharacteristics",
    ];
    expect(readText(outputWith({ options }), Tag.PatientAge)).toBe("060Y");
    expect(findElement(outputWith({}), Tag.PatientAge)).toBeUndefined();
  });

  it("is the time zone where whole days are moved, but not where times are cut off", () => {
    const zone = (settings: Settings) => readText(outputWith(settings), Tag.TimezoneOffsetFromUTC);
    expect(zone({})).toBe("+0137");
    expect(zone({ modifiedDates: { kind: "fixed", days: 1 } })).toBe("+0137");
    expect(zone({ modifiedDates: { kind: "truncated", to: "month" } })).toBeUndefined();
    expect(zone({ modifiedDates: { kind: "truncated", to: "year" } })).toBeUndefined();
    expect(zone({ options: [] })).toBeUndefined();
    expect(zone({ options: ["retainLongitudinalFullDates"] })).toBe("+0137");
  });

  const withZone = (value: string) => {
    const others = ct("PAT-1").filter(({ tag }) => tag !== Tag.TimezoneOffsetFromUTC);
    return writeFile([...others, at(Tag.TimezoneOffsetFromUTC, "SH", value)]);
  };

  it.each(["Carol", "+01", "+0137 Carol", "Carol\\+0137", ""])(
    "is no text in the place of the time zone: %s",
    (value) => {
      expect(holds(withZone(value), value)).toBe(true);
      const { dataset } = readFile(pseudonymizer()(withZone(value)));
      expect(readText(dataset, Tag.TimezoneOffsetFromUTC) ?? "").toBe("");
    },
  );

  // Only the first value is looked at, and all are kept.
  it("is no text behind the time zone", () => {
    const { dataset } = readFile(pseudonymizer()(withZone("+0137\\Carol")));
    expect(readText(dataset, Tag.TimezoneOffsetFromUTC) ?? "").not.toMatch("Carol");
  });
});

describe("nonsense in the place of a date", () => {
  const NONSENSE = ["CANARY63", "00000000", "20230230", "2024-02-29", "6 Mai 64", "29.02.64"];

  const input = (tag: number, vr: VR, value: string) =>
    writeFile([...ct("PAT-1").filter((element) => element.tag !== tag), at(tag, vr, value)]);

  const plan = (bytes: Uint8Array) =>
    planFile(readFile(bytes), createPseudonymization({ key: KEY, options: OPTIONS }));

  it.each(NONSENSE)("goes, and is told of by its place: %s", (value) => {
    for (const [tag, vr] of [
      [Tag.StudyDate, "DA"], // Type 2
      [Tag.AcquisitionDate, "DA"], // Type 3
      [Tag.AcquisitionDateTime, "DT"],
      [Tag.StudyTime, "TM"],
    ] as const) {
      const bytes = input(tag, vr, value);
      expect(holds(bytes, value)).toBe(true);
      const { findings } = plan(bytes);
      expect(findings).toEqual([{ code: "BAD_DATE_REMOVED", at: formatTag(tag) }]);
      expect(holds(pseudonymizer()(bytes), value)).toBe(false);
    }
  });

  it("goes with what stands beside it, since nobody knows whose it is", () => {
    const bytes = input(Tag.DateOfLastCalibration, "DA", "20231231\\CANARY63");
    expect(plan(bytes).findings).toEqual([
      { code: "BAD_DATE_REMOVED", at: formatTag(Tag.DateOfLastCalibration) },
    ]);
    const output = pseudonymizer()(bytes);
    expect(holds(output, "CANARY63") || holds(output, "20231231")).toBe(false);
  });

  it("goes where the value would leave the calendar", () => {
    const bytes = input(Tag.AcquisitionDate, "DA", "00010101");
    expect(plan(bytes).findings.map(({ code: found }) => found)).toEqual(["BAD_DATE_REMOVED"]);
    expect(holds(pseudonymizer()(bytes), "00010101")).toBe(false);
  });

  it("goes from an item, too", () => {
    const bytes = writeFile([
      ...pet("PAT-1").filter(({ tag }) => tag !== Tag.RadiopharmaceuticalInformationSequence),
      sequence(Tag.RadiopharmaceuticalInformationSequence, [
        at(Tag.RadiopharmaceuticalStartDateTime, "DT", "CANARY63"),
      ]),
    ]);
    expect(plan(bytes).findings).toEqual([
      { code: "BAD_DATE_REMOVED", at: "(0054,0016)[0].(0018,1078)" },
    ]);
    expect(holds(pseudonymizer()(bytes), "CANARY63")).toBe(false);
  });

  it("is told of nowhere if there is none", () => {
    for (const bytes of STUDY) expect(plan(bytes).findings).toEqual([]);
    expect(plan(input(Tag.AcquisitionDate, "DA", "")).findings).toEqual([]);
  });
});
