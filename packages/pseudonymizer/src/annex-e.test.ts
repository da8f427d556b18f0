import { readFileSync } from "node:fs";
import { isInTagRange, lookupTag } from "@dsail/dicom-core/dictionary";
import { describe, expect, it } from "vitest";
import type { BasicAction, OptionAction, TableOption } from "./action.js";
import { ANNEX_E_RANGES, ANNEX_E_ROWS } from "./generated/annex-e.js";
import { CID_7050 } from "./generated/cid7050.js";

/** How often each action stands in the column of the Basic Profile. */
const BASIC_ACTIONS: { readonly [action in BasicAction]: number } = {
  X: 416,
  D: 93,
  U: 55,
  Z: 42,
  "X/D": 23,
  "X/Z": 11,
  "X/Z/D": 8,
  "Z/D": 6,
  "X/Z/U*": 2,
};

/** How often each action stands in the column of an option. */
const OPTION_ACTIONS: { readonly [option in TableOption]: string } = {
  retainSafePrivate: "C 1",
  retainUids: "K 60",
  retainDeviceIdentity: "C 11, K 48",
  retainInstitutionIdentity: "K 10",
  retainPatientCharacteristics: "C 5, K 14",
  retainLongitudinalFullDates: "K 169",
  retainLongitudinalModifiedDates: "C 169",
  cleanDescriptors: "C 140",
  cleanStructuredContent: "C 4",
  cleanGraphics: "C 4",
};

const OPTION_ACTION_NAMES: readonly string[] = ["C", "K"] satisfies OptionAction[];

/** The table itself, read by other code than the generator's: tag and the other cells, as they stand. */
const table: ReadonlyMap<string, readonly string[]> = new Map(
  readFileSync(new URL("../data/ps3.15-2026c-table-E.1-1.csv", import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const match = /^"([^"]+)",(?:"[^"]*"|[^,]*),(.*)$/.exec(line.trim());
      if (match === null) throw new Error(`not understood: ${line}`);
      return [match[1] as string, (match[2] as string).split(",")];
    }),
);

/** A rule in the form of a row of the table: retired, in an IOD, basic, then the options in their order. */
function cellsOf(rule: (typeof ANNEX_E_ROWS)[number] | (typeof ANNEX_E_RANGES)[number]): string[] {
  const { retired, inStandardIod, basic, options } = rule;
  const names = Object.keys(OPTION_ACTIONS) as TableOption[];
  return [
    retired ? "Y" : "N",
    inStandardIod ? "Y" : "N",
    basic,
    ...names.map((name) => options[name] ?? ""),
  ];
}

const rules = [...ANNEX_E_ROWS, ...ANNEX_E_RANGES];
const tally = (items: readonly string[]) =>
  [...new Set(items)].sort().map((item) => `${item} ${items.filter((i) => i === item).length}`);

describe("Table E.1-1", () => {
  it("has the 656 rows of PS3.15 2026c: 652 tags, each once and in order, and 4 ranges", () => {
    expect(table.size).toBe(656);
    expect(ANNEX_E_RANGES.length).toBe(4);
    const tags = ANNEX_E_ROWS.map((row) => row.tag);
    expect(tags.length).toBe(652);
    expect(tags).toEqual([...new Set(tags)].sort((a, b) => a - b));
  });

  it("has only actions and options that are known, as often as the table", () => {
    expect(tally(rules.map((rule) => rule.basic))).toEqual(
      Object.entries(BASIC_ACTIONS)
        .map(([action, count]) => `${action} ${count}`)
        .sort(),
    );
    for (const [option, counts] of Object.entries(OPTION_ACTIONS)) {
      const actions = rules.flatMap(({ options }) => options[option as TableOption] ?? []);
      expect(tally(actions).join(", "), option).toBe(counts);
      expect(actions.filter((action) => !OPTION_ACTION_NAMES.includes(action))).toEqual([]);
    }
    expect(
      rules
        .flatMap(({ options }) => Object.keys(options))
        .filter((name) => !(name in OPTION_ACTIONS)),
    ).toEqual([]);
  });

  it("has every cell of the table", () => {
    for (const row of ANNEX_E_ROWS) {
      const hex = row.tag.toString(16).toUpperCase().padStart(8, "0");
      const tag = `(${hex.slice(0, 4)},${hex.slice(4)})`;
      expect(cellsOf(row), tag).toEqual(table.get(tag));
    }
    const [curve, overlayData, overlayComments, privateAttributes] = ANNEX_E_RANGES;
    expect(cellsOf(curve!)).toEqual(table.get("(50xx,xxxx)"));
    expect(cellsOf(overlayData!)).toEqual(table.get("(60xx,3000)"));
    expect(cellsOf(overlayComments!)).toEqual(table.get("(60xx,4000)"));
    expect(cellsOf(privateAttributes!)).toEqual(table.get("(gggg,eeee) where gggg is odd"));
  });

  it("would notice a cell that differs", () => {
    const row = ANNEX_E_ROWS.find(({ tag }) => tag === 0x00100010)!;
    expect(cellsOf({ ...row, basic: "X" })).not.toEqual(table.get("(0010,0010)"));
    expect(cellsOf(row)).toEqual(table.get("(0010,0010)"));
  });

  it("treats full and modified dates in the same rows (PS3.15 E.3.6)", () => {
    for (const { options } of rules) {
      const { retainLongitudinalFullDates, retainLongitudinalModifiedDates } = options;
      expect(retainLongitudinalModifiedDates).toBe(retainLongitudinalFullDates && "C");
    }
  });

  it("names no tag that PS3.6 does not know, but command elements and Display URI", () => {
    const unknown = ANNEX_E_ROWS.filter(({ tag }) => lookupTag(tag) === undefined);
    expect(unknown.map(({ tag }) => tag)).toEqual([
      0x00001000, // PS3.7: Affected SOP Instance UID
      0x00001001, // PS3.7: Requested SOP Instance UID
      0x0040e012, // Display URI: younger than PS3.6 2025b
    ]);
  });

  it("gives U to nothing but UIDs, and X/Z/U* to nothing but sequences", () => {
    const vrsOf = (action: BasicAction) =>
      new Set(
        ANNEX_E_ROWS.filter(({ basic }) => basic === action)
          .map(({ tag }) => lookupTag(tag)?.vr)
          .filter((vr) => vr !== undefined),
      );
    expect([...vrsOf("U")]).toEqual(["UI"]);
    expect([...vrsOf("X/Z/U*")]).toEqual(["SQ"]);
  });

  it("has ranges for curves, overlays and private attributes that do not meet", () => {
    const namesOf = (tag: number) =>
      ANNEX_E_RANGES.filter((range) => isInTagRange(tag, range)).map(({ name }) => name);
    expect(namesOf(0x50023000)).toEqual(["Curve Data"]);
    expect(namesOf(0x60023000)).toEqual(["Overlay Data"]);
    expect(namesOf(0x601e4000)).toEqual(["Overlay Comments"]);
    expect(namesOf(0x60020010)).toEqual([]);
    expect(namesOf(0x60013000)).toEqual(["Private Attributes"]);
    expect(namesOf(0x00091010)).toEqual(["Private Attributes"]);
    expect(namesOf(0x00100010)).toEqual([]);
  });
});

describe("CID 7050", () => {
  it("has the thirteen codes 113100 to 113112 of DCM", () => {
    expect(CID_7050.map((code) => code.codeValue)).toEqual(
      Array.from({ length: 13 }, (_, i) => String(113100 + i)),
    );
    expect(new Set(CID_7050.map((code) => code.codingSchemeDesignator))).toEqual(new Set(["DCM"]));
    expect(CID_7050[0]?.codeMeaning).toBe("Basic Application Confidentiality Profile");
  });
});
