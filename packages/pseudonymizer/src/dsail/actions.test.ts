/**
 * What each action makes of each VR, where the object needs the attribute and where it does not.
 */
import type { VR } from "@dsail/dicom-core";
import { describe, expect, it } from "vitest";
import { refused } from "../../test/pseudonymized.js";
import type { AttributeType } from "../attribute-type.js";
import type { CustomContext, CustomElement } from "../custom-rule.js";
import type { DsailAction } from "./action.js";
import * as actions from "./actions.js";
import * as elements from "./element.js";

const PATIENT_SEX = 0x00100040;
const GRAPHIC_ANNOTATION_SEQUENCE = 0x00700001;
const CONTENT_SEQUENCE = 0x0040a730;

function decided(action: DsailAction, type: AttributeType, vr: VR = "LO", tag = PATIENT_SEX) {
  const element: CustomElement = { tag, vr, path: [tag], values: undefined };
  const context = { attributeType: () => type } as unknown as CustomContext;
  return action(element, context);
}

const DUMMY = { value: "Anonymized" };
const EMPTY = { action: "empty" };
const REMOVED = { action: "remove" };

describe("of a value, an action makes what Table E.1-1a says, by the attribute's type:", () => {
  it.each<readonly [string, DsailAction, Record<"1" | "2" | "3" | "unknown", object>]>([
    ["replace", actions.replace, { 1: DUMMY, 2: DUMMY, 3: DUMMY, unknown: DUMMY }],
    ["empty", actions.empty, { 1: DUMMY, 2: EMPTY, 3: EMPTY, unknown: EMPTY }],
    ["delete", actions.remove, { 1: DUMMY, 2: EMPTY, 3: REMOVED, unknown: REMOVED }],
    ["emptyOrReplace", actions.emptyOrReplace, { 1: DUMMY, 2: EMPTY, 3: EMPTY, unknown: DUMMY }],
    ["deleteOrEmpty", actions.deleteOrEmpty, { 1: DUMMY, 2: EMPTY, 3: REMOVED, unknown: EMPTY }],
    [
      "deleteOrReplace",
      actions.deleteOrReplace,
      { 1: DUMMY, 2: DUMMY, 3: REMOVED, unknown: DUMMY },
    ],
    [
      "deleteOrEmptyOrReplace",
      actions.deleteOrEmptyOrReplace,
      { 1: DUMMY, 2: EMPTY, 3: REMOVED, unknown: DUMMY },
    ],
  ])("%s", (_name, action, expected) => {
    for (const type of ["1", "2", "3", "unknown"] as const) {
      expect({ type, outcome: decided(action, type) }).toEqual({ type, outcome: expected[type] });
    }
  });

  it("keep keeps, whatever the type", () => {
    expect(decided(actions.keep, "3")).toEqual({ action: "keep" });
    expect(decided(actions.keep, "1", "SQ")).toEqual({ action: "keep" });
  });

  it("replaceUid and deleteOrEmptyOrReplaceUid replace UIDs, and what is none by a dummy", () => {
    for (const action of [actions.replaceUid, actions.deleteOrEmptyOrReplaceUid]) {
      expect(decided(action, "3", "UI")).toEqual({ action: "replaceUid" });
      expect(decided(action, "3", "LO")).toEqual(DUMMY);
    }
  });

  it("clean does with what is left without a value as delete does", () => {
    expect(decided(actions.clean, "1")).toEqual({ action: "clean", otherwise: "dummy" });
    expect(decided(actions.clean, "2")).toEqual({ action: "clean", otherwise: "empty" });
    expect(decided(actions.clean, "3")).toEqual({ action: "clean", otherwise: "remove" });
  });

  it("replaceAndKeepCorrespondence is for Patient ID and Accession Number", () => {
    for (const tag of [0x00100020, 0x00080050]) {
      const outcome = decided(actions.replaceAndKeepCorrespondence, "2", "LO", tag);
      expect(outcome).toEqual({ action: "dummy" });
    }
    expect(() => decided(actions.replaceAndKeepCorrespondence, "2")).toThrow(refused("BAD_RULE"));
  });
});

describe("of a sequence,", () => {
  it("replace keeps the items, unless there are some that say nothing", () => {
    expect(decided(actions.replace, "1", "SQ", GRAPHIC_ANNOTATION_SEQUENCE)).toEqual({
      action: "keep",
    });
    expect(decided(actions.replace, "1", "SQ", CONTENT_SEQUENCE)).toEqual({ action: "dummy" });
  });

  it("replace removes one that the object is not to have", () => {
    expect(decided(actions.replace, "absent", "SQ", GRAPHIC_ANNOTATION_SEQUENCE)).toEqual(REMOVED);
  });

  it("delete removes it; but of the content of a report something has to be left", () => {
    expect(decided(actions.remove, "3", "SQ", CONTENT_SEQUENCE)).toEqual(REMOVED);
    expect(decided(actions.remove, "2", "SQ", CONTENT_SEQUENCE)).toEqual(EMPTY);
    expect(decided(actions.remove, "1C", "SQ", CONTENT_SEQUENCE)).toEqual({ action: "dummy" });
  });

  it("empty empties it only where that is legal", () => {
    expect(decided(actions.empty, "2", "SQ")).toEqual(EMPTY);
    expect(decided(actions.empty, "3", "SQ")).toEqual(REMOVED);
  });
});

describe("element functions", () => {
  const element = (vr: VR): CustomElement => ({
    tag: PATIENT_SEX,
    vr,
    path: [PATIENT_SEX],
    values: undefined,
  });

  it.each<readonly [VR, object]>([
    ["LO", { value: "Anonymized" }],
    ["SH", { value: "Anonymized" }],
    ["PN", { value: "Anonymized" }],
    ["ST", { value: "Anonymized" }],
    ["UT", { value: "Anonymized" }],
    ["CS", { value: "ANONYMIZED" }],
    ["TM", { value: "000000.00" }],
    ["IS", { value: "0" }],
    ["UL", { value: "0" }],
    ["FD", { value: "0" }],
    ["DA", { action: "dummy" }],
    ["DT", { action: "dummy" }],
    ["AS", { action: "dummy" }],
    ["OB", { action: "dummy" }],
    ["UI", { action: "replaceUid" }],
  ])("replaceElement of %s", (vr, expected) => {
    expect(elements.replaceElement(element(vr))).toEqual(expected);
  });

  it("of one VR treat others as replaceElement does", () => {
    expect(elements.replaceElementUid(element("UI"))).toEqual({ action: "replaceUid" });
    expect(elements.replaceElementUid(element("LO"))).toEqual(DUMMY);
    expect(elements.replaceElementDate(element("DA"))).toEqual({ action: "dummy" });
    expect(elements.replaceElementDateTime(element("DT"))).toEqual({ action: "dummy" });
    expect(elements.replaceElementDateTime(element("LO"))).toEqual(DUMMY);
  });

  it("empty and delete whatever the VR, dates too", () => {
    expect(elements.emptyElement(element("DA"))).toEqual(EMPTY);
    expect(elements.deleteElement(element("DA"))).toEqual(REMOVED);
  });
});
