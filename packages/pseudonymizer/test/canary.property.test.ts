/**
 * Data sets at random: attributes of Table E.1-1 with values that are told apart, private ones and sequences between
 * them, in any encoding. None of the values may come out.
 */
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  type ElementInit,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  joinSegments,
  readFile,
  type VR,
  VRS,
  writeFile,
} from "@dsail/dicom-core";
import { vrOfTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyPlan } from "../src/apply.js";
import { ANNEX_E_ROWS } from "../src/generated/annex-e.js";
import { planFile } from "../src/plan.js";
import { createPseudonymization, type Pseudonymization } from "../src/pseudonymization.js";
import { canaryOf, holdsCanary } from "./canary.js";
import { KEY } from "./keys.js";

/** VRs whose canary is the same in every byte order. */
const textVRs = (Object.keys(VRS) as VR[]).filter((vr) => VRS[vr].kind === "text");

const named = ANNEX_E_ROWS.flatMap(({ tag }) => {
  const vr = vrOfTag(tag) as VR | undefined;
  // Group 0002 is the writer's.
  return vr !== undefined && textVRs.includes(vr) && tag >>> 16 !== 2 ? [canaryOf(tag, vr)] : [];
});

const HOLDERS = [
  Tag.AnatomicRegionSequence,
  Tag.AnatomicRegionModifierSequence,
  Tag.SharedFunctionalGroupsSequence,
  Tag.ReferencedImageSequence,
  Tag.ContentSequence,
  0x00291010,
  0x00189ff0,
];
const KEPT: readonly ElementInit[] = [
  { tag: Tag.Modality, vr: "CS", value: "OT" },
  { tag: Tag.Rows, vr: "US", value: 2 },
];

const { elements } = fc.letrec<{ elements: ElementInit[]; element: ElementInit }>((tie) => ({
  elements: fc.uniqueArray(tie("element"), { maxLength: 8, selector: ({ tag }) => tag }),
  element: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...named),
    fc.constantFrom(...KEPT),
    fc
      .tuple(fc.constantFrom(0x00090010, 0x00091001, 0x60011001), fc.constantFrom(...textVRs))
      .map(([tag, vr]) => canaryOf(tag, vr)),
    fc
      .tuple(fc.constantFrom(...HOLDERS), fc.array(tie("elements"), { maxLength: 3 }))
      .map(([tag, value]): ElementInit => ({ tag, vr: "SQ", value })),
  ),
}));

const options = fc.record({
  transferSyntaxUid: fc.constantFrom(
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  ),
  undefinedLengths: fc.boolean(),
});

const basic = createPseudonymization({ key: KEY });

/** What every file begins with: of a first element alone the encoding cannot be told for sure. */
const INSTANCE: ElementInit = { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" };
const isOther = ({ tag }: ElementInit) => tag !== INSTANCE.tag;

/** Fails for a data set of which a canary comes out. */
const losesCanaries = (pseudonymization: Pseudonymization) =>
  fc.property(elements, options, (all, how) => {
    const file = readFile(writeFile([INSTANCE, ...all.filter(isOther)], how));
    const segments = applyPlan(file, planFile(file, pseudonymization));
    const { dataset, findings } = readFile(joinSegments(segments, file.source));
    expect(findings).toEqual([]);
    const bytes = dataset.source.parts[0]!.bytes;
    expect(textVRs.filter((vr) => holdsCanary(bytes, vr))).toEqual([]);
  });

const runs = { numRuns: 500, seed: 20_260_727 };

describe("of a data set at random", () => {
  it("no identifier comes out, whatever it holds, however deep and in whatever encoding", () => {
    fc.assert(losesCanaries(basic), runs);
  });

  it.each([
    ["one attribute", Tag.PatientName],
    ["one UID", Tag.ReferencedSOPInstanceUID],
    ["one private attribute", 0x00091001],
  ])("an identifier does come out if the profile forgets %s", (_what, forgotten) => {
    const forgetful: Pseudonymization = {
      ...basic,
      ruleOf: (tag, vr, type) =>
        tag === forgotten ? { action: "K", reason: "forgotten" } : basic.ruleOf(tag, vr, type),
    };
    const thorough = { ...runs, numRuns: 5000, endOnFailure: true };
    expect(() => fc.assert(losesCanaries(forgetful), thorough)).toThrow();
  });
});
