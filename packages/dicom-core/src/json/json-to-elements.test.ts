import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDicomError } from "../errors.js";
import { jsonToElements } from "./json-to-elements.js";

const badJson = (at: string | undefined) => expect.objectContaining({ code: "BAD_JSON", at });

/** The value of one element, (0009,1001). */
const valueFrom = (element: object) => jsonToElements({ "00091001": element })[0]?.value;

describe("elements from JSON", () => {
  it.each([
    [{ vr: "LO", Value: ["a", "b"] }, ["a", "b"]],
    [{ vr: "LO", Value: [null, "b"] }, ["", "b"]],
    [{ vr: "LO" }, []],
    [{ vr: "LO", Value: [] }, []],
    [{ vr: "LT", Value: ["a\\b"] }, ["a\\b"]],
    [{ vr: "DS", Value: [1.5, "1.50", null] }, [1.5, "1.50", ""]],
    [{ vr: "IS", Value: [4, "4"] }, [4, "4"]],
    [{ vr: "US", Value: [1, "2"] }, [1, 2]],
    [{ vr: "SV", Value: [-1, "-9223372036854775808"] }, [-1n, -9223372036854775808n]],
    [
      { vr: "FD", Value: [1.5, "NaN", "Infinity", "-inf"] },
      [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ],
    [{ vr: "AT", Value: ["7FE00010"] }, [0x7fe00010]],
    [{ vr: "PN", Value: [{ Alphabetic: "Wang", Ideographic: "王" }, null] }, ["Wang=王", ""]],
    [{ vr: "PN", Value: [{ Phonetic: "a" }, {}, "Doe^Jane"] }, ["==a", "", "Doe^Jane"]],
    [{ vr: "OB", InlineBinary: "AQID" }, new Uint8Array([1, 2, 3])],
    [{ vr: "OB", InlineBinary: ["AQI="] }, new Uint8Array([1, 2])],
    [{ vr: "OB", InlineBinary: "" }, new Uint8Array()],
    [{ vr: "OB" }, new Uint8Array()],
    [{ vr: "SQ" }, []],
    [{ vr: "SQ", Value: [{}, null] }, [[], []]],
  ])("have the value of %o", (element, value) => {
    expect(valueFrom(element)).toEqual(value);
  });

  it("are in ascending order, at every depth", () => {
    const item = { "40000010": { vr: "LT" }, "00080020": { vr: "DA" } };
    const elements = jsonToElements({
      "60003000": { vr: "OW" },
      "0008114A": { vr: "SQ", Value: [item] },
    });
    expect(elements).toEqual([
      {
        tag: 0x0008114a,
        vr: "SQ",
        value: [
          [
            { tag: 0x00080020, vr: "DA", value: [] },
            { tag: 0x40000010, vr: "LT", value: [] },
          ],
        ],
      },
      { tag: 0x60003000, vr: "OW", value: new Uint8Array() },
    ]);
  });

  it("ask for what is given by reference", () => {
    const json = {
      "00081140": { vr: "SQ", Value: [{ "00091001": { vr: "OB", BulkDataURI: "x" } }] },
    };
    const asked: unknown[] = [];
    const bulkData = (uri: string, path: readonly number[]) => {
      asked.push(uri, path);
      return new Uint8Array([7]);
    };
    expect(jsonToElements(json, { bulkData })[0]?.value).toEqual([
      [{ tag: 0x00091001, vr: "OB", value: new Uint8Array([7]) }],
    ]);
    expect(asked).toEqual(["x", [0x00081140, 0, 0x00091001]]);
    expect(() => jsonToElements(json)).toThrow(badJson("(0008,1140)[0].(0009,1001)"));
  });

  it.each([
    null,
    [],
    "text",
    7,
    { x: { vr: "LO" } },
    { PatientName: { vr: "PN" } },
    { "000800": { vr: "LO" } },
  ])("are not to be had from %o", (json) => {
    expect(() => jsonToElements(json)).toThrow(badJson(""));
  });

  it.each([
    null,
    {},
    { vr: "XX", Value: [] },
    { vr: 7 },
    { vr: "toString" },
    { vr: "LO", Value: "a" },
    { vr: "LO", Value: [7] },
    { vr: "LO", Value: ["a\\b"] },
    { vr: "LO", InlineBinary: "AQID" },
    { vr: "LT", Value: ["a", "b"] },
    { vr: "IS", Value: [1.5] },
    { vr: "US", Value: [null] },
    { vr: "US", Value: ["x"] },
    { vr: "US", Value: [1.5] },
    { vr: "US", Value: [""] },
    { vr: "FD", Value: ["1"] },
    { vr: "FD", Value: ["constructor"] },
    { vr: "AT", Value: ["PatientName"] },
    { vr: "AT", Value: [7] },
    { vr: "PN", Value: [7] },
    { vr: "PN", Value: [{ Alphabetic: 7 }] },
    { vr: "PN", Value: [{ Alphabetic: "a=b" }] },
    { vr: "OB", Value: [1] },
    { vr: "OB", InlineBinary: "AQI" },
    { vr: "OB", InlineBinary: "A*==" },
    { vr: "OB", InlineBinary: 7 },
    { vr: "OB", BulkDataURI: 7 },
    { vr: "OB", InlineBinary: "AQID", Value: [] },
    { vr: "SQ", BulkDataURI: "x" },
    { vr: "SQ", Value: ["x"] },
  ])("are not to be had from an element %o", (element) => {
    const at = element?.vr === "SQ" && Array.isArray(element.Value) ? "[0]" : "";
    expect(() => valueFrom(element as object)).toThrow(badJson(`(0009,1001)${at}`));
  });

  it("have each tag once", () => {
    const json = { "0008001a": { vr: "UI" }, "0008001A": { vr: "UI" } };
    expect(() => jsonToElements(json)).toThrow(badJson("(0008,001A)"));
  });

  it("end at a depth", () => {
    const nested = (depth: number): object =>
      depth === 0 ? {} : { "00081140": { vr: "SQ", Value: [nested(depth - 1)] } };
    expect(() => jsonToElements(nested(64))).not.toThrow();
    expect(() => jsonToElements(nested(65))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    expect(() => jsonToElements(nested(3), { maxDepth: 2 })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    expect(() => jsonToElements(nested(5_000))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("never tell a value in an error", () => {
    const element = { vr: "US", Value: ["CANARY"] };
    try {
      valueFrom(element);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain("CANARY");
    }
  });

  it("are elements or a DicomError, whatever the JSON", () => {
    const vr = fc.constantFrom("LO", "SQ", "US", "FD", "PN", "OB", "AT", "SV", "DS", "??");
    const member = fc.constantFrom("Value", "InlineBinary", "BulkDataURI");
    const element = fc
      .tuple(vr, member, fc.jsonValue())
      .map(([vr, member, value]) => ({ vr, [member]: value }));
    const tag = fc.stringMatching(/^[0-9A-F]{8}$/);
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(tag, element)), (json) => {
        try {
          jsonToElements(json);
        } catch (error) {
          if (!isDicomError(error)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
