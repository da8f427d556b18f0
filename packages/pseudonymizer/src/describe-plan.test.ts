import {
  type ElementInit,
  formatPath,
  parsePath,
  readFile,
  readHeaderSync,
  writeFile,
} from "@dsail/dicom-core";
import { keywordOfTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canaryOf } from "../test/canary.js";
import { KEY } from "../test/keys.js";
import { type DescribeOptions, describePlan } from "./describe-plan.js";
import { type PlanOptions, planFile } from "./plan.js";
import { createPseudonymization, type PseudonymizationOptions } from "./pseudonymization.js";

const INSTANCE: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.314159265" },
];

function linesOf(
  elements: readonly ElementInit[],
  describing: DescribeOptions & PlanOptions = {},
  options: Partial<PseudonymizationOptions> = {},
) {
  const file = readFile(writeFile([...INSTANCE, ...elements]));
  const plan = planFile(file, createPseudonymization({ key: KEY, ...options }), describing);
  return { file, plan, lines: describePlan(file, plan, describing) };
}

const placeOf = (line: string) => line.slice(0, line.search(/: | [A-Z]\w*: /));
const lineAt = (lines: readonly string[], place: string) =>
  lines.filter((line) => placeOf(line) === place);

const SOME: readonly ElementInit[] = [
  canaryOf(Tag.PatientID, "LO"),
  canaryOf(Tag.PatientName, "PN"),
  canaryOf(Tag.StudyDate, "DA"),
  canaryOf(Tag.StudyDescription, "LO"),
  canaryOf(Tag.StudyInstanceUID, "UI"),
  canaryOf(Tag.ManufacturerModelName, "LO"),
  canaryOf(Tag.PixelData, "OW"),
  canaryOf(0x00089ff0, "UT"),
  canaryOf(0x00090010, "LO"),
  canaryOf(0x00091001, "UN"),
  {
    tag: Tag.AnatomicRegionSequence,
    vr: "SQ",
    value: Array.from({ length: 12 }, () => [canaryOf(Tag.OperatorsName, "PN")]),
  },
];

describe("a plan in lines", () => {
  it("has one for each decision, in order of paths, and then the findings", () => {
    const { plan, lines } = linesOf(SOME, { explain: true });
    expect(lines.length).toBe(plan.decisions.length + plan.findings.length);
    const places = lines.slice(0, plan.decisions.length).map(placeOf);
    const planned = plan.decisions.map(({ path }) => formatPath(path));
    expect([...places].sort()).toEqual([...planned].sort());
    const items = places.filter((place) => place.startsWith("(0008,2218)["));
    expect(items).toEqual(Array.from({ length: 12 }, (_, i) => `(0008,2218)[${i}].(0008,1070)`));
    const tops = places.map((place) => parsePath(place.replace(/\[.*/, ""))[0] as number);
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    expect(plan.findings.length).toBeGreaterThan(0);
    expect(lines.slice(plan.decisions.length)).toEqual(["UNKNOWN_ATTRIBUTE_KEPT at (0008,9FF0)"]);
  });

  it("says of each place what is done, and which rule wants it", () => {
    const { lines } = linesOf(SOME, {}, { options: ["cleanDescriptors"] });
    expect(lineAt(lines, "(0010,0020)")).toEqual([
      "(0010,0020): replace (PS3.15 E.1-1 (0010,0020) Z/D, Type 2)",
    ]);
    expect(lineAt(lines, "(0008,0020)")).toEqual([
      expect.stringMatching(/^\(0008,0020\): empty \(PS3\.15 E\.1-1 \(0008,0020\) Z/),
    ]);
    expect(lineAt(lines, "(0009,1001)")).toEqual([
      "(0009,1001): remove (PS3.15 E.1-1 private attributes X)",
    ]);
    expect(lineAt(lines, "(0008,1030)")[0]).toMatch(/clean-descriptors\)$/);
    expect(lineAt(lines, "(0012,0062)")[0]).toMatch(/^\(0012,0062\): replace \(/);
    expect(lineAt(lines, "(0008,1090)")).toEqual([]);
  });

  it("tells cleaned from clean already, and both from removed", () => {
    const text = (value: string) =>
      linesOf(
        [{ tag: Tag.StudyDescription, vr: "LO", value }],
        { explain: true },
        { options: ["cleanDescriptors"] },
      ).lines.find((line) => line.startsWith("(0008,1030)"));
    expect(text("brain")).toMatch(/^\(0008,1030\): keep, clean already \(/);
    expect(text("brain Zyxwv")).toMatch(/^\(0008,1030\): clean \(/);
    expect(text("Zyxwv")).toMatch(/^\(0008,1030\): remove \(/);
  });

  it("shows what stays only if the plan explains it, and then all of it", () => {
    const { file, lines } = linesOf(SOME, { explain: true });
    for (const { tag } of file.dataset.elements) {
      expect(lineAt(lines, formatPath([tag])).length).toBe(1);
    }
    expect(lineAt(lines, "(0008,1090)")).toEqual(["(0008,1090): keep (no rule names it)"]);
    expect(lineAt(lines, "(0008,2218)")).toEqual(["(0008,2218): keep (no rule names it)"]);
    expect(linesOf(SOME).lines.filter((line) => line.includes(": keep"))).toEqual([]);
  });

  it("names attributes where names are to be had", () => {
    const { lines } = linesOf(SOME, { explain: true, nameOf: keywordOfTag });
    expect(lineAt(lines, "(0010,0020)")[0]).toMatch(/^\(0010,0020\) PatientID: replace \(/);
    expect(lineAt(lines, "(0008,2218)[3].(0008,1070)")[0]).toMatch(
      /^\(0008,2218\)\[3\]\.\(0008,1070\) OperatorsName: /,
    );
    expect(lineAt(lines, "(0009,1001)")[0]).toMatch(/^\(0009,1001\): remove/);
    expect(lineAt(lines, "(0008,9FF0)")[0]).toMatch(/^\(0008,9FF0\): keep/);
  });

  it("names items by their sequence", () => {
    const item: readonly ElementInit[] = [
      { tag: Tag.CodeValue, vr: "SH", value: "1" },
      { tag: Tag.CodingSchemeDesignator, vr: "SH", value: "99LOCAL" },
    ];
    const { lines } = linesOf(
      [{ tag: Tag.AdmittingDiagnosesCodeSequence, vr: "SQ", value: [item] }],
      { nameOf: keywordOfTag },
      { options: ["cleanDescriptors"] },
    );
    expect(lines.filter((line) => line.startsWith("(0008,1084)[0]"))).toEqual([
      expect.stringMatching(/^\(0008,1084\)\[0\] AdmittingDiagnosesCodeSequence: clean \(/),
    ]);
  });
});

describe("values", () => {
  const MARKS = /canary|19640229|314159265|carol/i;

  it("are not shown unless asked for, old or new", () => {
    for (const options of [[], ["cleanDescriptors", "retainUids"]] as const) {
      const { plan, lines } = linesOf(
        SOME,
        { explain: true, nameOf: keywordOfTag },
        { options, rules: [{ tag: Tag.ManufacturerModelName, value: "CANARY of the rule" }] },
      );
      const text = lines.join("\n");
      expect(text).not.toMatch(MARKS);
      for (const { edit } of plan.decisions) {
        if (edit?.kind !== "set" || typeof edit.value !== "string" || edit.value.length < 8)
          continue;
        expect(text).not.toContain(edit.value);
      }
    }
  });

  it("are shown if asked for: old and new ones, quoted, or how much there is", () => {
    const { plan, lines } = linesOf(SOME, { explain: true, showValues: true });
    const [patient] = lineAt(lines, "(0010,0020)");
    const edit = plan.decisions.find(({ path }) => path[0] === Tag.PatientID)?.edit;
    const pseudonym = edit?.kind === "set" ? edit.value : undefined;
    expect(patient).toBe(
      `(0010,0020): replace (PS3.15 E.1-1 (0010,0020) Z/D, Type 2): "Canary of a lane" -> "${pseudonym}"`,
    );
    expect(lineAt(lines, "(0008,0020)")[0]).toMatch(/: "19640229" -> ""$/);
    expect(lineAt(lines, "(0008,1030)")[0]).toMatch(/: "Canary of a lane"$/);
    expect(lineAt(lines, "(0008,1090)")[0]).toMatch(/: keep .*: "Canary of a lane"$/);
    expect(lineAt(lines, "(0008,2218)[3].(0008,1070)")[0]).toMatch(/: "Canary\^Carol"(?: -> .*)?$/);
    expect(lineAt(lines, "(0009,1001)")[0]).toMatch(/: no text$/);
    expect(lineAt(lines, "(7FE0,0010)")[0]).toMatch(/: no text$/);
    expect(lineAt(lines, "(0012,0062)")[0]).toMatch(/: no text -> "YES"$/);
    expect(lineAt(lines, "(0012,0064)")[0]).toMatch(/: no text -> 1 items$/);
  });

  it("that are long are cut", () => {
    const { lines } = linesOf([{ tag: Tag.PatientComments, vr: "LT", value: "x".repeat(5000) }], {
      showValues: true,
    });
    const [line = ""] = lineAt(lines, "(0010,4000)");
    expect(line).toMatch(/"x{80}…"$/);
  });

  it("that were not loaded are not shown", () => {
    const bytes = writeFile([
      ...INSTANCE,
      { tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" },
      { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(3_000_000) },
    ]);
    const file = readHeaderSync(bytes.length, ({ byteOffset, length }) =>
      bytes.slice(byteOffset, byteOffset + length),
    );
    const plan = planFile(file, createPseudonymization({ key: KEY }), { explain: true });
    const lines = describePlan(file, plan, { showValues: true });
    expect(lineAt(lines, "(7FE0,0010)")[0]).toMatch(/: no text$/);
    expect(lineAt(lines, "(0010,0010)")[0]).toContain('"Canary^Carol"');
  });

  const shown = (value: string) =>
    linesOf(
      [
        { tag: Tag.SpecificCharacterSet, vr: "CS", value: "ISO_IR 192" },
        { tag: Tag.PatientComments, vr: "LT", value },
      ],
      { showValues: true },
    ).lines.filter((line) => line.startsWith("(0010,4000)"));

  it("cannot move the cursor, or forge a line", () => {
    const [line = ""] = shown('a\r\nb\x1b[2J\x1b]0;t\x07\t\x08"(0010,0010): keep');
    expect(line).not.toMatch(/\p{Cc}/u);
    expect(JSON.parse(line.slice(line.indexOf(': "') + 2))).toBe(
      'a\r\nb\x1b[2J\x1b]0;t\x07\t\x08"(0010,0010): keep',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("\0", "\n", "\x1b", "\u001f", '"', "\\", "a") }),
        (text) => {
          const lines = shown(`x${text}x`);
          expect(lines.length).toBe(1);
          expect(lines[0]).not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });

  it.each([
    ["DEL", "a\x7fb"],
    ["CSI, as one character", "a\x9b2Jb"],
    ["NEL", "a\x85b"],
    ["a line separator", "a\u2028b"],
    ["writing from right to left", "a\u202eb"],
  ])("cannot do so with %s either", (_what, value) => {
    const [line = ""] = shown(value);
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
  });

  it("names of rules cannot do so either", () => {
    const { lines } = linesOf(
      [canaryOf(Tag.PatientComments, "LT")],
      {},
      {
        rules: [{ tag: Tag.PatientComments, action: "remove", name: "x)\n(0010,0010): remove (y" }],
      },
    );
    expect(lines.join("")).not.toMatch(/\p{Cc}/u);
  });
});

describe("a plan that explains what stays", () => {
  it("does nothing else than one that does not", () => {
    for (const options of [
      {},
      { options: ["cleanDescriptors", "retainUids", "cleanStructuredContent"] },
      { unlisted: "remove" },
      { rules: [{ vr: "UI", action: "keep" }] },
    ] as const) {
      const file = readFile(writeFile([...INSTANCE, ...SOME]));
      const pseudonymization = createPseudonymization({ key: KEY, ...options });
      const usual = planFile(file, pseudonymization);
      const explained = planFile(file, pseudonymization, { explain: true });
      const edits = explained.decisions.filter(({ edit }) => edit !== undefined);
      expect({ ...explained, decisions: edits }).toEqual(usual);
    }
  });
});
