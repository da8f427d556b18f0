/**
 * Every row of Table E.1-1 under every option, at the top of a file and in an item of a sequence that stays. What has to come
 * out is told by the table as the standard prints it (`data/`), not by the rules that are made of it.
 */
import {
  type DataElement,
  type Dataset,
  type ElementInit,
  findElement,
  formatTag,
  joinSegments,
  readFile,
  readStrings,
  readText,
  type VR,
  viewBytes,
  writeDataset,
  writeFile,
} from "@dsail/dicom-core";
import { lookupTag, vrOfTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import type { TableOption } from "../src/action.js";
import { applyPlan } from "../src/apply.js";
import { isPseudonymizerError } from "../src/errors.js";
import { planFile } from "../src/plan.js";
import { createPseudonymization, type Pseudonymization } from "../src/pseudonymization.js";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { canaryOf, holds } from "./canary.js";
import { KEY } from "./keys.js";
import { readStandardTable } from "./standard-tables.js";

/** The options by the columns of the table, with their codes in CID 7050 (PS3.16 2026c). */
const COLUMNS: readonly (readonly [column: string, option: TableOption, code: string])[] = [
  ["rtnSafePrivOpt", "retainSafePrivate", "113111"],
  ["rtnUIDsOpt", "retainUids", "113110"],
  ["rtnDevIdOpt", "retainDeviceIdentity", "113109"],
  ["rtnInstIdOpt", "retainInstitutionIdentity", "113112"],
  ["rtnPatCharsOpt", "retainPatientCharacteristics", "113108"],
  ["rtnLongFullDatesOpt", "retainLongitudinalFullDates", "113106"],
  ["rtnLongModifDatesOpt", "retainLongitudinalModifiedDates", "113107"],
  ["cleanDescOpt", "cleanDescriptors", "113105"],
  ["cleanStructContOpt", "cleanStructuredContent", "113104"],
  ["cleanGraphOpt", "cleanGraphics", "113103"],
];

const OPTIONS: readonly TableOption[] = COLUMNS.map(([, option]) => option);

/** As many options as go together. */
const ALL_LEGAL: readonly (readonly TableOption[])[] = [
  OPTIONS.filter((option) => option !== "retainLongitudinalFullDates"),
  OPTIONS.filter((option) => option !== "retainLongitudinalModifiedDates"),
];

/** Commands, meta information, directories, curves, overlays, signatures, padding: they go, whatever an option says. */
const isGroupRemoved = (tag: number) =>
  [0x0000, 0x0002, 0x0004, 0xfffa, 0xfffc].includes(tag >>> 16) ||
  [0x5000, 0x6000].includes((tag >>> 16) & 0xff00);

/** Rows that the dictionary does not know. */
const YOUNGER: ReadonlyMap<number, VR> = new Map([
  [0x00001000, "UI"],
  [0x00001001, "UI"],
  [0x0040e012, "UR"],
]);

/** A row, and an element that shows what becomes of it. */
interface Row {
  readonly name: string;
  readonly tag: number;
  readonly vr: VR;
  /** The letters in the columns that have any. */
  readonly asked: ReadonlyMap<TableOption, "K" | "C">;
  readonly element: ElementInit;
  /** Text that stands nowhere else in the file, and is to go where the row says so. */
  readonly canary: string;
}

/** In no list of words. */
const UNKNOWN_WORD = "qwyzzk";
const SAFE_WORD = "brain";

/** Texts with a word that stays where they are cleaned; of no more than 16 characters, for SH and AE. */
const TEXTS: { readonly [vr in VR]?: string } = {
  AE: `${SAFE_WORD} ${UNKNOWN_WORD}`,
  LO: `${SAFE_WORD} ${UNKNOWN_WORD}`,
  LT: `${SAFE_WORD} ${UNKNOWN_WORD}`,
  SH: `${SAFE_WORD} ${UNKNOWN_WORD}`,
  ST: `${SAFE_WORD} ${UNKNOWN_WORD}`,
  UC: `${SAFE_WORD} ${UNKNOWN_WORD}`,
  UT: `${SAFE_WORD} ${UNKNOWN_WORD}`,
};

const NAME = "Canary^Carol";

/** Of a sequence, two items: one with a name and a number that no rule is about, one with a code that a hospital made. */
function sequenceOf(tag: number): ElementInit {
  const named: ElementInit[] = [
    { tag: Tag.PatientName, vr: "PN", value: NAME },
    { tag: Tag.Rows, vr: "US", value: 4711 },
  ];
  const code: ElementInit[] = [
    { tag: Tag.CodeValue, vr: "SH", value: UNKNOWN_WORD },
    { tag: Tag.CodingSchemeDesignator, vr: "SH", value: "99HOSPITAL" },
    { tag: Tag.CodeMeaning, vr: "LO", value: UNKNOWN_WORD },
  ];
  return { tag, vr: "SQ", value: [named, code] };
}

function elementOfRow(tag: number, vr: VR): [ElementInit, canary: string] {
  if (vr === "SQ") return [sequenceOf(tag), NAME];
  // Type C of the option for modified dates is about whole days, which leave a time zone as it is.
  const own = tag === Tag.TimezoneOffsetFromUTC ? "+0137" : TEXTS[vr];
  if (own !== undefined) return [{ tag, vr, value: own }, own.replace(`${SAFE_WORD} `, "")];
  const element = canaryOf(tag, vr);
  const { value } = element;
  return [
    element,
    typeof value === "string" ? value : Buffer.from(value as Uint8Array).toString("latin1"),
  ];
}

/** The rows with a tag of their own: all but the private ones, and with one tag for those of repeating groups. */
function readRows(): readonly Row[] {
  const rows: Row[] = [];
  for (const fields of readStandardTable("ps3.15-2026c-table-E.1-1.csv")) {
    const text = fields.get("tag") ?? "";
    const digits = text.replace("(50xx,xxxx)", "(5000,0005)").replace("(60xx", "(6000");
    const match = /^\(([0-9A-F]{4}),([0-9A-F]{4})\)$/.exec(digits);
    if (match === null) continue;
    const tag = Number.parseInt(`${match[1]}${match[2]}`, 16);
    const known = vrOfTag(tag) ?? YOUNGER.get(tag);
    const vr: VR = known === "OB or OW" ? "OW" : (known as VR);
    const asked = COLUMNS.flatMap(([column, option]) => {
      const letter = fields.get(column);
      return letter === "K" || letter === "C" ? [[option, letter] as const] : [];
    });
    const [element, canary] = elementOfRow(tag, vr);
    rows.push({
      name: `${formatTag(tag)} ${lookupTag(tag)?.name ?? ""} (${fields.get("basicProfile")})`,
      tag,
      vr,
      asked: new Map(asked),
      element,
      canary,
    });
  }
  return rows;
}

const ROWS = readRows();

/** A sequence that no row names, and that stays. */
const HOLDER = Tag.AnatomicRegionSequence;

type Level = "top" | "nested";

const BARE: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.4" },
  { tag: Tag.PatientID, vr: "LO", value: "4712" },
];

function fileOf({ element }: Row, level: Level): Uint8Array {
  if (level === "nested") {
    return writeFile([...BARE, { tag: HOLDER, vr: "SQ", value: [[], [element]] }]);
  }
  const file = writeFile([...BARE.filter(({ tag }) => tag !== element.tag), element]);
  // The writer makes group 0002 itself: here it stands where it does not belong.
  return element.tag >>> 16 === 2 ? Buffer.concat([file, rawElement(element)]) : file;
}

/** An element as bytes, by way of an item, in which the writer takes any group. */
function rawElement(element: ElementInit): Uint8Array {
  const HEADERS = 12 + 8; // of the sequence and of its item
  return writeDataset([{ tag: HOLDER, vr: "SQ", value: [[element]] }]).subarray(HEADERS);
}

function pseudonymized(bytes: Uint8Array, pseudonymization: Pseudonymization): Uint8Array {
  const file = readFile(bytes);
  return joinSegments(applyPlan(file, planFile(file, pseudonymization)), file.source);
}

function pseudonymizationWith(...options: readonly TableOption[]): Pseudonymization {
  const descriptors = { words: [SAFE_WORD] };
  return createPseudonymization({ key: KEY, options, descriptors });
}

/** The attribute of a row, where the file has it. */
interface Found {
  readonly dataset: Dataset;
  readonly element: DataElement;
}

function find(bytes: Uint8Array, { tag }: Row, level: Level): Found | undefined {
  const { dataset } = readFile(bytes);
  const holder = level === "nested" ? findElement(dataset, HOLDER)?.items?.[1] : dataset;
  if (holder === undefined) throw new Error("the sequence around it is gone");
  const element = findElement(holder, tag);
  return element === undefined ? undefined : { dataset: holder, element };
}

const bytesOfValue = ({ dataset, element }: Found) =>
  Buffer.from(viewBytes(dataset.source, element.valueOffset, element.valueLength));

const textOf = ({ dataset, element }: Found) => readText(dataset, element) ?? "";

/** VR and bytes, to be compared. */
const described = (found: Found | undefined) =>
  found === undefined ? "absent" : `${found.element.vr} ${bytesOfValue(found).toString("latin1")}`;

const utc = (date: string) =>
  Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));

/** The days from the first date to the second, each as DA or DT has it. */
const daysBetween = (before: string, after: string) => (utc(after) - utc(before)) / 86_400_000;

/** How many rows an option keeps: as many as have a K, but for four of retainUids in groups that go. */
const KEPT: { readonly [option in TableOption]?: number } = {
  retainUids: 56,
  retainDeviceIdentity: 48,
  retainInstitutionIdentity: 10,
  retainPatientCharacteristics: 14,
  retainLongitudinalFullDates: 169,
};

describe("the table", () => {
  it("has a row for each tag of the standard's, and letters in all ten columns", () => {
    // 656 rows, but that of private attributes.
    expect(ROWS.length).toBe(655);
    const letters = new Map(OPTIONS.map((option) => [option, { K: 0, C: 0 }]));
    for (const { asked } of ROWS) {
      for (const [option, letter] of asked) letters.get(option)![letter]++;
    }
    // Counted with the command line: cut -d, -f… | sort | uniq -c.
    expect(Object.fromEntries(letters)).toEqual({
      retainSafePrivate: { K: 0, C: 0 }, // its one letter is that of private attributes
      retainUids: { K: 60, C: 0 },
      retainDeviceIdentity: { K: 48, C: 11 },
      retainInstitutionIdentity: { K: 10, C: 0 },
      retainPatientCharacteristics: { K: 14, C: 5 },
      retainLongitudinalFullDates: { K: 169, C: 0 },
      retainLongitudinalModifiedDates: { K: 0, C: 169 },
      cleanDescriptors: { K: 0, C: 140 },
      cleanStructuredContent: { K: 0, C: 4 },
      cleanGraphics: { K: 0, C: 4 },
    });
  });
});

/**
 * Rows that an option treats otherwise than its column says, and why. What they do is tested below.
 *
 * (0040,A124) and (0400,0100) have no letter under Retain UIDs, but what they name is not renamed. (0070,0006) is the text of
 * graphics, but its letter is in the column of descriptors.
 */
const DEPARTURES: readonly (readonly [option: TableOption, tags: readonly number[]])[] = [
  ["retainUids", [Tag.UID, Tag.DigitalSignatureUID]],
  ["cleanGraphics", [Tag.UnformattedTextValue]],
];

/** Whether a row is of those that are tested by themselves. */
function isException({ tag }: Row, options: readonly TableOption[]): boolean {
  return DEPARTURES.some(([option, tags]) => options.includes(option) && tags.includes(tag));
}

/** What an option makes of a row: where it is both cleaned and kept, it is cleaned. */
function letterOf({ tag, asked }: Row, options: readonly TableOption[]): "C" | "K" | undefined {
  if (isGroupRemoved(tag)) return undefined;
  const letters = options.map((option) => asked.get(option));
  return letters.includes("C") ? "C" : letters.includes("K") ? "K" : undefined;
}

/** A row before and after, and what the Basic Profile alone makes of it. */
interface Outcome {
  readonly row: Row;
  readonly before: Found;
  readonly after: Found | undefined;
  readonly underBasic: string;
  /** Whether a text is left anywhere in the file. */
  readonly holds: (text: string) => boolean;
}

/** What is wrong with the outcome of a row; nothing if it is right. */
function complaintsOf(outcome: Outcome, letter: "C" | "K" | undefined): readonly string[] {
  const { row, after } = outcome;
  if (isGroupRemoved(row.tag)) return after === undefined ? [] : ["its group is still there"];
  // Whatever stays of a sequence, the rules are for what is in it, too.
  if (row.vr === "SQ" && outcome.holds(NAME)) return ["the name in it is still there"];
  switch (letter) {
    case "K":
      return complaintsOfKept(outcome);
    case "C":
      return complaintsOfCleaned(outcome);
    case undefined:
      return complaintsOfBasic(outcome);
  }
}

function complaintsOfBasic({ row, after, underBasic, holds }: Outcome): readonly string[] {
  if (holds(row.canary)) return ["its value is still there"];
  return described(after) === underBasic ? [] : ["it is not as under the Basic Profile alone"];
}

function complaintsOfKept({ row, before, after, holds }: Outcome): readonly string[] {
  if (after === undefined) return ["it is gone"];
  if (row.vr === "SQ") return complaintsOfWalked(after);
  if (described(after) !== described(before)) return ["it has changed"];
  return holds(row.canary) ? [] : ["its value is not found in the bytes"];
}

function complaintsOfCleaned(outcome: Outcome): readonly string[] {
  const { row, before, after, holds } = outcome;
  if (row.vr === "SQ") {
    if (after === undefined) return ["it is gone"];
    const code = CONTENT_SEQUENCES.has(row.tag) ? "" : UNKNOWN_WORD;
    return code !== "" && holds(code)
      ? ["a code of a hospital's is left"]
      : complaintsOfWalked(after);
  }
  if (row.vr === "TM" || row.tag === Tag.TimezoneOffsetFromUTC) {
    return described(after) === described(before) ? [] : ["the time has changed"];
  }
  if (row.vr !== "DA" && row.vr !== "DT" && !(row.vr in TEXTS)) return complaintsOfBasic(outcome);
  if (holds(row.canary)) return ["its value is still there"];
  if (after === undefined) return ["it is gone"];
  const [was, is] = [before, after].map(textOf) as [string, string];
  if (row.vr in TEXTS) return is === SAFE_WORD ? [] : ["not just the safe word is left"];
  const moved = daysBetween(was, is);
  if (!(moved < 0 && moved >= -3650)) return ["it has not moved by 1 to 3650 days into the past"];
  return is.slice(8) === was.slice(8) ? [] : ["the time of day has changed"];
}

/** Sequences of content items: their codes are names of concepts, of which only the meanings are cleaned. */
const CONTENT_SEQUENCES: ReadonlySet<number> = new Set([
  Tag.AcquisitionContextSequence,
  Tag.ContentSequence,
]);

/** A sequence that stays, with its two items and what no rule is about. */
function complaintsOfWalked({ element }: Found): readonly string[] {
  const [first, second] = element.items ?? [];
  if (first === undefined || second === undefined) return ["an item is gone"];
  return findElement(first, Tag.Rows) === undefined ? ["its items are not as they were"] : [];
}

/** What comes of every row with some options. */
interface Checked {
  readonly complaints: readonly string[];
  /** How many rows were to be kept. */
  readonly kept: number;
  /** By how many days dates have moved. */
  readonly days: ReadonlySet<number>;
}

function checkRows(
  options: readonly TableOption[],
  level: Level,
  rows: readonly Row[] = ROWS.filter((row) => !isException(row, options)),
): Checked {
  const pseudonymization = pseudonymizationWith(...options);
  const complaints: string[] = [];
  const days = new Set<number>();
  let kept = 0;
  for (const row of rows) {
    const input = fileOf(row, level);
    const output = pseudonymized(input, pseudonymization);
    const before = find(input, row, level);
    if (before === undefined || !holds(input, row.canary)) throw new Error(`no ${row.name}`);
    const after = find(output, row, level);
    const letter = letterOf(row, options);
    if (letter === "K") kept++;
    if (letter === "C" && after !== undefined && (row.vr === "DA" || row.vr === "DT")) {
      days.add(daysBetween(textOf(before), textOf(after)));
    }
    const underBasic = described(find(basicOutput(row, level), row, level));
    const outcome = {
      row,
      before,
      after,
      underBasic,
      holds: (text: string) => holds(output, text),
    };
    for (const complaint of complaintsOf(outcome, letter)) {
      complaints.push(`${row.name}, ${letter ?? "no letter"}: ${complaint}`);
    }
  }
  return { complaints, kept, days };
}

/** By level and row. */
const basicOutputs = new Map<string, Uint8Array>();
const basic = pseudonymizationWith();

function basicOutput(row: Row, level: Level): Uint8Array {
  const key = `${level} ${row.name}`;
  let output = basicOutputs.get(key);
  if (output === undefined) {
    output = pseudonymized(fileOf(row, level), basic);
    basicOutputs.set(key, output);
  }
  return output;
}

/** The rows of an exception. */
const rowsOf = (tags: readonly number[]) => ROWS.filter(({ tag }) => tags.includes(tag));

for (const level of ["top", "nested"] as const) {
  describe(`every row of Table E.1-1, ${level === "top" ? "at the top" : "in an item"}`, () => {
    it("loses its value under the Basic Profile alone", () => {
      expect(checkRows([], level)).toEqual({ complaints: [], kept: 0, days: new Set() });
    });

    it.each(OPTIONS)("comes out as its column says under %s", (option) => {
      const { complaints, kept, days } = checkRows([option], level);
      expect(complaints).toEqual([]);
      expect(kept).toBe(KEPT[option] ?? 0);
      // All by the same.
      expect(days.size).toBe(option === "retainLongitudinalModifiedDates" ? 1 : 0);
    });

    it.each([
      [["retainDeviceIdentity", "retainLongitudinalModifiedDates"]],
      [["retainPatientCharacteristics", "cleanDescriptors"]],
      [["retainUids", "retainDeviceIdentity", "retainLongitudinalFullDates"]],
      [["cleanDescriptors", "cleanGraphics", "cleanStructuredContent"]],
      ...ALL_LEGAL.map((options) => [options]),
    ] as (readonly TableOption[])[][])("is cleaned rather than kept under %j", (options) => {
      expect(checkRows(options, level).complaints).toEqual([]);
    });

    it("keeps under retainUids also the UIDs for which the column has no letter", () => {
      for (const row of rowsOf([Tag.UID, Tag.DigitalSignatureUID])) {
        const output = pseudonymized(fileOf(row, level), pseudonymizationWith("retainUids"));
        expect(holds(output, row.canary), row.name).toBe(true);
        expect(holds(basicOutput(row, level), row.canary), row.name).toBe(false);
      }
    });

    it("cleans the text of graphics under cleanGraphics as under cleanDescriptors", () => {
      const [row] = rowsOf([Tag.UnformattedTextValue]);
      const outputs = (["cleanGraphics", "cleanDescriptors"] as const).map((option) =>
        find(pseudonymized(fileOf(row!, level), pseudonymizationWith(option)), row!, level),
      );
      expect(outputs.map((found) => textOf(found!))).toEqual([SAFE_WORD, SAFE_WORD]);
    });

    // An item without a code value is not taken for a code, and no row names its meaning.
    it("leaves no name in a code that is cleaned but has a meaning alone", () => {
      const meaning = [{ tag: Tag.CodeMeaning, vr: "LO", value: `${UNKNOWN_WORD} 4712` } as const];
      const rows = ROWS.filter(
        ({ vr, asked }) => vr === "SQ" && asked.get("cleanDescriptors") === "C",
      );
      expect(rows.length).toBe(9);
      const left = rows.filter((row) => {
        const input = fileOf(
          { ...row, element: { tag: row.tag, vr: "SQ", value: [meaning] } },
          level,
        );
        if (holds(pseudonymized(input, basic), UNKNOWN_WORD))
          throw new Error("left without the option");
        return holds(pseudonymized(input, pseudonymizationWith("cleanDescriptors")), UNKNOWN_WORD);
      });
      expect(left.map(({ name }) => name)).toEqual([]);
    });

    it("goes under every option if it is private and nobody knows it", () => {
      const creator: ElementInit = { tag: 0x00190010, vr: "LO", value: "QWYZZK" };
      const element: ElementInit = { tag: 0x00191001, vr: "LO", value: NAME };
      const elements =
        level === "top"
          ? [creator, element]
          : [{ tag: HOLDER, vr: "SQ", value: [[creator, element]] } as const];
      const input = writeFile([...BARE, ...elements]);
      expect(holds(input, NAME) && holds(input, "QWYZZK")).toBe(true);
      for (const options of [...OPTIONS.map((option) => [option]), ...ALL_LEGAL]) {
        const output = pseudonymized(input, pseudonymizationWith(...options));
        expect(holds(output, NAME) || holds(output, "QWYZZK"), options.join()).toBe(false);
      }
    });
  });
}

describe("what is written down", () => {
  const METHOD = "D-SAIL: PS3.15 2026c Basic Profile, keyed pseudonyms";
  const meanings = new Map(
    readStandardTable("cid7050.csv").map((row) => [row.get("codeValue"), row.get("codeMeaning")]),
  );

  const written = (options: readonly TableOption[], ...elements: readonly ElementInit[]) =>
    readFile(createPseudonymizer({ key: KEY, options })(writeFile([...BARE, ...elements]))).dataset;

  const methods = (dataset: Dataset) => readStrings(dataset, Tag.DeidentificationMethod);

  const codes = (dataset: Dataset) =>
    findElement(dataset, Tag.DeidentificationMethodCodeSequence)?.items?.map((item) =>
      [Tag.CodeValue, Tag.CodingSchemeDesignator, Tag.CodeMeaning].map((tag) =>
        readText(item, tag),
      ),
    );

  const expectedCodes = (options: readonly TableOption[]) =>
    ["113100", ...codesOf(options)].map((code) => [code, "DCM", meanings.get(code)]);

  /** In the order of their numbers, as CID 7050 has them. */
  const codesOf = (options: readonly TableOption[]) =>
    COLUMNS.flatMap(([, option, code]) => (options.includes(option) ? [code] : [])).sort();

  const cases = [[], ...OPTIONS.map((option) => [option]), ...ALL_LEGAL].map((options) => [
    options,
  ]);

  it.each(cases)("has a code, and a method, for each option of %j", (options) => {
    const dataset = written(options);
    expect(codes(dataset)).toEqual(expectedCodes(options));
    expect(methods(dataset)).toEqual([
      METHOD,
      ...codesOf(options).map((code) => meanings.get(code)),
    ]);
    for (const method of methods(dataset)) expect(method.length).toBeLessThanOrEqual(64);
    // VM is 1-n, but the length of an LO element has 16 bits.
    expect(methods(dataset).join("\\").length).toBeLessThan(0xfffe);
    expect(readStrings(dataset, Tag.PatientIdentityRemoved)).toEqual(["YES"]);
  });

  it.each(cases)("says in (0028,0303) what has become of dates, under %j", (options) => {
    const expected = options.includes("retainLongitudinalFullDates")
      ? "UNMODIFIED"
      : options.includes("retainLongitudinalModifiedDates")
        ? "MODIFIED"
        : "REMOVED";
    const earlier: ElementInit = {
      tag: Tag.LongitudinalTemporalInformationModified,
      vr: "CS",
      value: expected === "REMOVED" ? "UNMODIFIED" : "REMOVED",
    };
    for (const elements of [[], [earlier]]) {
      const dataset = written(options, ...elements);
      expect(readStrings(dataset, Tag.LongitudinalTemporalInformationModified)).toEqual([expected]);
    }
  });

  it.each(cases)("keeps earlier methods, but those that name the patient, under %j", (options) => {
    const dataset = written(
      options,
      { tag: Tag.PatientName, vr: "PN", value: "Doe^Jane" },
      {
        tag: Tag.DeidentificationMethod,
        vr: "LO",
        value: ["first tool", "by JANE herself", "of 4712", "second tool"],
      },
    );
    expect(methods(dataset).slice(0, 3)).toEqual(["first tool", "second tool", METHOD]);
    expect(methods(dataset).length).toBe(3 + options.length);
  });

  it("says the same after being done twice", () => {
    for (const [options = []] of cases) {
      const pseudonymize = createPseudonymizer({ key: KEY, options });
      const once = pseudonymize(writeFile(BARE));
      const [first, second] = [once, pseudonymize(once)].map((bytes) => readFile(bytes).dataset);
      expect(methods(second!)).toEqual(methods(first!));
      expect(codes(second!)).toEqual(codes(first!));
    }
  });
});

describe("options that do not go together", () => {
  const codeOf = (options: readonly string[]): string | undefined => {
    try {
      createPseudonymization({ key: KEY, options: options as TableOption[] });
      return undefined;
    } catch (error) {
      return isPseudonymizerError(error) ? error.code : "another error";
    }
  };

  it("are refused", () => {
    expect(codeOf(["retainLongitudinalFullDates", "retainLongitudinalModifiedDates"])).toBe(
      "BAD_OPTION",
    );
    expect(codeOf(OPTIONS)).toBe("BAD_OPTION");
  });

  it("are refused if nobody offers them", () => {
    expect(codeOf(["cleanPixelData"])).toBe("BAD_OPTION");
    expect(codeOf(["retainEverything"])).toBe("BAD_OPTION");
    expect(codeOf([""])).toBe("BAD_OPTION");
  });

  it("are no other two, three or more of the ten", () => {
    for (let bits = 0; bits < 2 ** OPTIONS.length; bits++) {
      const options = OPTIONS.filter((_, i) => (bits & (2 ** i)) !== 0);
      const both =
        options.includes("retainLongitudinalFullDates") &&
        options.includes("retainLongitudinalModifiedDates");
      expect(codeOf(options), options.join()).toBe(both ? "BAD_OPTION" : undefined);
    }
  });
});
