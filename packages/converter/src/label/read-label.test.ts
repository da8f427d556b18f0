import {
  datasetToJson,
  type ElementValueInit,
  formatJson,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type JsonDataset,
  readDataset,
  type VR,
  writeDataset,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datasetForTest, type ElementForTest } from "../../test/dataset-for-test.js";
import { LABEL_TAG, readLabel, readLabelOfJson, textsOf, textsOfJson } from "./read-label.js";

const EXPLICIT = "1.2.840.10008.1.2.1";
const PRIVATE = 0x00991001;

/** Both ways to a label: from the bytes, and from the text of the JSON. */
function bothLabels(elements: readonly ElementForTest[], tag: number) {
  const dataset = datasetForTest(elements, EXPLICIT);
  const json: JsonDataset = JSON.parse(formatJson(datasetToJson(dataset)));
  expect(textsOfJson(json, tag)).toEqual(textsOf(dataset, tag));
  expect(readLabelOfJson(json, tag)).toBe(readLabel(dataset, tag));
  return readLabel(dataset, tag);
}

const cases: readonly (readonly [VR, ElementValueInit, string | undefined])[] = [
  ["SH", "ill", "ill"],
  ["SH", " ill ", "ill"],
  ["SH", "ill\\healthy", "ill"],
  ["SH", "\\healthy", undefined],
  ["SH", "", undefined],
  ["LO", "krank – ärztlich", "krank – ärztlich"],
  ["LT", "two\\values, no", "two\\values, no"],
  ["PN", "Doe^Jane=道=", "Doe^Jane=道"],
  ["DS", "1.50", "1.5"],
  ["DS", "+3", "3"],
  ["IS", "007", "7"],
  ["US", 3, "3"],
  ["FL", 0.1, "0.10000000149011612"],
  ["FD", Number.NaN, "NaN"],
  ["SV", -3n, "-3"],
  ["UV", 2n ** 60n, "1152921504606846976"],
  ["AT", 0x00100020, "00100020"],
  ["SQ", [[{ tag: Tag.PatientID, value: "1" }]], undefined],
  ["OB", Uint8Array.of(1, 2), undefined],
];

describe("readLabel and readLabelOfJson", () => {
  it.each(cases)("give the first value of %s: %s", (vr, value, label) => {
    expect(bothLabels([[PRIVATE, value, vr]], PRIVATE)).toBe(label);
  });

  it("give nothing for what is missing, and look at (0014,2016) unless told", () => {
    expect(bothLabels([[LABEL_TAG, "ill"]], Tag.PatientID)).toBeUndefined();
    expect(readLabel(datasetForTest([[LABEL_TAG, "ill"]]))).toBe("ill");
    expect(readLabelOfJson({ "00142016": { vr: "SH", Value: ["ill"] } })).toBe("ill");
  });

  it("agree on any text", () => {
    const text = fc
      .string({ unit: "grapheme", maxLength: 30 })
      .filter((t) => !/\p{Cc}|\p{Cs}/u.test(t));
    fc.assert(
      fc.property(text, fc.constantFrom<VR>("LO", "UC", "UT", "PN"), (value, vr) => {
        bothLabels([[PRIVATE, value, vr]], PRIVATE);
      }),
    );
  });

  it("agree on any number", () => {
    const number = fc.tuple(fc.constantFrom<VR>("FD", "FL"), fc.double());
    const decimal = fc.tuple(
      fc.constant<VR>("DS"),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n.toExponential(8)),
    );
    fc.assert(
      fc.property(fc.oneof(number, decimal), ([vr, value]) => {
        bothLabels([[PRIVATE, value, vr]], PRIVATE);
      }),
    );
  });

  it("read UN by the dictionary's VR", () => {
    const bytes = writeDataset([{ tag: LABEL_TAG, vr: "UN", value: Uint8Array.of(0x61, 0x20) }], {
      transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN,
    });
    expect(readLabel(readDataset(bytes, IMPLICIT_VR_LITTLE_ENDIAN).dataset)).toBe("a");
  });
});

describe("readLabelOfJson", () => {
  it("throws at nothing that JSON can hold", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const json of [
          value,
          { "00142016": value },
          { "00142016": { vr: "SH", Value: value } },
        ]) {
          expect(["string", "undefined"]).toContain(typeof readLabelOfJson(json as JsonDataset));
        }
      }),
    );
  });
});
