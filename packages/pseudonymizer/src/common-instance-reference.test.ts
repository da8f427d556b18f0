import { type ElementInit, findElement, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { KEY } from "../test/keys.js";
import { createPseudonymizer } from "./pseudonymize.js";

const CT = "1.2.840.10008.5.1.4.1.1.2";
const SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4";
const PRESENTATION_STATE = "1.2.840.10008.5.1.4.1.1.11.1";

const reference = (uid: string): ElementInit[] => [
  { tag: Tag.ReferencedSOPClassUID, value: CT },
  { tag: Tag.ReferencedSOPInstanceUID, value: uid },
];
const listed = (uid: string): ElementInit => ({
  tag: Tag.ReferencedSeriesSequence,
  value: [
    [
      { tag: Tag.SeriesInstanceUID, value: "1.2.3.9" },
      { tag: Tag.ReferencedInstanceSequence, value: [reference(uid)] },
    ],
  ],
});

function pseudonymized(sopClass: string, ...elements: ElementInit[]) {
  const file = writeFile([
    { tag: Tag.SOPClassUID, value: sopClass },
    { tag: Tag.SOPInstanceUID, value: "1.2.3.1" },
    ...elements,
  ]);
  return readFile(createPseudonymizer({ key: KEY })(file)).dataset;
}

describe("a list of referenced instances", () => {
  it("goes when all references have gone", () => {
    // Source Image is Type 3 in CT, so it is removed.
    const source = { tag: Tag.SourceImageSequence, value: [reference("1.2.3.4")] };
    const dataset = pseudonymized(CT, listed("1.2.3.4"), source);
    expect(findElement(dataset, Tag.SourceImageSequence)).toBeUndefined();
    expect(findElement(dataset, Tag.ReferencedSeriesSequence)).toBeUndefined();
  });

  it("stays when one is left", () => {
    const source = { tag: Tag.SourceImageSequence, value: [reference("1.2.3.4")] };
    const kept = { tag: Tag.ReferencedInstanceSequence, value: [reference("1.2.3.4")] };
    const dataset = pseudonymized(CT, listed("1.2.3.4"), source, kept);
    expect(findElement(dataset, Tag.ReferencedSeriesSequence)).toBeDefined();
  });

  it("stays where nothing referred to it before", () => {
    const dataset = pseudonymized(SEGMENTATION, listed("1.2.3.4"));
    expect(findElement(dataset, Tag.ReferencedSeriesSequence)).toBeDefined();
  });

  it("stays in a presentation state, which consists of it", () => {
    const source = { tag: Tag.SourceImageSequence, value: [reference("1.2.3.4")] };
    const dataset = pseudonymized(PRESENTATION_STATE, listed("1.2.3.4"), source);
    expect(findElement(dataset, Tag.SourceImageSequence)).toBeUndefined();
    expect(findElement(dataset, Tag.ReferencedSeriesSequence)).toBeDefined();
  });
});
