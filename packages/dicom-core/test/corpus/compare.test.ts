/**
 * That the comparison with pydicom can fail: one change to what is compared, and it is found.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { datasetToJson } from "../../src/json/dataset-to-json.js";
import { datasetOf, type ElementOf } from "../dataset-of.js";
import {
  type CanonicalElement,
  type CanonicalJson,
  canonicalElements,
  canonicalJson,
} from "./canonical-values.js";
import { compareJson, compareValues, explain } from "./compare.js";
import { JSON_DEVIATIONS, VALUE_DEVIATIONS } from "./deviations.js";

const ELEMENTS: readonly ElementOf[] = [
  [0x00080008, "CS", "ORIGINAL\\PRIMARY"],
  [0x00081140, "SQ", [[[0x00081155, "UI", "1.2.3\0"]], []]],
  [0x00100010, "PN", "Doe^Jane"],
  [0x00180050, "DS", "1.50"],
  [0x00280010, "US", [2, 1]],
  [0x7fe00010, "OW", [1, 2, 3, 4]],
];
const dataset = datasetOf(ELEMENTS);
const oracleLines = (): CanonicalElement[] =>
  [...canonicalElements(dataset)].map(({ path, vr, value, raw }) => ({ path, vr, value, raw }));

function valueDifferences(theirs: readonly CanonicalElement[]) {
  const { differences } = compareValues("file", canonicalElements(dataset), theirs);
  return { differences, unexplained: explain(differences, VALUE_DEVIATIONS).get(undefined) ?? [] };
}

describe("the comparison of values", () => {
  it("finds nothing where nothing differs", () => {
    expect(valueDifferences(oracleLines()).differences).toEqual([]);
    expect(compareValues("file", canonicalElements(dataset), oracleLines()).count).toBe(7);
  });

  it.each([
    ["a text", "(0010,0010)", { value: { text: ["Doe^John"] } }],
    ["the values of a text", "(0008,0008)", { value: { text: ["ORIGINAL"] } }],
    ["a number", "(0028,0010)", { value: { number: [513] } }],
    ["the text of a decimal", "(0018,0050)", { value: { decimal: [["1.5", 1.5]] as const } }],
    ["the number of a decimal", "(0018,0050)", { value: { decimal: [["1.50", 1.05]] as const } }],
    ["the number of items", "(0008,1140)", { value: { items: 1 } }],
    ["bytes", "(7FE0,0010)", { value: { bytes: [4, "00"] as const } }],
    ["a VR", "(0028,0010)", { vr: "SS" }],
    ["a value field", "(0010,0010)", { raw: [9, "00"] as const }],
    ["an element of an item", "(0008,1140)[0].(0008,1155)", { value: { text: ["1.2.4"] } }],
  ])("finds another %s", (_, path, change) => {
    const theirs = oracleLines().map((line) =>
      line.path === path ? { ...line, ...change } : line,
    );
    expect(valueDifferences(theirs).unexplained.map((d) => d.path)).toEqual([path]);
  });

  it("finds an element that is missing on either side", () => {
    const [first, ...rest] = oracleLines();
    expect(valueDifferences(rest).unexplained.map((d) => d.path)).toEqual([first?.path]);
    const more = [...oracleLines(), { ...(first as CanonicalElement), path: "(0008,0009)" }];
    expect(valueDifferences(more).unexplained.map((d) => d.path)).toEqual(["(0008,0009)"]);
  });

  it("lets a deviation pass that has a reason", () => {
    const padded = { value: { text: ["ORIGINAL ", "PRIMARY"] } };
    const theirs = oracleLines().map((l) => (l.path === "(0008,0008)" ? { ...l, ...padded } : l));
    const { differences, unexplained } = valueDifferences(theirs);
    expect(differences.length).toBe(1);
    expect(unexplained).toEqual([]);
  });
});

describe("the comparison of JSON", () => {
  const ours = canonicalJson(datasetToJson(dataset));
  const unexplained = (theirs: CanonicalJson) =>
    (
      explain(compareJson("file", ours, theirs).differences, JSON_DEVIATIONS).get(undefined) ?? []
    ).map(({ path }) => path);

  it("finds nothing where nothing differs", () => {
    expect(compareJson("file", ours, structuredClone(ours)).differences).toEqual([]);
    expect(compareJson("file", ours, ours).count).toBe(7);
  });

  it.each([
    ["value", "00080008", { vr: "CS", Value: ["ORIGINAL"] }],
    ["name", "00100010", { vr: "PN", Value: [{ Alphabetic: "Doe^John" }] }],
    ["VR", "00280010", { vr: "SS", Value: [258] }],
    ["number", "00180050", { vr: "DS", Value: ["1.50"] }],
    ["binary", "7FE00010", { vr: "OW", InlineBinary: [4, "00"] as const }],
    ["element", "00090009", { vr: "LO" }],
  ])("finds another %s", (_, tag, element) => {
    expect(unexplained({ ...ours, [tag]: element })).toEqual([tag]);
  });

  it("finds what is other in an item", () => {
    const items = [{ "00081155": { vr: "UI", Value: ["1.2.4"] } }, {}];
    const theirs = { ...ours, "00081140": { vr: "SQ", Value: items } };
    expect(unexplained(theirs)).toEqual(["00081140[0].00081155"]);
  });
});
