import { type ElementInit, findElement, readFile, readNumbers, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { holds } from "../test/canary.js";
import { KEY } from "../test/keys.js";
import { itemsOf, placesOf, pseudonymized, refused, textAt } from "../test/pseudonymized.js";
import { bytesOf, element, item, rawFile } from "../test/raw-elements.js";
import type { CustomAction, CustomElement, CustomRule, RuleMatch } from "./custom-rule.js";
import { planFile } from "./plan.js";
import { createPseudonymization, type PseudonymizationOptions } from "./pseudonymization.js";

const INSTANCE: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
];
const text = (tag: number, value: string): ElementInit => ({ tag, vr: "LO", value });
const model = (value = "model") => text(Tag.ManufacturerModelName, value);
const sequence = (tag: number, ...value: (readonly ElementInit[])[]): ElementInit => ({
  tag,
  vr: "SQ",
  value,
});

const withRules = (
  rules: readonly CustomRule[],
  elements: readonly ElementInit[],
  options: Partial<PseudonymizationOptions> = {},
) => pseudonymized([...INSTANCE, ...elements], { rules, ...options });

/** What one rule makes of one text element; undefined if it is gone. */
const madeOf = (element: ElementInit, ...rules: readonly Omit<CustomRule, keyof RuleMatch>[]) => {
  const { tag } = element;
  const { dataset } = withRules(
    rules.map((rule) => ({ tag, ...rule })),
    [element],
  );
  const left = findElement(dataset, tag);
  return left && textAt(dataset, `(${hex(tag >>> 16)},${hex(tag & 0xffff)})`);
};
const hex = (word: number) => word.toString(16).padStart(4, "0");

/** A sequence that no row of Table E.1-1 names. */
const OUTER = Tag.AnatomicRegionSequence;
const INNER = Tag.AnatomicRegionModifierSequence;

const EVERYWHERE: readonly ElementInit[] = [
  ...INSTANCE,
  text(Tag.StudyDescription, "study"),
  text(Tag.SeriesDescription, "series"),
  model(),
  sequence(OUTER, [model()], [model(), sequence(INNER, [model()])]),
  text(0x00190010, "ACME"),
  text(0x00190011, "OTHER"),
  text(0x0019100c, "of ACME"),
  text(0x0019100d, "of ACME, too"),
  text(0x0019110c, "of OTHER"),
  text(0x00210012, "ACME"),
  text(0x0021120c, "of ACME in another group"),
  { tag: 0x60003000, vr: "OW", value: Uint8Array.of(1, 2) },
  { tag: 0x60023000, vr: "OW", value: Uint8Array.of(3, 4) },
];

describe("a rule fits", () => {
  const TOP = "(0008,1090)";
  const [FIRST, SECOND] = ["(0008,2218)[0].(0008,1090)", "(0008,2218)[1].(0008,1090)"];
  const DEEP = "(0008,2218)[1].(0008,2220)[0].(0008,1090)";
  const acme = (group: number, element: number) => ({
    private: { creator: "ACME", group, element },
  });

  it.each<readonly [string, RuleMatch, readonly string[]]>([
    ["a tag, at any depth", { tag: Tag.ManufacturerModelName }, [TOP, FIRST, SECOND, DEEP]],
    [
      "a range of tags",
      { range: { mask: 0xff00ffff, value: 0x60003000 } },
      ["(6000,3000)", "(6002,3000)"],
    ],
    ["a range of one group", { range: { mask: 0xffff0000, value: 0x60020000 } }, ["(6002,3000)"]],
    ["a VR", { vr: "OW" }, ["(6000,3000)", "(6002,3000)"]],
    ["a private element of a creator", acme(0x0019, 0x0c), ["(0019,100C)"]],
    ["another element of it", acme(0x0019, 0x0d), ["(0019,100D)"]],
    ["the same number of another creator", acme(0x0021, 0x0c), ["(0021,120C)"]],
    [
      "a creator in another block",
      { private: { creator: "OTHER", group: 0x0019, element: 0x0c } },
      ["(0019,110C)"],
    ],
    ["a creator that there is none of", acme(0x0023, 0x0c), []],
    ["a path", { path: [OUTER, 1, Tag.ManufacturerModelName] }, [SECOND]],
    ["a path with every item", { path: [OUTER, -1, Tag.ManufacturerModelName] }, [FIRST, SECOND]],
    [
      "a path through two sequences",
      { path: [OUTER, -1, INNER, 0, Tag.ManufacturerModelName] },
      [DEEP],
    ],
    ["a path at the top only", { path: [Tag.ManufacturerModelName] }, [TOP]],
    ["a path to an item that is not there", { path: [OUTER, 2, Tag.ManufacturerModelName] }, []],
    [
      "a tag and a path",
      { tag: Tag.ManufacturerModelName, path: [OUTER, 0, Tag.ManufacturerModelName] },
      [FIRST],
    ],
    ["a tag, but not the VR", { tag: Tag.ManufacturerModelName, vr: "SH" }, []],
    [
      "a range and a VR",
      { range: { mask: 0xfffffff0, value: 0x00081030 }, vr: "LO" },
      ["(0008,1030)", "(0008,103E)"],
    ],
    ["a private element, but not the VR", { ...acme(0x0019, 0x0c), vr: "DS" }, []],
  ])("%s", (_what, match, places) => {
    const pseudonymization = createPseudonymization({
      key: KEY,
      rules: [{ ...match, name: "hit", action: "keep" }],
    });
    const plan = planFile(readFile(writeFile(EVERYWHERE)), pseudonymization, { explain: true });
    expect(placesOf(plan, "hit")).toEqual([...places].sort());
  });

  it("the VR of the dictionary where the file says UN, and the file's where there is none", () => {
    const bytes = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(Tag.ManufacturerModelName, "UN", "model "),
      element(0x00089ff0, "SH", "one of no dictionary"),
    ]);
    const { dataset } = pseudonymized(bytes, {
      rules: [
        { vr: "LO", value: "by LO" },
        { vr: "UN", value: "by UN" },
        { vr: "SH", value: "by SH" },
      ],
    });
    expect(textAt(dataset, "(0008,1090)")).toEqual(["by LO"]);
    expect(textAt(dataset, "(0008,9FF0)")).toEqual(["by SH"]);
  });

  it("private elements in items by the creators of the item", () => {
    const { dataset } = withRules(
      [{ private: { creator: "ACME", group: 0x0019, element: 0x0c }, action: "keep" }],
      [
        text(0x00190010, "OTHER"),
        text(0x0019100c, "removed"),
        sequence(OUTER, [text(0x00190010, "ACME"), text(0x0019100c, "kept")]),
      ],
    );
    expect(textAt(dataset, "(0019,100C)")).toBeUndefined();
    expect(textAt(dataset, "(0008,2218)[0].(0019,100C)")).toEqual(["kept"]);
  });
});

describe("where several rules fit", () => {
  const keep: CustomRule = { tag: Tag.StudyDescription, action: "keep" };
  const change: CustomRule = { vr: "LO", value: "changed" };

  it("the later one decides, not the one that fits better", () => {
    const elements = [text(Tag.StudyDescription, "study")];
    const made = (...rules: CustomRule[]) =>
      textAt(withRules(rules, elements).dataset, "(0008,1030)");
    expect(made(keep, change)).toEqual(["changed"]);
    expect(made(change, keep)).toEqual(["study"]);
  });

  it("is told by name which it was, or by its number", () => {
    const { plan } = withRules(
      [
        { tag: Tag.StudyDescription, action: "empty" },
        { tag: Tag.SeriesDescription, action: "empty", name: "series of our own" },
        { tag: Tag.ManufacturerModelName, action: "empty" },
      ],
      [text(Tag.StudyDescription, "a"), text(Tag.SeriesDescription, "b"), model()],
    );
    expect(placesOf(plan, "rule 1 of the user")).toEqual(["(0008,1030)"]);
    expect(placesOf(plan, "series of our own")).toEqual(["(0008,103E)"]);
    expect(placesOf(plan, "rule 3 of the user")).toEqual(["(0008,1090)"]);
  });

  it("the standard decides on what none of them fits", () => {
    const { dataset } = withRules([keep], [text(Tag.SeriesDescription, "gone"), model()]);
    expect(textAt(dataset, "(0008,103E)")).toBeUndefined();
    expect(textAt(dataset, "(0008,1090)")).toEqual(["model"]);
  });
});

describe("an action of a rule", () => {
  const patient: readonly ElementInit[] = [
    text(Tag.PatientID, "4711"),
    { tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" },
  ];

  it.each<readonly [CustomAction, readonly string[] | undefined]>([
    ["keep", ["Zyxwv brain"]],
    ["remove", undefined],
    ["empty", []],
    ["clean", ["brain"]],
  ])("%s, on a text", (action, made) => {
    expect(madeOf(text(Tag.StudyDescription, "Zyxwv brain"), { action })).toEqual(made);
    expect(madeOf(model("Zyxwv brain"), { action })).toEqual(made);
  });

  it("clean, on a text of which nothing is left, removes it", () => {
    expect(madeOf(model("Zyxwv"), { action: "clean" })).toBeUndefined();
  });

  it.each<readonly [ElementInit, RegExp]>([
    [model("Zyxwv"), /^(?!.*Zyxwv)./],
    [{ tag: Tag.StudyDate, vr: "DA", value: "19640229" }, /^(?!19640229)\d{8}$/],
    [{ tag: Tag.PatientAge, vr: "AS", value: "077Y" }, /^(?!077Y)\d{3}[DWMY]$/],
    [{ tag: Tag.SliceThickness, vr: "DS", value: "31.4159265" }, /^(?!31)[\d.+-]+$/],
    [{ tag: Tag.StudyInstanceUID, vr: "UI", value: "1.2.3.4" }, /^2\.25\.\d+$/],
  ])("dummy, on %o, writes another value of its VR", (init, expected) => {
    const made = madeOf(init, { action: "dummy" });
    expect(made).toEqual([expect.stringMatching(expected)]);
  });

  it("dummy, and keep, on numbers", () => {
    const rows: ElementInit = { tag: Tag.Rows, vr: "US", value: 512 };
    const numbers = (action: CustomAction) =>
      readNumbers(withRules([{ tag: Tag.Rows, action }], [rows]).dataset, Tag.Rows);
    expect(numbers("dummy")).not.toContain(512);
    expect(numbers("dummy").length).toBe(1);
    expect(numbers("keep")).toEqual([512]);
  });

  it.each<readonly [string, ElementInit]>([
    ["numbers", { tag: Tag.Rows, vr: "US", value: 512 }],
    ["tags", { tag: Tag.FrameIncrementPointer, vr: "AT", value: 0x00181063 }],
    ["bytes", { tag: Tag.RedPaletteColorLookupTableData, vr: "OW", value: Uint8Array.of(1, 2) }],
  ])("empty leaves %s without a value", (_what, init) => {
    const { dataset } = withRules([{ tag: init.tag, action: "empty" }], [init]);
    expect(findElement(dataset, init.tag)).toMatchObject({ vr: init.vr, valueLength: 0 });
  });

  it("replaceUid, and clean, write the UID that the UID becomes anywhere else", () => {
    const uid = "1.2.3.314159265";
    const study: ElementInit = { tag: Tag.StudyInstanceUID, vr: "UI", value: uid };
    const usual = textAt(withRules([], [study]).dataset, "(0020,000D)");
    expect(usual).toEqual([expect.stringMatching(/^2\.25\./)]);
    const elsewhere: ElementInit = { tag: 0x00089ff0, vr: "UI", value: uid };
    for (const action of ["replaceUid", "clean"] as const) {
      expect(madeOf(elsewhere, { action })).toEqual(usual);
    }
  });

  it("clean moves dates by as much as all dates of the patient, and leaves times", () => {
    const rules: readonly CustomRule[] = [
      { vr: "DA", action: "clean" },
      { vr: "TM", action: "clean" },
    ];
    const { dataset } = withRules(rules, [
      ...patient,
      { tag: Tag.StudyDate, vr: "DA", value: "20200110" },
      { tag: Tag.SeriesDate, vr: "DA", value: "20200112" },
      { tag: Tag.StudyTime, vr: "TM", value: "112233" },
    ]);
    const [study, series] = ["(0008,0020)", "(0008,0021)"].map((path) => {
      const [value = ""] = textAt(dataset, path) ?? [];
      expect(value).toMatch(/^\d{8}$/);
      return Date.UTC(+value.slice(0, 4), +value.slice(4, 6) - 1, +value.slice(6));
    });
    expect(study).toBeLessThan(Date.UTC(2020, 0, 10));
    expect(series! - study!).toBe(2 * 86_400_000);
    expect(textAt(dataset, "(0008,0030)")).toEqual(["112233"]);
  });

  it("clean removes what is no date, and says so", () => {
    const { dataset, plan } = withRules(
      [{ tag: Tag.StudyDate, action: "clean" }],
      [{ tag: Tag.StudyDate, vr: "DA", value: "CANARY" }],
    );
    expect(textAt(dataset, "(0008,0020)")).toBeUndefined();
    expect(plan.findings).toContainEqual({ code: "BAD_DATE_REMOVED", at: "(0008,0020)" });
  });

  it("clean removes numbers, and bytes", () => {
    const { dataset } = withRules(
      [{ range: { mask: 0xffff0000, value: 0x00280000 }, action: "clean" }],
      [
        { tag: Tag.Rows, vr: "US", value: 512 },
        { tag: Tag.RedPaletteColorLookupTableData, vr: "OW", value: Uint8Array.of(1, 2) },
      ],
    );
    expect(findElement(dataset, Tag.Rows)).toBeUndefined();
    expect(findElement(dataset, Tag.RedPaletteColorLookupTableData)).toBeUndefined();
  });

  it("keep, and clean, on a sequence leave its items to the rules", () => {
    const others = sequence(Tag.OtherPatientIDsSequence, [...patient, model("kept")]);
    expect(itemsOf(withRules([], [others]).dataset, others.tag)).toBeUndefined();
    for (const action of ["keep", "clean"] as const) {
      const { dataset, bytes } = withRules([{ tag: others.tag, action }], [others]);
      expect(holds(bytes, "Canary")).toBe(false);
      expect(holds(bytes, "4711")).toBe(false);
      expect(textAt(dataset, "(0010,1002)[0].(0010,0020)")).toEqual([
        expect.stringMatching(/^[0-9A-Z]{16}$/),
      ]);
      expect(textAt(dataset, "(0010,1002)[0].(0008,1090)")).toEqual(["kept"]);
    }
  });

  it("keep, on a sequence that cannot be read as one, removes it", () => {
    const bytes = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(OUTER, "UN", [item("CANARY^CAROL"), "damaged!"]),
    ]);
    const { bytes: made } = pseudonymized(bytes, { rules: [{ tag: OUTER, action: "keep" }] });
    expect(holds(made, "CANARY")).toBe(false);
  });

  it("remove, and empty, on a sequence leave no item", () => {
    const codes = sequence(OUTER, [text(Tag.CodeMeaning, "Canary")]);
    const items = (action: CustomAction) =>
      itemsOf(withRules([{ tag: OUTER, action }], [codes]).dataset, OUTER);
    expect(items("remove")).toBeUndefined();
    expect(items("empty")).toEqual([]);
  });

  it("empty leaves also identifiers without a value", () => {
    const { dataset } = withRules(
      [
        { tag: Tag.PatientID, action: "empty" },
        { tag: Tag.AccessionNumber, action: "empty" },
      ],
      [...patient, { tag: Tag.AccessionNumber, vr: "SH", value: "A1" }],
    );
    expect(textAt(dataset, "(0010,0020)")).toEqual([]);
    expect(textAt(dataset, "(0008,0050)")).toEqual([]);
  });

  it("dummy leaves nothing of a sequence", () => {
    const codes = sequence(OUTER, [text(Tag.CodeMeaning, "Canary")]);
    expect(holds(withRules([{ tag: OUTER, action: "dummy" }], [codes]).bytes, "Canary")).toBe(
      false,
    );
  });

  it("replaceUid makes no UID of an attribute that holds none", () => {
    const { dataset } = withRules(
      [{ tag: Tag.ManufacturerModelName, action: "replaceUid" }],
      [model()],
    );
    expect(findElement(dataset, Tag.ManufacturerModelName)?.vr ?? "LO").toBe("LO");
  });
});

describe("a value of a rule", () => {
  it("is written as it is", () => {
    expect(madeOf(text(Tag.StudyDescription, "study"), { value: "of our own" })).toEqual([
      "of our own",
    ]);
    expect(madeOf({ tag: Tag.StudyDate, vr: "DA", value: "19640229" }, { value: "" })).toEqual([]);
  });

  it("is several with backslashes between them", () => {
    const types: ElementInit = { tag: Tag.ImageType, vr: "CS", value: ["ORIGINAL", "PRIMARY"] };
    expect(madeOf(types, { value: "DERIVED\\SECONDARY\\OTHER" })).toEqual([
      "DERIVED",
      "SECONDARY",
      "OTHER",
    ]);
  });

  it("takes the place also of an element that the standard removes, in an item too", () => {
    const { dataset } = withRules(
      [{ tag: Tag.SeriesDescription, value: "ours" }],
      [sequence(OUTER, [text(Tag.SeriesDescription, "Canary")])],
    );
    expect(textAt(dataset, "(0008,2218)[0].(0008,103E)")).toEqual(["ours"]);
  });

  it("is written where there was an element only", () => {
    const { dataset } = withRules([{ tag: Tag.StudyDescription, value: "ours" }], []);
    expect(findElement(dataset, Tag.StudyDescription)).toBeUndefined();
  });

  it.each<readonly [ElementInit, string, readonly number[]]>([
    [{ tag: Tag.Rows, vr: "US", value: 512 }, "7", [7]],
    [{ tag: Tag.LossyImageCompressionRatio, vr: "DS", value: "3" }, "1.5\\2", [1.5, 2]],
    [{ tag: 0x00089ff0, vr: "FD", value: [3, 4] }, "-1.5\\2e3", [-1.5, 2000]],
    [{ tag: 0x00089ff0, vr: "SS", value: 3 }, " -7 ", [-7]],
    [{ tag: 0x00089ff0, vr: "UL", value: 3 }, "4294967295", [4294967295]],
  ])("of %o may be numbers", ({ tag, vr, value: before }, value, numbers) => {
    const { dataset } = withRules([{ tag, value }], [{ tag, vr, value: before } as ElementInit]);
    const values = vr === "DS" ? textAt(dataset, "(0028,2112)")?.map(Number) : undefined;
    expect(values ?? readNumbers(dataset, tag)).toEqual(numbers);
  });

  const rowsOf = (value: string) =>
    withRules([{ tag: Tag.Rows, value }], [{ tag: Tag.Rows, vr: "US", value: 512 }]);

  it.each([" ", "many", "1\\two", "Infinity", "NaN", "1,5"])(
    "is refused for numbers where it is none: %o",
    (value) => {
      expect(() => rowsOf(value)).toThrow(refused("BAD_RULE", /^rule 1 of the user: .*VR US/));
    },
  );

  it.each(["1\\", "\\1", "1\\\\2"])("is refused for numbers where one is missing: %o", (value) => {
    expect(() => rowsOf(value)).toThrow(refused("BAD_RULE"));
  });

  it("is refused for sequences and bytes, with the name of the rule", () => {
    const elements = [
      sequence(OUTER, [model()]),
      { tag: Tag.PixelData, vr: "OW", value: Uint8Array.of(1, 2) },
    ] as const;
    for (const { tag } of elements) {
      expect(() => withRules([{ tag, value: "1", name: "mine" }], elements)).toThrow(
        refused("BAD_RULE", /^mine: /),
      );
    }
  });

  it("that its VR cannot hold is refused, and not written in part", () => {
    for (const value of ["-1", "65536", "1.5"]) {
      expect(() => rowsOf(value)).toThrow(expect.objectContaining({ code: "BAD_VALUE" }));
    }
  });
});

describe("find and replace", () => {
  const study = (value: string) => text(Tag.StudyDescription, value);
  const keep = { action: "keep" } as const;

  it("replace what is found, with what the groups found", () => {
    const rule = { find: "^.* (\\w+)\\^(\\w+) (\\d+).*$", replace: "$2-$1 $$" };
    expect(madeOf(study("see Doe^Jane 4711 again"), rule)).toEqual(["Jane-Doe $"]);
  });

  it("replace all that is found, and with nothing if nothing is said", () => {
    expect(madeOf(study("brain 4711 head 333"), { find: "\\d+" })).toEqual(["brain head"]);
    expect(madeOf(study("aaa"), { find: "a", replace: "aa" })).toEqual(["aaaaaa"]);
  });

  it("keep only known words of what the expression did not look at", () => {
    const rule = { find: "Dr\\. \\w+", replace: "" };
    expect(madeOf(study("Head Dr. Miller for Zyxwv 4711"), rule)).toEqual(["Head for"]);
    expect(madeOf({ tag: Tag.PatientName, vr: "PN", value: "Doe^Jane^^Dr" }, { find: "Dr$" })).toBe(
      undefined,
    );
  });

  it("leave an element in which nothing is found to the other rules", () => {
    const rule = { find: "^Canary", replace: "found" };
    expect(madeOf(study("the brain"), keep, rule)).toEqual(["the brain"]);
    expect(madeOf(study("the brain"), rule)).toBeUndefined();
    expect(madeOf(study("Canary"), keep, rule)).toEqual(["found"]);
  });

  it("look at each element anew", () => {
    const { dataset } = withRules(
      [{ vr: "LO", find: "x", replace: "y" }],
      [text(Tag.StudyDescription, "x"), text(Tag.SeriesDescription, "x"), model("x")],
    );
    for (const path of ["(0008,1030)", "(0008,103E)", "(0008,1090)"]) {
      expect(textAt(dataset, path)).toEqual(["y"]);
    }
  });

  it("look at all values as one text", () => {
    const types: ElementInit = { tag: Tag.ImageType, vr: "CS", value: ["ORIGINAL", "PRIMARY"] };
    expect(madeOf(types, { find: "\\\\PRIMARY", replace: "\\SECONDARY\\X" })).toEqual([
      "ORIGINAL",
      "SECONDARY",
      "X",
    ]);
  });

  it("read and write the character set of the file", () => {
    const { dataset } = withRules(
      [{ tag: Tag.StudyDescription, find: "^(\\w)\\S+ (\\p{Lu})\\S+$", replace: "für Ärztin $2." }],
      [{ tag: Tag.SpecificCharacterSet, vr: "CS", value: "ISO_IR 192" }, study("für Özdemir")],
    );
    expect(textAt(dataset, "(0008,1030)")).toEqual(["für Ärztin Ö."]);
  });

  it("do not apply to numbers, bytes and sequences", () => {
    const elements: readonly ElementInit[] = [
      { tag: Tag.Rows, vr: "US", value: 512 },
      { tag: Tag.PixelData, vr: "OB", value: Uint8Array.of(0x35, 0x31) },
      sequence(OUTER, [model("512")]),
    ];
    const rules = elements.map(({ tag }) => ({ tag, find: ".*", replace: "found" }));
    const { dataset, bytes } = withRules(rules, elements);
    expect(readNumbers(dataset, Tag.Rows)).toEqual([512]);
    expect(holds(bytes, "found")).toBe(false);
    expect(textAt(dataset, "(0008,2218)[0].(0008,1090)")).toEqual(["512"]);
  });
});

describe("a function as a rule", () => {
  it("is asked about the elements that fit, and told what they are", () => {
    const asked: CustomElement[] = [];
    withRules(
      [
        {
          range: { mask: 0, value: 0 },
          decide: (asking) => {
            asked.push(asking);
            return undefined;
          },
        },
      ],
      [
        { tag: Tag.ImageType, vr: "CS", value: ["ORIGINAL", "PRIMARY"] },
        { tag: Tag.Rows, vr: "US", value: 512 },
        { tag: Tag.PixelData, vr: "OW", value: Uint8Array.of(1, 2) },
        sequence(OUTER, [model()]),
      ],
    );
    expect(
      asked.filter(({ tag }) => tag !== Tag.SOPClassUID && tag !== Tag.SOPInstanceUID),
    ).toEqual([
      { tag: Tag.ImageType, vr: "CS", path: [Tag.ImageType], values: ["ORIGINAL", "PRIMARY"] },
      { tag: OUTER, vr: "SQ", path: [OUTER], values: undefined },
      {
        tag: Tag.ManufacturerModelName,
        vr: "LO",
        path: [OUTER, 0, Tag.ManufacturerModelName],
        values: ["model"],
      },
      { tag: Tag.Rows, vr: "US", path: [Tag.Rows], values: undefined },
      { tag: Tag.PixelData, vr: "OW", path: [Tag.PixelData], values: undefined },
    ]);
  });

  it("may look at what is beside the element, at the SOP class, and make pseudonyms", () => {
    const { dataset } = withRules(
      [
        {
          tag: Tag.ManufacturerModelName,
          decide: (_element, { dataset: around, sopClassUid, patientPseudonym }) => {
            const [value = "none"] = textAt(around, "(0008,0070)") ?? [];
            return { value: `${value} ${sopClassUid} ${patientPseudonym("4711")}` };
          },
        },
      ],
      [
        text(Tag.PatientID, "4711"),
        text(Tag.Manufacturer, "outside"),
        sequence(OUTER, [text(Tag.Manufacturer, "inside"), model()]),
      ],
    );
    const [patient] = textAt(dataset, "(0010,0020)") ?? [];
    expect(patient).toMatch(/^[0-9A-Z]{16}$/);
    expect(textAt(dataset, "(0008,2218)[0].(0008,1090)")).toEqual([
      `inside 1.2.840.10008.5.1.4.1.1.7 ${patient}`,
    ]);
  });

  it("is told of no SOP class where there is none", () => {
    const told: (string | undefined)[] = [];
    const decide: CustomRule["decide"] = (_element, { sopClassUid }) => {
      told.push(sopClassUid);
      return undefined;
    };
    pseudonymized([model()], { rules: [{ tag: Tag.ManufacturerModelName, decide }] });
    expect(told).toEqual([undefined]);
  });

  it("decides an action, a value, or nothing, which leaves it to the other rules", () => {
    const decided = (outcome: ReturnType<NonNullable<CustomRule["decide"]>>) =>
      madeOf(model("Zyxwv brain"), { value: "earlier rule" }, { decide: () => outcome });
    expect(decided({ action: "clean" })).toEqual(["brain"]);
    expect(decided({ action: "remove" })).toBeUndefined();
    expect(decided({ value: "decided" })).toEqual(["decided"]);
    expect(decided(undefined)).toEqual(["earlier rule"]);
  });

  it("may give the text to clean, and say what is done where nothing is left of it", () => {
    const decided = (outcome: ReturnType<NonNullable<CustomRule["decide"]>>) =>
      madeOf(model("Zyxwv brain"), { decide: () => outcome });
    expect(decided({ action: "clean", text: "chest of Zyxwv" })).toEqual(["chest of"]);
    const nothing = { action: "clean", text: "Zyxwv" } as const;
    expect(decided(nothing)).toBeUndefined();
    expect(decided({ ...nothing, otherwise: "remove" })).toBeUndefined();
    expect(decided({ ...nothing, otherwise: "empty" })).toEqual([]);
    expect(decided({ ...nothing, otherwise: "dummy" })).toEqual(["REMOVED"]);
  });

  it("is told what the object has to have of an attribute that the standard's table names", () => {
    const types = new Map<number, string>();
    const decide: CustomRule["decide"] = ({ tag }, { attributeType }) => {
      types.set(tag, attributeType());
      return undefined;
    };
    const tags = [Tag.StudyInstanceUID, Tag.PatientName, Tag.StudyDescription];
    withRules(
      [...tags, Tag.ManufacturerModelName, Tag.ContentSequence].map((tag) => ({ tag, decide })),
      [
        { tag: Tag.StudyInstanceUID, value: "1.2" },
        { tag: Tag.PatientName, value: "A" },
        text(Tag.StudyDescription, "a"),
        model(),
        sequence(Tag.ContentSequence, []),
      ],
    );
    // PS3.3 A.8.1.3, Secondary Capture Image IOD: modules C.7.1.1 and C.7.2.1.
    expect([...types]).toEqual([
      [Tag.StudyDescription, "3"],
      [Tag.ManufacturerModelName, "unknown"],
      [Tag.PatientName, "2"],
      [Tag.StudyInstanceUID, "1"],
      [Tag.ContentSequence, "absent"],
    ]);
  });

  it("that decides an action that there is none of is refused", () => {
    const decide = () => ({ action: "scrub" as CustomAction });
    expect(() => madeOf(model(), { decide })).toThrow(refused("BAD_RULE", /^rule 1: /));
  });

  it("that decides a name that every object has is refused, and keeps nothing", () => {
    const decide = () => ({ action: "toString" as CustomAction });
    expect(() => madeOf(text(Tag.StudyDescription, "Canary"), { decide })).toThrow(
      refused("BAD_RULE"),
    );
  });
});

describe("rules reach", () => {
  const everything: CustomRule = { range: { mask: 0, value: 0 }, action: "keep" };

  it("no meta information, directory information, signatures and padding in the data set", () => {
    const bytes = rawFile([
      element(0x00000901, "US", [1, 0]),
      element(0x00020016, "AE", "CANARY"),
      element(0x00041130, "CS", "CANARY"),
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(0xfffafffa, "SQ", item(element(Tag.PatientName, "PN", "CANARY"))),
      element(0xfffcfffc, "OB", "CANARY"),
    ]);
    const { dataset, bytes: made } = pseudonymized(bytes, { rules: [everything] });
    expect(holds(made, "CANARY")).toBe(false);
    const groups = new Set(dataset.elements.map(({ tag }) => tag >>> 16));
    for (const group of [0x0000, 0x0002, 0x0004, 0xfffa, 0xfffc]) {
      expect(groups).not.toContain(group);
    }
  });

  it("none of these in items", () => {
    const bytes = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(
        OUTER,
        "SQ",
        item(bytesOf(element(0x00020016, "AE", "CANARY"), element(0xfffcfffc, "OB", "CANARY"))),
      ),
    ]);
    expect(holds(pseudonymized(bytes, { rules: [everything] }).bytes, "CANARY")).toBe(false);
  });

  it("nothing of what is written down about the work", () => {
    const rules: readonly CustomRule[] = [
      { range: { mask: 0xffff0000, value: 0x00120000 }, action: "remove" },
      { tag: Tag.LongitudinalTemporalInformationModified, value: "UNMODIFIED" },
    ];
    const { dataset } = withRules(rules, [
      { tag: Tag.PatientIdentityRemoved, vr: "CS", value: "NO" },
      { tag: Tag.LongitudinalTemporalInformationModified, vr: "CS", value: "MODIFIED" },
    ]);
    expect(textAt(dataset, "(0012,0062)")).toEqual(["YES"]);
    expect(textAt(dataset, "(0012,0063)")).toContain("D-SAIL: rules of the user");
    expect(textAt(dataset, "(0012,0064)[0].(0008,0100)")).toEqual(["113100"]);
    expect(textAt(dataset, "(0028,0303)")).toEqual(["REMOVED"]);
  });

  it("the Patient ID: it may be kept, and the name is a pseudonym still", () => {
    const { dataset } = withRules(
      [{ tag: Tag.PatientID, action: "keep" }],
      [text(Tag.PatientID, "4711"), { tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" }],
    );
    expect(textAt(dataset, "(0010,0020)")).toEqual(["4711"]);
    expect(textAt(dataset, "(0010,0010)")).toEqual([expect.stringMatching(/^[0-9A-Z]{16}$/)]);
  });

  it("the instance: it may be kept, also in the meta information", () => {
    const { dataset, plan, bytes } = withRules([{ tag: Tag.SOPInstanceUID, action: "keep" }], []);
    expect(plan.sopInstanceUid).toBe("1.2.3");
    expect(textAt(dataset, "(0008,0018)")).toEqual(["1.2.3"]);
    expect(textAt(readFile(bytes).fileMetaInformation, "(0002,0003)")).toEqual(["1.2.3"]);
  });

  it.each<readonly [string, Omit<CustomRule, "tag">, string]>([
    ["removed", { action: "remove" }, "1.2.3"],
    ["empty", { action: "empty" }, "1.2.3"],
    ["kept where it is no UID", { action: "keep" }, "CANARY"],
  ])("the instance no further than to another UID where it would be %s", (_what, rule, uid) => {
    const { dataset, plan, bytes } = pseudonymized(
      [{ tag: Tag.SOPInstanceUID, vr: "UI", value: uid }],
      { rules: [{ tag: Tag.SOPInstanceUID, ...rule }] },
    );
    expect(plan.sopInstanceUid).toMatch(/^2\.25\.\d+$/);
    expect(textAt(dataset, "(0008,0018)")).toEqual([plan.sopInstanceUid]);
    expect(textAt(readFile(bytes).fileMetaInformation, "(0002,0003)")).toEqual([
      plan.sopInstanceUid,
    ]);
  });

  it("an overlay, which the profile removes as a whole", () => {
    const overlay: readonly ElementInit[] = [
      { tag: 0x60000010, vr: "US", value: 8 },
      { tag: 0x60003000, vr: "OW", value: Uint8Array.of(1, 2) },
    ];
    expect(findElement(withRules([], overlay).dataset, 0x60003000)).toBeUndefined();
    const { dataset } = withRules(
      [{ range: { mask: 0xff000000, value: 0x60000000 }, action: "keep" }],
      overlay,
    );
    expect(readNumbers(dataset, 0x60000010)).toEqual([8]);
    expect(findElement(dataset, 0x60003000)?.valueLength).toBe(2);
  });

  it("elements that are not of the IOD, where others go", () => {
    const elements = [...INSTANCE, text(Tag.ProtocolName, "Zyxwv"), text(0x00089ff0, "Zyxwv")];
    const { dataset } = pseudonymized(elements, {
      unlisted: "remove",
      rules: [{ tag: 0x00089ff0, action: "keep" }],
    });
    expect(textAt(dataset, "(0008,9FF0)")).toEqual(["Zyxwv"]);
    expect(textAt(dataset, "(0018,1030)")).toBeUndefined();
  });

  it("values of content items, where structured content is cleaned", () => {
    const { dataset } = withRules(
      [{ path: [Tag.ContentSequence, -1, Tag.TextValue], value: "ours" }],
      [
        sequence(Tag.ContentSequence, [
          { tag: Tag.ValueType, vr: "CS", value: "TEXT" },
          { tag: Tag.TextValue, vr: "UT", value: "Zyxwv" },
        ]),
      ],
      { options: ["cleanStructuredContent"] },
    );
    expect(textAt(dataset, "(0040,A730)[0].(0040,A160)")).toEqual(["ours"]);
  });

  it("no further than what is said of dates: kept ones are not said to be removed", () => {
    const { dataset } = withRules(
      [{ tag: Tag.StudyDate, action: "keep" }],
      [{ tag: Tag.StudyDate, vr: "DA", value: "20200110" }],
    );
    expect(textAt(dataset, "(0008,0020)")).toEqual(["20200110"]);
    expect(textAt(dataset, "(0028,0303)")).not.toEqual(["REMOVED"]);
  });

  it("the SOP class and the meta information alike", () => {
    const { dataset, bytes } = pseudonymized(
      [
        { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.3.4" },
        { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
      ],
      { rules: [{ tag: Tag.SOPClassUID, action: "replaceUid" }] },
    );
    expect(textAt(readFile(bytes).fileMetaInformation, "(0002,0002)")).toEqual(
      textAt(dataset, "(0008,0016)"),
    );
  });
});

describe("private elements", () => {
  const block: readonly ElementInit[] = [
    text(0x00190010, "ACME"),
    text(0x00190011, "OTHER"),
    text(0x0019100c, "kept"),
    text(0x0019100d, "removed"),
    text(0x0019110c, "removed"),
  ];

  it.each<readonly [string, Omit<CustomRule, "tag">, readonly string[]]>([
    ["kept", { action: "keep" }, ["kept"]],
    ["emptied", { action: "empty" }, []],
    ["replaced", { value: "ours" }, ["ours"]],
  ])("that are %s by a rule keep their creator, and nothing else of it", (_what, rule, value) => {
    const { dataset } = withRules([{ tag: 0x0019100c, ...rule }], block);
    expect(textAt(dataset, "(0019,100C)")).toEqual(value);
    const left = dataset.elements.map(({ tag }) => tag).filter((tag) => tag >>> 16 === 0x0019);
    expect(left).toEqual([0x00190010, 0x0019100c]);
  });

  it("that are removed by a rule keep none, also where they are said to be safe", () => {
    const { dataset } = withRules([{ tag: 0x0019100c, action: "remove" }], block, {
      options: ["retainSafePrivate"],
      safePrivate: [{ creator: "ACME", group: 0x0019, element: 0x0c }],
    });
    expect(dataset.elements.some(({ tag }) => tag >>> 16 === 0x0019)).toBe(false);
  });

  it("keep their creator against a rule that removes it, which would make them nobody's", () => {
    const { dataset } = withRules(
      [
        { tag: 0x0019100c, action: "keep" },
        { tag: 0x00190010, action: "remove" },
      ],
      block,
    );
    expect(textAt(dataset, "(0019,0010)")).toEqual(["ACME"]);
  });

  it("that are sequences are cleaned within", () => {
    const { dataset, bytes } = withRules(
      [{ private: { creator: "ACME", group: 0x0019, element: 0x0c }, action: "keep" }],
      [
        text(0x00190010, "ACME"),
        sequence(0x0019100c, [{ tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" }, model()]),
      ],
    );
    expect(textAt(dataset, "(0019,100C)[0].(0008,1090)")).toEqual(["model"]);
    expect(holds(bytes, "Canary")).toBe(false);
  });

  const twice = (...values: readonly string[]) =>
    rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(Tag.PatientName, "PN", "CANARY^CAROL"),
      element(0x00190010, "LO", "ACME"),
      values.map((value) => element(0x0019100c, "LO", value)),
    ]);

  it("that occur twice are each looked at", () => {
    const rules: readonly CustomRule[] = [
      { tag: 0x0019100c, action: "keep" },
      { tag: 0x0019100c, find: "CANARY", replace: "found" },
    ];
    for (const values of [
      ["CANARY", "harmless"],
      ["harmless", "CANARY"],
    ]) {
      expect(holds(pseudonymized(twice(...values), { rules }).bytes, "CANARY")).toBe(false);
    }
  });

  it("that occur twice are safe only if none of them names somebody", () => {
    const { bytes } = pseudonymized(twice("CANARY", "harmless"), {
      options: ["retainSafePrivate"],
      safePrivate: [{ creator: "ACME", group: 0x0019, element: 0x0c }],
    });
    expect(holds(bytes, "CANARY")).toBe(false);
  });
});

describe("a rule is refused", () => {
  const tag = Tag.StudyDescription;

  it.each<readonly [string, CustomRule]>([
    ["that fits nothing in particular", { action: "keep" }],
    ["that has a name only", { name: "mine" }],
    ["that says nothing to do", { tag }],
    ["that says two things to do", { tag, action: "keep", value: "x" }],
    ["that finds and decides", { tag, find: "x", decide: () => undefined }],
    ["with a value and something to find", { tag, value: "x", find: "x" }],
    ["with an action that there is none of", { tag, action: "scrub" as CustomAction }],
    ["with a regular expression that is none", { tag, find: "(CANARY" }],
    ["with one that the flag u does not allow", { tag, find: "\\p{CANARY}" }],
  ])("%s, with its number, before any file", (_what, rule) => {
    const rules: readonly CustomRule[] = [{ tag, action: "keep" }, rule];
    const create = () => createPseudonymization({ key: KEY, rules });
    expect(create).toThrow(refused("BAD_RULE", /^rule 2: /));
    expect(create).not.toThrow(/CANARY/);
  });

  it("not at all if it has an empty value, or finds an empty text", () => {
    expect(madeOf(model(), { value: "" })).toEqual([]);
    expect(madeOf(model("head"), { find: "^", replace: "brain " })).toEqual(["brain head"]);
  });
});
