/**
 * The Retain Safe Private Option (PS3.15 E.3.10): private elements that the table of the standard, the file itself or the
 * user calls safe stay, with their creators, and nothing else of what is private.
 */
import {
  type Dataset,
  type ElementInit,
  findElement,
  formatTag,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isPrivateTag,
  isVR,
  readFile,
  readStrings,
  readText,
  type VR,
  viewBytes,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import type { TableOption } from "../src/action.js";
import { createPseudonymizer } from "../src/pseudonymize.js";
import type { PrivateElement } from "../src/safe-private.js";
import { canaryOf, holds, holdsCanary } from "./canary.js";
import { KEY } from "./keys.js";
import { type Bytes, element, implicitElement, item, rawFile, rawImplicitFile } from "./raw-elements.js";
import { readStandardTable } from "./standard-tables.js";

const at = (tag: number, vr: VR, value: ElementInit["value"]): ElementInit => ({ tag, vr, value });

const BARE: readonly ElementInit[] = [
  at(Tag.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.4"),
  at(Tag.SOPInstanceUID, "UI", "1.2.3.4"),
  at(Tag.PatientName, "PN", "Doe^Jane"),
  at(Tag.PatientID, "LO", "ID-4711"),
];

const pseudonymizer = (
  options: readonly TableOption[] = ["retainSafePrivate"],
  safePrivate: readonly PrivateElement[] = [],
) => createPseudonymizer({ key: KEY, options, safePrivate });

const pseudonymize = pseudonymizer();

/** The data set that comes of BARE and some elements. */
const outputOf = (...elements: readonly ElementInit[]): Dataset =>
  readFile(pseudonymize(writeFile([...BARE, ...elements]))).dataset;

const privateTags = (dataset: Dataset) =>
  dataset.elements.flatMap(({ tag }) => (isPrivateTag(tag) ? [formatTag(tag)] : []));

const bytesOf = (dataset: Dataset, tag: number) => {
  const found = findElement(dataset, tag);
  return found && Buffer.from(viewBytes(dataset.source, found.valueOffset, found.valueLength));
};

interface TableElement {
  readonly creator: string;
  readonly group: number;
  readonly element: number;
  readonly vr: VR;
}

const TABLE: readonly TableElement[] = readStandardTable("ps3.15-2026c-table-E.3.10-1.csv").map((row) => {
  const match = /^\(([0-9A-F]{4}),xx([0-9A-F]{2})\)$/i.exec(row.get("Data Element") ?? "");
  const letters = (row.get("VR") ?? "").replace("OW/OB", "OW");
  return {
    creator: row.get("Private Creator") ?? "",
    group: Number.parseInt(match?.[1] ?? "", 16),
    element: Number.parseInt(match?.[2] ?? "", 16),
    vr: isVR(letters) ? letters : "UN", // of five the table does not tell
  };
});

/** A creator, and an element of its block. */
function blockOf({ creator, group, element: last, vr }: TableElement, block: number): readonly ElementInit[] {
  const tag = ((group << 16) | (block << 8) | last) >>> 0;
  const value = vr === "SQ" ? at(tag, vr, [[canaryOf(Tag.Rows, "US")]]) : canaryOf(tag, vr);
  return [at(((group << 16) | block) >>> 0, "LO", creator), value];
}

/** What is wrong with what comes of an element of the table. */
function complaintsOf(row: TableElement, block: number, transferSyntaxUid?: string): readonly string[] {
  const elements = blockOf(row, block);
  const [creator, { tag }] = elements as [ElementInit, ElementInit];
  const input = writeFile([...BARE, ...elements], transferSyntaxUid === undefined ? {} : { transferSyntaxUid });
  const output = pseudonymize(input);
  const { dataset, findings } = readFile(output);
  const name = `${formatTag(tag)} ${row.creator} ${row.vr}`;
  const canaryVR = row.vr === "SQ" ? "US" : row.vr;
  if (!holdsCanary(input, canaryVR)) return [`${name}: it is not in the input`];
  if (holdsCanary(pseudonymizer([])(input), canaryVR)) return [`${name}: it stays without the option`];
  const left = privateTags(dataset);
  if (left.join() !== [creator.tag, tag].map(formatTag).join()) return [`${name}: it is gone`];
  if (findings.length > 0) return [`${name}: the output is read with findings`];
  if (readText(dataset, creator.tag) !== row.creator) return [`${name}: the creator has changed`];
  if (row.vr === "UI") {
    const isMapped = !holdsCanary(output, "UI") && holds(output, "2.25.");
    return isMapped ? [] : [`${name}: the UID is not replaced`];
  }
  return holdsCanary(output, canaryVR) ? [] : [`${name}: its value has changed`];
}

describe("an element of Table E.3.10-1", () => {
  it("is read from the table of the standard", () => {
    expect(TABLE.length).toBe(479);
    expect(TABLE.filter(({ group, element: last }) => Number.isNaN(group) || Number.isNaN(last))).toEqual([]);
    expect(new Set(TABLE.map(({ creator }) => creator)).size).toBe(20);
    expect(TABLE.filter(({ vr }) => vr === "UN").length).toBe(5);
  });

  it("stays with its creator, in explicit VR", () => {
    expect(TABLE.flatMap((row) => complaintsOf(row, 0x10))).toEqual([]);
  });

  it("stays in another block", () => {
    expect(TABLE.flatMap((row) => complaintsOf(row, 0x11))).toEqual([]);
    expect(TABLE.flatMap((row) => complaintsOf(row, 0xff))).toEqual([]);
  });

  it("stays in implicit VR, in which nobody tells its VR", () => {
    const rows = TABLE.filter(({ vr }) => !TEXT_VRS.has(vr));
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.flatMap((row) => complaintsOf(row, 0x10, IMPLICIT_VR_LITTLE_ENDIAN))).toEqual([]);
  });

  it("stays in implicit VR if it is text", () => {
    const rows = TABLE.filter(({ vr }) => TEXT_VRS.has(vr));
    expect(rows.flatMap((row) => complaintsOf(row, 0x10, IMPLICIT_VR_LITTLE_ENDIAN))).toEqual([]);
  });
});

const TEXT_VRS: ReadonlySet<string> = new Set(["CS", "DS", "IS", "LO", "LT", "SH", "ST"]);
