import { describe, expect, it } from "vitest";
import { datasetOf, type ElementOf, EXPLICIT_BIG } from "../../test/dataset-of.js";
import { formatPath } from "../path.js";
import { datasetToJson } from "./dataset-to-json.js";
import { formatJson } from "./json-model.js";

const jsonOf = (...elements: ElementOf[]) => datasetToJson(datasetOf(elements));

describe("a data set as JSON", () => {
  it("is the example of PS3.18 F.4, in its parts", () => {
    const json = jsonOf(
      [0x00080005, "CS", "ISO_IR 192"],
      [0x00080020, "DA", "20130409"],
      [0x00080030, "TM", "131600.0000 "],
      [0x00080061, "CS", "CT\\PET"],
      [0x00080090, "PN", "^Bob^^Dr."],
      [0x00091002, "UN", [0xcf, 0x4c, 0x7d, 0x73, 0xcb, 0xfb]],
      [0x00100010, "PN", "Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1"],
      [0x00201206, "IS", "4 "],
    );
    expect(json).toEqual({
      "00080005": { vr: "CS", Value: ["ISO_IR 192"] },
      "00080020": { vr: "DA", Value: ["20130409"] },
      "00080030": { vr: "TM", Value: ["131600.0000"] },
      "00080061": { vr: "CS", Value: ["CT", "PET"] },
      "00080090": { vr: "PN", Value: [{ Alphabetic: "^Bob^^Dr." }] },
      "00091002": { vr: "UN", InlineBinary: "z0x9c8v7" },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Wang^XiaoDong", Ideographic: "王^小東" }] },
      "00201206": { vr: "IS", Value: [4] },
    });
  });

  it("has no value of an empty element (F.2.5)", () => {
    expect(
      jsonOf(
        [0x00080020, "DA", ""],
        [0x00080050, "SH", "  "],
        [0x00081140, "SQ", ""],
        [0x00100010, "PN", ""],
        [0x00280010, "US", []],
        [0x7fe00010, "OW", []],
      ),
    ).toEqual({
      "00080020": { vr: "DA" },
      "00080050": { vr: "SH" },
      "00081140": { vr: "SQ" },
      "00100010": { vr: "PN" },
      "00280010": { vr: "US" },
      "7FE00010": { vr: "OW" },
    });
  });

  it("has null for an empty value among others (F.2.5)", () => {
    expect(
      jsonOf(
        [0x00080008, "CS", "A\\\\B"],
        [0x00080090, "PN", "\\Doe\\=="],
        [0x00180050, "DS", "\\1"],
      ),
    ).toEqual({
      "00080008": { vr: "CS", Value: ["A", null, "B"] },
      "00080090": { vr: "PN", Value: [null, { Alphabetic: "Doe" }, null] },
      "00180050": { vr: "DS", Value: [null, 1] },
    });
  });

  it("has only the representations of a name that are not empty (F.2.2)", () => {
    expect(jsonOf([0x00100010, "PN", "==Doe"])["00100010"]?.Value).toEqual([{ Phonetic: "Doe" }]);
  });

  it("has tags as text, and numbers as far as JSON has them", () => {
    expect(
      jsonOf(
        [0x00209165, "AT", [0xe0, 0x7f, 0x10, 0]],
        [0x00189313, "FD", [0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0xf0, 0xff]],
        [0x00720078, "UL", [0xff, 0xff, 0xff, 0xff]],
        [
          0x00720082,
          "SV",
          [0, 0, 0, 0, 0, 0, 0x20, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
        ],
      ),
    ).toEqual({
      "00189313": { vr: "FD", Value: ["NaN", "-Infinity"] },
      "00209165": { vr: "AT", Value: ["7FE00010"] },
      "00720078": { vr: "UL", Value: [4294967295] },
      "00720082": { vr: "SV", Value: ["9007199254740992", 9007199254740991] },
    });
  });

  it("has the text of DS and IS where that is no number, or too exact for one, or asked for", () => {
    const dataset = datasetOf([
      [0x00180050, "DS", "1.50\\abc"],
      [0x00200013, "IS", "9007199254740993"],
    ]);
    expect(datasetToJson(dataset)).toEqual({
      "00180050": { vr: "DS", Value: [1.5, "abc"] },
      "00200013": { vr: "IS", Value: ["9007199254740993"] },
    });
    expect(datasetToJson(dataset, { decimalStrings: "text" })["00180050"]).toEqual({
      vr: "DS",
      Value: ["1.50", "abc"],
    });
  });

  it("has bytes in little endian", () => {
    const dataset = datasetOf([[0x7fe00010, "OW", [1, 2, 3, 4]]], EXPLICIT_BIG);
    expect(datasetToJson(dataset)["7FE00010"]?.InlineBinary).toBe(btoa("\x02\x01\x04\x03"));
  });

  it("nests", () => {
    expect(jsonOf([0x00081140, "SQ", [[], [[0x00081155, "UI", "1.2\0"]]]])).toEqual({
      "00081140": { vr: "SQ", Value: [{}, { "00081155": { vr: "UI", Value: ["1.2"] } }] },
    });
  });

  it("has no group lengths (F.2.2), and of a tag that comes twice the first", () => {
    expect(
      jsonOf(
        [0x00080000, "UL", [1, 0, 0, 0]],
        [0x00080020, "DA", "20130409"],
        [0x00080020, "DA", "20130410"],
      ),
    ).toEqual({ "00080020": { vr: "DA", Value: ["20130409"] } });
  });

  it("has the VR that the dictionary knows of UN", () => {
    expect(jsonOf([0x00080020, "UN", "20130409"])["00080020"]?.vr).toBe("DA");
  });

  it("gives long values by reference", () => {
    const dataset = datasetOf([
      [0x00081140, "SQ", [[], [[0x00091002, "OB", [1, 2, 3, 4]]]]],
      [0x00100010, "PN", "Doe^Jane"],
      [0x7fe00010, "OW", [1, 2]],
    ]);
    const json = datasetToJson(dataset, {
      maxInlineBytes: 3,
      bulkDataURI: ({ path, element }) => `bulk/${formatPath(path)}/${element.valueLength}`,
    });
    expect(json).toEqual({
      "00081140": {
        vr: "SQ",
        Value: [{}, { "00091002": { vr: "OB", BulkDataURI: "bulk/(0008,1140)[1].(0009,1002)/4" } }],
      },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Doe^Jane" }] },
      "7FE00010": { vr: "OW", InlineBinary: "AQI=" },
    });
  });

  it("gives values of the longest length that is inline inline", () => {
    const dataset = datasetOf([[0x00091002, "OB", [1, 2, 3]]]);
    const inline = (maxInlineBytes: number) =>
      datasetToJson(dataset, { maxInlineBytes, bulkDataURI: () => "x" })["00091002"]?.InlineBinary;
    expect(inline(3)).toBe("AQID");
    expect(inline(2)).toBeUndefined();
  });

  it("does not need the bytes of what it gives by reference", () => {
    const dataset = datasetOf([[0x7fe00010, "OW", [1, 2]]]);
    const header = { ...dataset, source: { size: 3, parts: [] } };
    const options = { maxInlineBytes: 0, bulkDataURI: () => "x" };
    expect(datasetToJson(header, options)["7FE00010"]?.BulkDataURI).toBe("x");
    expect(() => datasetToJson(header)).toThrow(expect.objectContaining({ code: "NOT_LOADED" }));
  });
});

describe("JSON as text", () => {
  it("has elements in ascending order, which JavaScript does not keep", () => {
    const json = jsonOf(
      [0x60003000, "OW", [1, 2]],
      [
        0x00081140,
        "SQ",
        [
          [
            [0x40000010, "LT", "b"],
            [0x00080020, "DA", ""],
          ],
        ],
      ],
    );
    expect(Object.keys(json)[0]).toBe("60003000");
    expect(formatJson(json)).toBe(
      '{"00081140":{"vr":"SQ","Value":[{"00080020":{"vr":"DA"},"40000010":{"vr":"LT","Value":["b"]}}]},' +
        '"60003000":{"vr":"OW","InlineBinary":"AQI="}}',
    );
  });

  it("keeps the sign of a zero, and whatever a text holds", () => {
    const json = jsonOf([0x00180050, "DS", "-0.0\\0"], [0x00104000, "LT", 'a"\\\n\x7f']);
    expect(JSON.parse(formatJson(json))).toEqual(json);
    expect(Object.is(json["00180050"]?.Value?.[0], -0)).toBe(true);
  });
});
