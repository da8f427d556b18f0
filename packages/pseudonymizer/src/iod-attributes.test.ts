import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { IOD_MODULES, MODULES } from "./generated/iod-attributes.js";
import { IOD_OF_SOP_CLASS } from "./generated/iod-types.js";
import { createIodAttributes } from "./iod-attributes.js";

const CT = "1.2.840.10008.5.1.4.1.1.2";
const ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1";
const MR = "1.2.840.10008.5.1.4.1.1.4";
const ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1";
const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";
const SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4";
const WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6";
const DERMOSCOPY = "1.2.840.10008.5.1.4.1.1.77.1.7";
const ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22";
const WAVEFORM_PRESENTATION_STATE = "1.2.840.10008.5.1.4.1.1.9.100.1";
const RT_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3";
const CONTINUOUS_RT_IMAGE = "1.2.840.10008.5.1.4.1.1.481.24";
const DIRECTORY = "1.2.840.10008.1.3.10";

const MENDED_IODS = new Set([
  "dermoscopic-photography-image",
  "enhanced-continuous-rt-image",
  "waveform-acquisition-presentation-state",
  "waveform-presentation-state",
]);

const attributes = createIodAttributes();

/** The lines of a table in `data/`, each at its first comma. */
function readPairs(file: string): readonly (readonly [string, string])[] {
  const text = readFileSync(new URL(`../data/${file}`, import.meta.url), "utf8");
  const pairs = text.trimEnd().split("\n").slice(1);
  return pairs.map((line) => [line.slice(0, line.indexOf(",")), line.slice(line.indexOf(",") + 1)]);
}

describe("the generated table", () => {
  const tagsOf = new Map(
    readPairs("module-attributes.csv").map(([module, tags]) => [
      module,
      tags.split(" ").map((tag) => Number.parseInt(tag.replace("XX", "02"), 16)),
    ]),
  );
  const tagsOfIod = new Map<string, Set<number>>();
  for (const [iod, module] of readPairs("iod-modules.csv")) {
    const tags = tagsOfIod.get(iod) ?? new Set();
    for (const tag of tagsOf.get(module) ?? []) tags.add(tag);
    tagsOfIod.set(iod, tags);
  }

  it("knows the IOD of every SOP class that has one", () => {
    expect(Object.keys(IOD_MODULES)).toHaveLength(171);
    for (const iod of Object.values(IOD_OF_SOP_CLASS)) expect(IOD_MODULES).toHaveProperty(iod);
  });

  it.each(Object.entries(IOD_OF_SOP_CLASS))("says what the data say: %s %s", (sopClass, iod) => {
    const isInIod = attributes.ofSopClass(sopClass);
    const stated = tagsOfIod.get(iod) ?? new Set();
    expect([...stated].filter((tag) => !isInIod(tag))).toEqual([]);
    const found = [...new Set([...tagsOf.values()].flat())].filter(isInIod);
    // The departures give four IODs whole modules, and the others some attributes.
    if (!MENDED_IODS.has(iod)) expect(found.length - stated.size).toBeLessThan(18);
  });

  it("lacks the attributes of six modules only, which the departures supply", () => {
    expect(MODULES.filter(([, tags]) => tags === "").map(([name]) => name)).toEqual([
      "displayed-waveform-segment",
      "montage-activation",
      "structured-waveform-annotation",
      "textual-waveform-annotation",
      "waveform-presentation-montage",
      "waveform-presentation-state-relationship",
    ]);
  });
});

describe("an attribute belongs to the IOD", () => {
  it.each([
    ["Repetition Time, MR (PS3.3 C.8.3.1)", MR, 0x00180080],
    ["KVP, CT (C.8.2.1)", CT, 0x00180060],
    ["Pixel Data, CT (C.7.6.3)", CT, 0x7fe00010],
    ["Patient ID, RT Structure Set (C.7.1.1)", RT_STRUCTURE_SET, 0x00100020],
    ["SOP Instance UID, SR (C.12.1)", ENHANCED_SR, 0x00080018],
    ["Digital Signatures Sequence, CT (C.12.1)", CT, 0xfffafffa],
  ])("at its top level: %s", (_, sopClass, tag) => {
    expect(attributes.ofSopClass(sopClass)(tag)).toBe(true);
  });

  it.each([
    ["Contour Data, RT Structure Set (C.8.8.6)", RT_STRUCTURE_SET, 0x30060050],
    ["Code Meaning, CT (Table 8.8-1)", CT, 0x00080104],
    ["Text Value, SR (C.17.3)", ENHANCED_SR, 0x0040a160],
    ["Graphic Data, SR (C.18.6)", ENHANCED_SR, 0x00700022],
    ["Tracking UID, Segmentation (C.8.20.2)", SEGMENTATION, 0x00620021],
    ["Specimen UID, Whole Slide (C.7.6.22)", WHOLE_SLIDE, 0x00400554],
  ])("in its sequences: %s", (_, sopClass, tag) => {
    expect(attributes.ofSopClass(sopClass)(tag)).toBe(true);
  });

  it.each([
    ["Shared Functional Groups Sequence, MR", ENHANCED_MR, 0x52009229],
    ["Content Date, CT (C.7.6.16)", ENHANCED_CT, 0x00080023],
    ["Plane Orientation Sequence, MR (C.7.6.16.2.4)", ENHANCED_MR, 0x00209116],
    ["MR Echo Sequence, MR (C.8.13.5.4)", ENHANCED_MR, 0x00189114],
    ["CT Exposure Sequence, CT (C.8.15.3.8)", ENHANCED_CT, 0x00189321],
    ["Segment Identification Sequence (C.8.20.3.1)", SEGMENTATION, 0x0062000a],
    ["Plane Position (Slide) Sequence (C.8.12.6.1)", WHOLE_SLIDE, 0x0048021a],
    ["Per-Frame Functional Groups Sequence, Continuous RT", CONTINUOUS_RT_IMAGE, 0x52009230],
  ])("in its functional groups: %s", (_, sopClass, tag) => {
    expect(attributes.ofSopClass(sopClass)(tag)).toBe(true);
  });

  it("whichever overlay it is of", () => {
    const isInCt = attributes.ofSopClass(CT);
    for (const group of [0x6000, 0x6002, 0x601e])
      expect(isInCt(group * 0x10000 + 0x3000)).toBe(true);
    for (const group of [0x6001, 0x6020, 0x60fe])
      expect(isInCt(group * 0x10000 + 0x3000)).toBe(false);
    expect(attributes.ofSopClass(ENHANCED_SR)(0x60003000)).toBe(false);
  });

  it("if de-identification writes it (PS3.15 E.1.1)", () => {
    const written = [0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280302, 0x00280303];
    for (const sopClass of [...Object.keys(IOD_OF_SOP_CLASS), undefined]) {
      expect(written.filter((tag) => !attributes.ofSopClass(sopClass)(tag))).toEqual([]);
    }
  });
});

describe("an attribute is foreign to the IOD", () => {
  it.each([
    ["Repetition Time, CT", CT, 0x00180080],
    ["KVP, MR", MR, 0x00180060],
    ["Pixel Data, RT Structure Set", RT_STRUCTURE_SET, 0x7fe00010],
    ["Image Comments, SR", ENHANCED_SR, 0x00204000],
    ["Rescale Slope, SR", ENHANCED_SR, 0x00281053],
    ["MR Echo Sequence, enhanced CT", ENHANCED_CT, 0x00189114],
    ["Patient's Address (a visit has it, no image), MR", MR, 0x00101040],
    ["Borders of a film, Secondary Capture", SECONDARY_CAPTURE, 0x20100100],
    ["Counts Accumulated, Secondary Capture", SECONDARY_CAPTURE, 0x00180070],
  ])("if another IOD or none has it: %s", (_, sopClass, tag) => {
    expect(attributes.ofSopClass(sopClass)(tag)).toBe(false);
  });

  it.each([
    ["retired: Other Patient IDs", 0x00101000],
    ["retired: Study Comments", 0x00324000],
    ["retired: Curve Data", 0x50003000],
    ["a group length", 0x00080000],
    ["of an even group, but unknown", 0x00120fff],
    ["private", 0x00091001],
    ["a private creator", 0x00090010],
    ["trailing padding", 0xfffcfffc],
  ])("whatever the IOD: %s", (_, tag) => {
    for (const sopClass of [CT, MR, ENHANCED_SR, "1.2.3", undefined]) {
      expect(attributes.ofSopClass(sopClass)(tag)).toBe(false);
    }
  });
});

describe("a SOP class of no known IOD", () => {
  it.each(["1.2.3", "", "constructor", undefined, DIRECTORY])(
    "may have what any has: %s",
    (sopClass) => {
      const isInIod = attributes.ofSopClass(sopClass);
      for (const tag of [0x00180080, 0x00180060, 0x7fe00010, 0x30060050, 0x00189114, 0x60003000]) {
        expect(isInIod(tag)).toBe(true);
      }
      expect(isInIod(0x00101040)).toBe(false);
    },
  );
});

describe("where the table is not what is needed", () => {
  it.each([
    ["Rescale Slope stays with the pixels of MR", MR, 0x00281053],
    ["Number of Frames stays with those of Secondary Capture", SECONDARY_CAPTURE, 0x00280008],
    ["an overlay keeps its frames", MR, 0x60020015],
    ["Gender Identity Sequence is in all (C.7.2.2)", CT, 0x00100041],
    ["Frame of Reference UID is in dermoscopy (C.7.4.1)", DERMOSCOPY, 0x00200052],
    ["Waveform Montage Sequence (C.39.6)", WAVEFORM_PRESENTATION_STATE, 0x0040b039],
    ["Referenced Waveform Channels (C.39.4)", WAVEFORM_PRESENTATION_STATE, 0x0040a0b0],
  ])("it is mended: %s", (_, sopClass, tag) => {
    expect(attributes.ofSopClass(sopClass)(tag)).toBe(true);
  });
});
