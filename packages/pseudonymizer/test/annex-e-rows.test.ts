/**
 * Every row of Table E.1-1 as a file: the attribute with a value that is told apart, at the top and in an item. What the
 * row wants gone is looked for in the bytes that come out.
 */
import {
  type ElementInit,
  findElement,
  formatTag,
  joinSegments,
  readFile,
  type VR,
  writeDataset,
  writeFile,
} from "@dsail/dicom-core";
import { lookupTag, vrOfTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import type { Action } from "../src/action.js";
import { applyPlan } from "../src/apply.js";
import { dummyItems } from "../src/dummy.js";
import { ANNEX_E_ROWS, type AnnexERow } from "../src/generated/annex-e.js";
import { createIodTypes } from "../src/iod-types.js";
import { typesOfObject } from "../src/object-types.js";
import { planFile } from "../src/plan.js";
import type { Rule } from "../src/profile.js";
import { createPseudonymization, type Pseudonymization } from "../src/pseudonymization.js";
import { canaryOf, holdsCanary } from "./canary.js";
import { conditionalChoice } from "./conditional-choice.js";
import { KEY } from "./keys.js";

/** Rows that the dictionary does not know: commands of PS3.7, and one younger than it. */
const YOUNGER: ReadonlyMap<number, VR> = new Map([
  [0x00001000, "UI"],
  [0x00001001, "UI"],
  [0x0040e012, "UR"],
]);

interface Case {
  readonly row: AnnexERow;
  readonly vr: VR;
  readonly action: Action;
  /** The attribute, holding the canary of `canaryVR`. */
  readonly element: ElementInit;
  readonly canaryVR: VR;
  /** Where the canary itself stands: in the attribute, or in one of its items. */
  readonly canaryTag: number;
}

const BARE: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.4" },
  { tag: Tag.PatientID, vr: "LO", value: "4711" },
];

/** The files below are Secondary Capture; HOLDER is a sequence that stays. */
const typeOf = typesOfObject(
  readFile(writeFile(BARE)).dataset,
  createIodTypes().ofSopClass("1.2.840.10008.5.1.4.1.1.7"),
);

function caseOf(row: AnnexERow, sequence: number | undefined): [name: string, Case] {
  const vr = (vrOfTag(row.tag) as VR | undefined) ?? (YOUNGER.get(row.tag) as VR);
  const action = conditionalChoice(
    row.tag,
    row.basic,
    vr === "SQ" ? "sequence" : "value",
    typeOf(row.tag, sequence),
  );
  const name = `${formatTag(row.tag)} ${lookupTag(row.tag)?.name ?? ""} (${row.basic})`;
  if (vr !== "SQ") {
    const element = canaryOf(row.tag, vr);
    return [name, { row, vr, action, element, canaryVR: vr, canaryTag: row.tag }];
  }
  // Of a sequence that goes, anything in it goes; in one that stays, the rules apply to what is in it.
  const stays = action === "U" || (action === "D" && dummyItems(row.tag) === undefined);
  const canary = stays ? canaryOf(Tag.PatientName, "PN") : canaryOf(Tag.CodeMeaning, "LO");
  const element: ElementInit = { tag: row.tag, vr, value: [[canary]] };
  return [name, { row, vr, action, element, canaryVR: canary.vr as VR, canaryTag: canary.tag }];
}

/** A sequence that no row names, and that stays. */
const HOLDER = Tag.AnatomicRegionSequence;

function fileWith(element: ElementInit): Uint8Array {
  const elements = [...BARE.filter(({ tag }) => tag !== element.tag), element];
  const file = writeFile(elements);
  // The writer makes group 0002 itself: here it stands where it does not belong.
  return element.tag >>> 16 === 2 ? Buffer.concat([file, rawElement(element)]) : file;
}

/** An element as bytes, by way of an item, in which the writer takes any group. */
function rawElement(element: ElementInit): Uint8Array {
  const HEADERS = 12 + 8; // of the sequence and of its item
  return writeDataset([{ tag: HOLDER, vr: "SQ", value: [[element]] }]).subarray(HEADERS);
}

const basic = createPseudonymization({ key: KEY });

function pseudonymized(bytes: Uint8Array, pseudonymization: Pseudonymization): Uint8Array {
  const file = readFile(bytes);
  return joinSegments(applyPlan(file, planFile(file, pseudonymization)), file.source);
}

/** The Basic Profile, but that it keeps some attributes. */
function keeping(...tags: readonly number[]): Pseudonymization {
  const keep: Rule = { action: "K", reason: "positive control" };
  return {
    ...basic,
    ruleOf: (tag, vr, type) => (tags.includes(tag) ? keep : basic.ruleOf(tag, vr, type)),
  };
}

/** Always written anew, whatever the rule. */
const ALWAYS_NEW: readonly number[] = [Tag.SOPInstanceUID];

describe("a row of Table E.1-1, at the top of a file", () => {
  it.each(ANNEX_E_ROWS.map((row) => caseOf(row, undefined)))(
    "%s",
    (_name, { row, vr, action, element, canaryVR, canaryTag }) => {
      const input = fileWith(element);
      expect(holdsCanary(input, canaryVR)).toBe(true);

      const output = pseudonymized(input, basic);
      expect(holdsCanary(output, canaryVR)).toBe(false);

      const { dataset, findings } = readFile(output);
      expect(findings).toEqual([]);
      const found = findElement(dataset, row.tag);
      if (action === "X") expect(found).toBeUndefined();
      else expect(found?.vr).toBe(vr);
      if (action === "D" || action === "U") expect(found?.valueLength).toBeGreaterThan(0);

      if (ALWAYS_NEW.includes(row.tag)) return;
      const control = pseudonymized(input, keeping(row.tag, canaryTag));
      expect(holdsCanary(control, canaryVR)).toBe(true);
    },
  );
});

describe("a row of Table E.1-1, in an item of a sequence that stays", () => {
  it.each(ANNEX_E_ROWS.map((row) => caseOf(row, HOLDER)))(
    "%s",
    (_name, { row, action, element, canaryVR, canaryTag }) => {
      const input = fileWith({ tag: HOLDER, vr: "SQ", value: [[], [element]] });
      expect(holdsCanary(input, canaryVR)).toBe(true);

      const output = pseudonymized(input, basic);
      expect(holdsCanary(output, canaryVR)).toBe(false);

      const { dataset, findings } = readFile(output);
      expect(findings).toEqual([]);
      const item = findElement(dataset, HOLDER)?.items?.[1];
      expect(item).toBeDefined();
      expect(findElement(item!, row.tag) === undefined).toBe(action === "X");

      const control = pseudonymized(input, keeping(row.tag, canaryTag));
      expect(holdsCanary(control, canaryVR)).toBe(true);
    },
  );
});
