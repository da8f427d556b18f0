/**
 * The Clean Structured Content Option (PS3.15 E.3.4): structured reports, acquisition context and specimen preparation. What
 * has to come of the concepts of Table E.3.4-1 is told by the table as the standard prints it (`data/`).
 */
import {
  type Dataset,
  type ElementInit,
  findElement,
  type Item,
  readFile,
  readNumbers,
  readStrings,
  readText,
  type VR,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import type { TableOption } from "../src/action.js";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { holds } from "./canary.js";
import { KEY } from "./keys.js";
import { readStandardTable } from "./standard-tables.js";

type Elements = readonly ElementInit[];

const at = (tag: number, vr: VR, value: ElementInit["value"]): ElementInit => ({ tag, vr, value });
const sequence = (tag: number, ...items: readonly Elements[]) => at(tag, "SQ", items);

const COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33";
const ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1";
const DX = "1.2.840.10008.5.1.4.1.1.1.1";

const bare = (sopClassUid: string): Elements => [
  at(Tag.SOPClassUID, "UI", sopClassUid),
  at(Tag.SOPInstanceUID, "UI", "1.2.3.4"),
  at(Tag.PatientName, "PN", "Doe^Jane"),
  at(Tag.PatientID, "LO", "ID-0815"),
];

const code = (value: string, scheme: string, meaning = "meaning"): Elements => [
  at(Tag.CodeValue, "SH", value),
  at(Tag.CodingSchemeDesignator, "SH", scheme),
  at(Tag.CodeMeaning, "LO", meaning),
];

type Concept = readonly [codeValue: string, scheme: string];

/** A concept that is in no table. */
const UNLISTED: Concept = ["0815", "99HOSPITAL"];

const itemOf = (valueType: string, [value, scheme]: Concept, ...elements: Elements): Elements => [
  at(Tag.RelationshipType, "CS", "CONTAINS"),
  at(Tag.ValueType, "CS", valueType),
  sequence(Tag.ConceptNameCodeSequence, code(value, scheme, "brain")),
  ...elements,
];

/** An item that no rule takes out. */
const NUMBER = itemOf(
  "NUM",
  ["103339001", "SCT"],
  sequence(Tag.MeasuredValueSequence, [
    at(Tag.NumericValue, "DS", "42.5"),
    sequence(Tag.MeasurementUnitsCodeSequence, code("mm", "UCUM")),
  ]),
);

const documentOf = (...items: readonly Elements[]) =>
  writeFile([
    ...bare(COMPREHENSIVE_SR),
    at(Tag.ValueType, "CS", "CONTAINER"),
    sequence(Tag.ConceptNameCodeSequence, code("126000", "DCM", "Imaging Measurement Report")),
    sequence(Tag.ContentSequence, ...items),
  ]);

const SAFE_WORD = "brain";

const pseudonymizer = (...options: readonly TableOption[]) =>
  createPseudonymizer({
    key: KEY,
    options: ["cleanStructuredContent", ...options],
    descriptors: { words: [SAFE_WORD] },
    ...(options.includes("retainLongitudinalModifiedDates")
      ? { modifiedDates: { kind: "fixed", days: -1 } as const }
      : {}),
  });

const pseudonymize = pseudonymizer();

const itemsOf = (dataset: Dataset, tag: number = Tag.ContentSequence): readonly Item[] =>
  findElement(dataset, tag)?.items ?? [];

/** The content items of the top level that come of a document. */
const contentOf = (output: Uint8Array) => {
  const { dataset, findings } = readFile(output);
  expect(findings).toEqual([]);
  return itemsOf(dataset);
};

const conceptOf = (item: Dataset) => {
  const [name] = itemsOf(item, Tag.ConceptNameCodeSequence);
  return name && [readText(name, Tag.CodeValue), readText(name, Tag.CodingSchemeDesignator)];
};

/** A value by its type: elements, and the text in them that is to be looked for. */
const VALUES: { readonly [valueType: string]: readonly [Elements, canary: string] } = {
  TEXT: [[at(Tag.TextValue, "UT", `${SAFE_WORD} qwyzzk`)], "qwyzzk"],
  PNAME: [[at(Tag.PersonName, "PN", "Canary^Carol")], "Carol"],
  DATE: [[at(Tag.Date, "DA", "19640229")], "19640229"],
  DATETIME: [[at(Tag.DateTime, "DT", "19640229112233.5+0100")], "19640229"],
  TIME: [[at(Tag.Time, "TM", "112233.445566")], "112233.445566"],
  UIDREF: [[at(Tag.UID, "UI", "1.2.826.77")], "1.2.826.77"],
  NUM: [
    [
      sequence(Tag.MeasuredValueSequence, [
        at(Tag.NumericValue, "DS", "314.159"),
        sequence(Tag.MeasurementUnitsCodeSequence, code("a", "UCUM")),
      ]),
    ],
    "314.159",
  ],
  CODE: [[sequence(Tag.ConceptCodeSequence, code("248152002", "SCT", "Female"))], "248152002"],
  CONTAINER: [
    [
      at(Tag.ContinuityOfContent, "CS", "SEPARATE"),
      sequence(
        Tag.ContentSequence,
        itemOf(
          "CODE",
          ["363698007", "SCT"],
          sequence(Tag.ConceptCodeSequence, code("4711", "SCT")),
        ),
      ),
    ],
    "4711",
  ],
  ...Object.fromEntries(
    ["COMPOSITE", "IMAGE", "WAVEFORM"].map((valueType) => [
      valueType,
      [
        [
          sequence(Tag.ReferencedSOPSequence, [
            at(Tag.ReferencedSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.7"),
            at(Tag.ReferencedSOPInstanceUID, "UI", "1.2.826.77"),
          ]),
        ],
        "1.2.826.77",
      ] as const,
    ]),
  ),
};

/** Columns of Table E.3.4-1. */
const COLUMNS: readonly (readonly [column: string, option: TableOption])[] = [
  ["Rtn. UIDs Opt.", "retainUids"],
  ["Rtn. Dev. Id. Opt.", "retainDeviceIdentity"],
  ["Rtn. Inst. Id. Opt.", "retainInstitutionIdentity"],
  ["Rtn. Pat. Chars. Opt.", "retainPatientCharacteristics"],
  ["Rtn. Long. Full Dates Opt.", "retainLongitudinalFullDates"],
  ["Rtn. Long. Modif. Dates Opt.", "retainLongitudinalModifiedDates"],
  ["Clean Desc. Opt.", "cleanDescriptors"],
];

interface Row {
  readonly name: string;
  readonly concept: Concept;
  readonly valueType: string;
  readonly basic: string;
  readonly asked: ReadonlyMap<TableOption, string>;
}

const ROWS: readonly Row[] = readStandardTable("ps3.15-2026c-table-E.3.4-1.csv").map((row) => {
  const concept: Concept = [row.get("Code Value") ?? "", row.get("Coding Scheme Designator") ?? ""];
  const valueType = row.get("Value Type") ?? "";
  const asked = COLUMNS.map(([column, option]) => [option, row.get(column) ?? ""] as const);
  return {
    name: `${row.get("Code Meaning")} (${concept.join(", ")}) ${valueType}`,
    concept,
    valueType,
    basic: row.get("Basic Prof.") ?? "",
    asked: new Map(asked.filter(([, letter]) => letter !== "")),
  };
});

/** The letter that decides: C before K, and the Basic Profile's if no option has one. */
function letterOf({ asked, basic }: Row, options: readonly TableOption[]): string {
  const letters = options.map((option) => asked.get(option));
  if (letters.includes("C")) return "C";
  return letters.includes("K") ? "K" : basic;
}

/** What is wrong with what comes of a row's item; nothing if it is right. */
function complaintsOf(
  row: Row,
  options: readonly TableOption[],
  isNested: boolean,
): readonly string[] {
  const [value, canary] = VALUES[row.valueType] as readonly [Elements, string];
  const item = itemOf(row.valueType, row.concept, ...value);
  const container = itemOf("CONTAINER", UNLISTED, sequence(Tag.ContentSequence, item, NUMBER));
  const input = isNested ? documentOf(container) : documentOf(item, NUMBER);
  const output = pseudonymizer(...options)(input);
  const top = contentOf(output);
  const items = isNested ? itemsOf(top[0] as Item) : top;
  const letter = letterOf(row, options);
  const name = `${row.name}, ${letter}`;
  if (!holds(input, canary) || !holds(input, "42.5")) return [`${name}: it is not in the input`];
  if (!holds(output, "42.5")) return [`${name}: the item beside it is gone`];
  const left = items.find((candidate) => conceptOf(candidate)?.join() === row.concept.join());
  if (letter === "X") {
    return left === undefined && items.length === 1 && !holds(output, canary)
      ? []
      : [`${name}: it stays`];
  }
  if (left === undefined || items.length !== 2) return [`${name}: it is gone`];
  if (letter === "K") return holds(output, canary) ? [] : [`${name}: its value is gone`];
  if (letter === "C" && row.valueType === "TIME") {
    return readText(left, Tag.Time) === canary ? [] : [`${name}: the time has changed`];
  }
  if (holds(output, canary)) return [`${name}: its value stays`];
  const expected = letter === "C" ? CLEANED[row.valueType] : DUMMIES[row.valueType];
  const found = TEXT_OF_TYPE[row.valueType]?.(left) ?? "";
  return expected?.test(found) === true ? [] : [`${name}: its value is ${found}`];
}

/** What is left by C. */
const CLEANED: { readonly [valueType: string]: RegExp } = {
  TEXT: new RegExp(`^${SAFE_WORD}$`),
  DATE: /^19640228$/,
  DATETIME: /^19640228112233\.5\+0100$/,
};

/** What is there after D: something legal, that says nothing. */
const DUMMIES: { readonly [valueType: string]: RegExp } = {
  TEXT: /^REMOVED$/,
  PNAME: /^REMOVED\^REMOVED$/,
  DATE: /^19000101$/,
  DATETIME: /^19000101/,
  TIME: /^000000$/,
  UIDREF: /^2\.25\.\d+$/,
  COMPOSITE: /^2\.25\.\d+$/,
  IMAGE: /^2\.25\.\d+$/,
  WAVEFORM: /^2\.25\.\d+$/,
};

const referenceOf = (item: Item) =>
  readText(itemsOf(item, Tag.ReferencedSOPSequence)[0] as Item, Tag.ReferencedSOPInstanceUID);

const TEXT_OF_TYPE: { readonly [valueType: string]: (item: Item) => string | undefined } = {
  TEXT: (item) => readText(item, Tag.TextValue),
  PNAME: (item) => readText(item, Tag.PersonName),
  DATE: (item) => readText(item, Tag.Date),
  DATETIME: (item) => readText(item, Tag.DateTime),
  TIME: (item) => readText(item, Tag.Time),
  UIDREF: (item) => readText(item, Tag.UID),
  COMPOSITE: referenceOf,
  IMAGE: referenceOf,
  WAVEFORM: referenceOf,
};

describe("a concept of Table E.3.4-1", () => {
  it("is read from the table of the standard", () => {
    expect(ROWS.length).toBe(214);
    expect(new Set(ROWS.map(({ valueType }) => valueType))).toEqual(
      new Set([
        "TEXT",
        "PNAME",
        "DATE",
        "DATETIME",
        "TIME",
        "UIDREF",
        "NUM",
        "CODE",
        "CONTAINER",
        "COMPOSITE",
        "IMAGE",
        "WAVEFORM",
      ]),
    );
    expect(new Set(ROWS.map(({ basic }) => basic))).toEqual(new Set(["D", "X", "X/D"]));
    expect(ROWS.filter(({ asked }) => asked.size > 0).length).toBeGreaterThan(100);
  });

  const combinations: readonly (readonly TableOption[])[] = [
    [],
    ...COLUMNS.map(([, option]) => [option]),
    ["retainDeviceIdentity", "cleanDescriptors"],
    ["retainUids", "retainDeviceIdentity", "retainLongitudinalFullDates"],
  ];

  it.each(combinations.map((options) => [options]))(
    "comes out as its columns say under %j",
    (options) => {
      // The table leaves it to the template whether an item of X/D may go: here it stays, as a dummy.
      const rows = ROWS.map((row) => (row.basic === "X/D" ? { ...row, basic: "D" } : row));
      expect(rows.flatMap((row) => complaintsOf(row, options, false))).toEqual([]);
      expect(rows.flatMap((row) => complaintsOf(row, options, true))).toEqual([]);
    },
  );

  it("is told by its code, scheme and value type together", () => {
    const text = (concept: Concept) =>
      contentOf(pseudonymize(documentOf(itemOf("TEXT", concept, ...VALUES["TEXT"]![0]), NUMBER)))
        .length;
    expect(text(["121030", "DCM"])).toBe(2); // Subject ID, X/D
    expect(text(["121022", "DCM"])).toBe(1); // Accession Number, X
    expect(text(["121022", "99DCM"])).toBe(2);
    expect(text(["121023", "DCM"])).toBe(2);
  });

  it("is the same with padding around its code", () => {
    const padded = itemOf("TEXT ", [" 121022 ", "DCM "], ...VALUES["TEXT"]![0]);
    expect(contentOf(pseudonymize(documentOf(padded, NUMBER))).length).toBe(1);
  });
});

describe("a concept that no table names", () => {
  const outputOf = (valueType: string, ...options: readonly TableOption[]) => {
    const [value, canary] = VALUES[valueType] as readonly [Elements, string];
    const input = documentOf(itemOf(valueType, UNLISTED, ...value));
    expect(holds(input, canary)).toBe(true);
    const output = pseudonymizer(...options)(input);
    const items = contentOf(output);
    expect(items.length).toBe(1);
    return { text: TEXT_OF_TYPE[valueType]?.(items[0] as Item), isLeft: holds(output, canary) };
  };

  it("has its text cleaned", () => {
    expect(outputOf("TEXT")).toEqual({ text: SAFE_WORD, isLeft: false });
  });

  it("has a dummy for a text of which nothing is left", () => {
    const input = documentOf(itemOf("TEXT", UNLISTED, at(Tag.TextValue, "UT", "Jane qwyzzk")));
    const output = pseudonymize(input);
    expect(readText(contentOf(output)[0] as Item, Tag.TextValue)).toBe("REMOVED");
    expect(holds(output, "Jane") || holds(output, "qwyzzk")).toBe(false);
  });

  it("has a dummy for a name, whatever is retained", () => {
    for (const options of [[], ["cleanDescriptors"], ["retainPatientCharacteristics"]] as const) {
      expect(outputOf("PNAME", ...options)).toEqual({ text: "REMOVED^REMOVED", isLeft: false });
    }
  });

  it("has its dates as the options for dates say", () => {
    const full = "retainLongitudinalFullDates";
    const modified = "retainLongitudinalModifiedDates";
    expect(outputOf("DATE")).toEqual({ text: "19000101", isLeft: false });
    expect(outputOf("DATE", full)).toEqual({ text: "19640229", isLeft: true });
    expect(outputOf("DATE", modified)).toEqual({ text: "19640228", isLeft: false });
    expect(outputOf("DATETIME").text).toMatch(/^19000101/);
    expect(outputOf("DATETIME", modified)).toEqual({
      text: "19640228112233.5+0100",
      isLeft: false,
    });
    expect(outputOf("TIME")).toEqual({ text: "000000", isLeft: false });
    expect(outputOf("TIME", modified).isLeft).toBe(true);
  });

  it("has its UIDs replaced, unless they are retained", () => {
    for (const valueType of ["UIDREF", "IMAGE", "COMPOSITE", "WAVEFORM"]) {
      expect(outputOf(valueType).text, valueType).toMatch(/^2\.25\./);
      expect(outputOf(valueType).isLeft, valueType).toBe(false);
      expect(outputOf(valueType, "retainUids").text, valueType).toBe("1.2.826.77");
    }
  });

  it("keeps numbers, and codes of standards", () => {
    for (const valueType of ["NUM", "CODE", "CONTAINER"]) {
      expect(outputOf(valueType).isLeft, valueType).toBe(true);
    }
    const input = documentOf(itemOf("SCOORD", UNLISTED, at(Tag.GraphicData, "FL", [1.5, 2.5])));
    const [item] = contentOf(pseudonymize(input));
    expect(readNumbers(item as Item, Tag.GraphicData)).toEqual([1.5, 2.5]);
  });
});

describe("a code", () => {
  const coded = (...elements: Elements) =>
    documentOf(itemOf("CODE", UNLISTED, sequence(Tag.ConceptCodeSequence, elements)));
  const codeLeft = (output: Uint8Array) => {
    const [left] = itemsOf(contentOf(output)[0] as Item, Tag.ConceptCodeSequence);
    return [Tag.CodeValue, Tag.CodingSchemeDesignator, Tag.CodeMeaning].map((tag) =>
      readText(left as Item, tag),
    );
  };

  it("of a hospital is replaced, with its meaning", () => {
    for (const scheme of ["99HOSPITAL", "99DSAIL", "L", "sct", "SCT2"]) {
      const output = pseudonymize(coded(...code("0815", scheme, "Ward of Dr. Qwyzzk")));
      expect(codeLeft(output)).toEqual(["REMOVED", "99DSAIL", "REMOVED"]);
      expect(holds(output, "Qwyzzk")).toBe(false);
    }
  });

  it("of no scheme is replaced", () => {
    const output = pseudonymize(
      coded(at(Tag.CodeValue, "SH", "0815"), at(Tag.CodeMeaning, "LO", "Qwyzzk")),
    );
    expect(codeLeft(output)[0]).toBe("REMOVED");
    expect(holds(output, "Qwyzzk")).toBe(false);
  });

  it("of a standard stays", () => {
    for (const scheme of ["SCT", "DCM", "LN", "UCUM", "RADLEX", "SRT"]) {
      const output = pseudonymize(coded(...code("T-A0100", scheme, "Brain")));
      expect(codeLeft(output)).toEqual(["T-A0100", scheme, "Brain"]);
    }
  });

  it("of a standard loses a meaning that names the patient", () => {
    const output = pseudonymize(coded(...code("T-A0100", "SCT", "brain of Jane DOE")));
    expect(codeLeft(output).slice(0, 2)).toEqual(["T-A0100", "SCT"]);
    expect(codeLeft(output)[2]).not.toMatch(/jane|doe/i);
    expect(codeLeft(output)[2]).toMatch(SAFE_WORD);
  });

  it("that is a long one, or a URN, is one too", () => {
    for (const tag of [Tag.LongCodeValue, Tag.URNCodeValue]) {
      const output = pseudonymize(
        coded(
          at(tag, tag === Tag.LongCodeValue ? "UC" : "UR", "urn:qwyzzk"),
          at(Tag.CodeMeaning, "LO", "x"),
        ),
      );
      expect(holds(output, "qwyzzk")).toBe(false);
    }
  });

  // What has no code value is not taken for a code, and its meaning stays.
  it("is no place for a meaning alone", () => {
    const output = pseudonymize(coded(at(Tag.CodeMeaning, "LO", "Ward of Dr. Qwyzzk")));
    expect(holds(output, "Qwyzzk")).toBe(false);
  });

  // Codes inside of codes are not looked at.
  it("of a hospital's that says the same as one of a standard is replaced", () => {
    const equivalent = sequence(
      Tag.EquivalentCodeSequence,
      code("0815", "99HOSPITAL", "Ward of Dr. Qwyzzk"),
    );
    const output = pseudonymize(coded(...code("T-A0100", "SCT", "Brain"), equivalent));
    expect(holds(output, "Qwyzzk")).toBe(false);
  });

  // Only Concept Code Sequence and Concept Name Code Sequence are cleaned.
  it("of a unit of measurement, made by a hospital, says nothing in words", () => {
    const number = itemOf(
      "NUM",
      UNLISTED,
      sequence(Tag.MeasuredValueSequence, [
        at(Tag.NumericValue, "DS", "42.5"),
        sequence(
          Tag.MeasurementUnitsCodeSequence,
          code("mm", "99HOSPITAL", "as Dr. Qwyzzk measures"),
        ),
      ]),
    );
    expect(holds(pseudonymize(documentOf(number)), "Qwyzzk")).toBe(false);
  });

  it("that names a concept loses the meaning that a hospital has given it", () => {
    const concept = (scheme: string) => [
      at(Tag.ValueType, "CS", "CONTAINER"),
      sequence(Tag.ConceptNameCodeSequence, code("0815", scheme, "brain as Dr. Qwyzzk says")),
    ];
    const [item] = contentOf(pseudonymize(documentOf(concept("99HOSPITAL"))));
    const [name] = itemsOf(item as Item, Tag.ConceptNameCodeSequence);
    expect(readText(name as Item, Tag.CodeMeaning)).toMatch(/^brain/);
    expect(readText(name as Item, Tag.CodeMeaning)).not.toMatch("Qwyzzk");
    expect(readText(name as Item, Tag.CodeValue)).toBe("0815");
  });

  it("that names the document loses it, too", () => {
    const input = writeFile([
      ...bare(COMPREHENSIVE_SR),
      sequence(Tag.ConceptNameCodeSequence, code("0815", "99HOSPITAL", "Report of Dr. Qwyzzk")),
      sequence(Tag.ContentSequence, NUMBER),
    ]);
    expect(holds(pseudonymize(input), "Qwyzzk")).toBe(false);
  });
});

describe("a value in an item of another type", () => {
  const VALUE_TYPES = [
    "NUM",
    "CODE",
    "CONTAINER",
    "IMAGE",
    "COMPOSITE",
    "SCOORD",
    "UIDREF",
    "DATE",
    "qwerty",
    "",
  ];
  const stray = (valueType: string) =>
    documentOf([
      at(Tag.ValueType, "CS", valueType),
      sequence(Tag.ConceptNameCodeSequence, code(...UNLISTED)),
      at(Tag.TextValue, "UT", "seen by Dr. Qwyzzk"),
      at(Tag.PersonName, "PN", "Canary^Carol"),
    ]);

  it.each(["TEXT", "PNAME"])("goes: %s", (valueType) => {
    const output = pseudonymize(stray(valueType));
    expect(holds(output, "Qwyzzk") || holds(output, "Carol")).toBe(false);
  });

  // The rule of the value type, often K, is that of every value in the item.
  it.each(VALUE_TYPES)("goes, since the type does not keep it: %j", (valueType) => {
    const output = pseudonymizer("retainUids", "retainLongitudinalFullDates")(stray(valueType));
    expect(holds(output, "Qwyzzk") || holds(output, "Carol")).toBe(false);
  });
});

describe("items that refer to others by their place (0040,DB73)", () => {
  const REFERENCE = [
    at(Tag.RelationshipType, "CS", "INFERRED FROM"),
    at(Tag.ReferencedContentItemIdentifier, "UL", [1, 2]),
  ];
  const rows = ROWS.filter(({ basic }) => basic === "X");

  it("take none out of its place, but its value", () => {
    const complaints = rows.flatMap(({ name, valueType, concept }) => {
      const [value, canary] = VALUES[valueType] as readonly [Elements, string];
      const item = itemOf(valueType, concept, ...value);
      const referring = itemOf("TEXT", UNLISTED, sequence(Tag.ContentSequence, REFERENCE));
      const output = pseudonymize(documentOf(item, NUMBER, referring));
      const items = contentOf(output);
      if (items.length !== 3) return [`${name}: an item is gone`];
      if (conceptOf(items[0] as Item)?.join() !== concept.join())
        return [`${name}: another is first`];
      // What a container holds is decided upon item by item: here, a code of a standard.
      if (valueType === "CONTAINER") return [];
      return holds(output, canary) ? [`${name}: its value stays`] : [];
    });
    expect(rows.length).toBeGreaterThan(100);
    expect(complaints).toEqual([]);
  });

  it("leave all items where none would be left", () => {
    const items = [
      itemOf("TEXT", ["121022", "DCM"], at(Tag.TextValue, "UT", "qwyzzk")),
      itemOf(
        "TEXT",
        ["121106", "DCM"],
        at(Tag.TextValue, "UT", "qwyzzk"),
        sequence(Tag.ContentSequence, REFERENCE),
      ),
    ];
    const output = pseudonymize(documentOf(...items));
    expect(contentOf(output).map((item) => readText(item, Tag.TextValue))).toEqual([
      "REMOVED",
      "REMOVED",
    ]);
  });

  // Only Measured Value Sequence is emptied.
  it("leave no number that stands in the item itself, as in acquisition context (PS3.3 10.2)", () => {
    const age = itemOf("NUM", ["121033", "DCM"], at(Tag.NumericValue, "DS", "314.159"));
    const output = pseudonymize(documentOf(age, NUMBER, REFERENCE));
    expect(contentOf(output).length).toBe(3);
    expect(holds(output, "314.159")).toBe(false);
  });
});

describe("a content sequence of which nothing is left", () => {
  const GONE = itemOf("TEXT", ["121022", "DCM"], at(Tag.TextValue, "UT", "qwyzzk"));

  it("has the dummy item at the top, where one has to be", () => {
    const items = contentOf(pseudonymize(documentOf(GONE, GONE)));
    expect(items.length).toBe(1);
    expect(conceptOf(items[0] as Item)).toEqual(["121106", "DCM"]);
    expect(readText(items[0] as Item, Tag.TextValue)).toBe("REMOVED");
  });

  it("goes where it is nested", () => {
    const container = itemOf("CONTAINER", UNLISTED, sequence(Tag.ContentSequence, GONE, GONE));
    const items = contentOf(pseudonymize(documentOf(container, NUMBER)));
    expect(items.length).toBe(2);
    expect(findElement(items[0] as Item, Tag.ContentSequence)).toBeUndefined();
    expect(readText(items[0] as Item, Tag.ValueType)).toBe("CONTAINER");
  });

  it("goes with what hangs below its items", () => {
    const parent = [
      ...GONE,
      sequence(Tag.ContentSequence, itemOf("TEXT", UNLISTED, at(Tag.TextValue, "UT", SAFE_WORD))),
    ];
    const output = pseudonymize(documentOf(parent, NUMBER));
    expect(contentOf(output).length).toBe(1);
    expect(holds(output, "qwyzzk")).toBe(false);
  });
});

describe("content at any depth", () => {
  it("is cleaned alike", () => {
    let item = itemOf("TEXT", UNLISTED, at(Tag.TextValue, "UT", `${SAFE_WORD} qwyzzk`));
    for (let depth = 0; depth < 12; depth++) {
      item = itemOf("CONTAINER", UNLISTED, sequence(Tag.ContentSequence, item, NUMBER));
    }
    const output = pseudonymize(documentOf(item));
    expect(holds(output, "qwyzzk")).toBe(false);
    expect(holds(output, SAFE_WORD) && holds(output, "42.5")).toBe(true);
  });

  it("loses what other rows name in an item", () => {
    const item = itemOf(
      "NUM",
      UNLISTED,
      at(Tag.ObservationDateTime, "DT", "19640229"),
      at(Tag.ObservationUID, "UI", "1.2.826.77"),
      at(Tag.PatientName, "PN", "Canary^Carol"),
      at(0x00190010, "LO", "CANARY"),
    );
    const output = pseudonymize(documentOf(item));
    for (const text of ["19640229", "1.2.826.77", "Carol", "CANARY"]) {
      expect(holds(output, text), text).toBe(false);
    }
  });
});

describe("acquisition context", () => {
  const context = (sopClassUid: string, ...items: readonly Elements[]) =>
    writeFile([...bare(sopClassUid), sequence(Tag.AcquisitionContextSequence, ...items)]);
  const left = (output: Uint8Array) =>
    findElement(readFile(output).dataset, Tag.AcquisitionContextSequence);

  const [text, canary] = VALUES["TEXT"]!;

  it("is cleaned item by item", () => {
    const listed = itemOf("TEXT", ["121022", "DCM"], ...text);
    const unlisted = itemOf("TEXT", UNLISTED, ...text);
    const input = context(ENHANCED_MR, listed, unlisted, NUMBER);
    const output = pseudonymize(input);
    expect(holds(input, canary)).toBe(true);
    expect(holds(output, canary)).toBe(false);
    expect(left(output)?.items?.length).toBe(2);
    expect(readText(left(output)?.items?.[0] as Item, Tag.TextValue)).toBe(SAFE_WORD);
  });

  it("is cleaned in functional groups", () => {
    const groups = sequence(Tag.SharedFunctionalGroupsSequence, [
      sequence(Tag.AcquisitionContextSequence, itemOf("TEXT", UNLISTED, ...text)),
    ]);
    const output = pseudonymize(writeFile([...bare(ENHANCED_MR), groups]));
    expect(holds(output, canary)).toBe(false);
    expect(holds(output, SAFE_WORD)).toBe(true);
  });

  it("goes, or is emptied, without the option", () => {
    const output = createPseudonymizer({ key: KEY })(context(ENHANCED_MR, NUMBER));
    expect(left(output)?.items?.length ?? 0).toBe(0);
    expect(holds(output, "42.5")).toBe(false);
  });

  // It is removed, whatever its type.
  it("is emptied where nothing is left of it and the object wants it, as Type 2 (PS3.3 C.7.6.14)", () => {
    const without = createPseudonymizer({ key: KEY })(context(DX, NUMBER));
    expect(left(without)?.items).toEqual([]);
    const output = pseudonymize(context(DX, itemOf("TEXT", ["121022", "DCM"], ...text)));
    expect(left(output)?.items).toEqual([]);
  });
});

describe("specimen preparation", () => {
  it("is cleaned item by item", () => {
    const [text, canary] = VALUES["TEXT"]!;
    const step = sequence(
      Tag.SpecimenPreparationStepContentItemSequence,
      itemOf("TEXT", ["121041", "DCM"], ...text), // Specimen Identifier, X
      itemOf("TEXT", UNLISTED, ...text),
      itemOf("PNAME", UNLISTED, ...VALUES["PNAME"]![0]),
    );
    const input = writeFile([
      ...bare("1.2.840.10008.5.1.4.1.1.77.1.6"),
      sequence(Tag.SpecimenDescriptionSequence, [
        sequence(Tag.SpecimenPreparationSequence, [step]),
      ]),
    ]);
    const output = pseudonymize(input);
    expect(holds(output, canary) || holds(output, "Carol")).toBe(false);
    expect(holds(output, SAFE_WORD)).toBe(true);
    const [specimen] = itemsOf(readFile(output).dataset, Tag.SpecimenDescriptionSequence);
    const [preparation] = itemsOf(specimen as Item, Tag.SpecimenPreparationSequence);
    expect(
      itemsOf(preparation as Item, Tag.SpecimenPreparationStepContentItemSequence).length,
    ).toBe(2);
  });
});

describe("without the option", () => {
  it("the Content Sequence is a dummy, whatever it held, and whatever else is retained", () => {
    const input = documentOf(
      ...ROWS.map(({ valueType, concept }) => itemOf(valueType, concept, ...VALUES[valueType]![0])),
    );
    for (const options of [
      [],
      ["cleanDescriptors", "retainUids", "retainLongitudinalFullDates"],
    ] as TableOption[][]) {
      const output = createPseudonymizer({ key: KEY, options })(input);
      const items = contentOf(output);
      expect(items.length).toBe(1);
      expect(readStrings(items[0] as Item, Tag.TextValue)).toEqual(["REMOVED"]);
      for (const [, canary] of Object.values(VALUES))
        expect(holds(output, canary), canary).toBe(false);
    }
  });
});
