import {
  type Dataset,
  type DicomFile,
  type ElementInit,
  formatPath,
  IMPLICIT_VR_LITTLE_ENDIAN,
  joinSegments,
  readFile,
  readStrings,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { KEY } from "../test/keys.js";
import { element, implicitElement, item, rawFile, rawImplicitFile } from "../test/raw-elements.js";
import { applyPlan } from "./apply.js";
import type { Decision } from "./decision.js";
import { type Plan, planFile } from "./plan.js";
import { createPseudonymization, type Pseudonymization } from "./pseudonymization.js";

const basic = createPseudonymization({ key: KEY });

const INSTANCE: ElementInit = { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" };
const fileOf = (...elements: ElementInit[]) => readFile(writeFile([INSTANCE, ...elements]));

/** What is decided on the file's own elements, by path: without what is added to every file. */
function decisionsOn(file: DicomFile, pseudonymization = basic): ReadonlyMap<string, Decision> {
  const { decisions } = planFile(file, pseudonymization);
  const own = decisions.filter(({ rule }) => !rule.reason.includes("what was done"));
  return new Map(own.map((decision) => [formatPath(decision.path), decision]));
}

const applied = (file: DicomFile, plan: Plan): Dataset =>
  readFile(joinSegments(applyPlan(file, plan), file.source)).dataset;

describe("a plan", () => {
  it("says of each place what is done there, and which rule wants it", () => {
    const decisions = decisionsOn(
      fileOf(
        { tag: Tag.Modality, vr: "CS", value: "CT" },
        { tag: Tag.StudyDate, vr: "DA", value: "19640229" },
        { tag: Tag.SeriesDate, vr: "DA", value: "19640229" },
        { tag: Tag.StationName, vr: "SH", value: "CT1" },
        { tag: 0x00090010, vr: "LO", value: "ACME" },
        {
          tag: Tag.AnatomicRegionSequence,
          vr: "SQ",
          value: [[], [{ tag: Tag.OperatorsName, vr: "PN", value: "Roe^R" }]],
        },
      ),
    );
    expect([...decisions].map(([path, { edit, rule }]) => [path, edit?.kind, rule.reason])).toEqual(
      [
        ["(0008,0018)", "set", "PS3.15 E.1-1 (0008,0018) U, Type unknown"],
        ["(0008,0020)", "set", "PS3.15 E.1-1 (0008,0020) Z, Type unknown"],
        ["(0008,0021)", "set", "PS3.15 E.1-1 (0008,0021) X/D, Type unknown"],
        ["(0008,1010)", "set", "PS3.15 E.1-1 (0008,1010) X/Z/D, Type unknown"],
        ["(0008,2218)[1].(0008,1070)", "set", "PS3.15 E.1-1 (0008,1070) X/Z/D, Type unknown"],
        ["(0009,0010)", "remove", "PS3.15 E.1-1 private attributes X"],
      ].toSorted(),
    );
    expect(decisions.get("(0008,0020)")?.edit).toMatchObject({ value: "" });
    expect(decisions.get("(0008,0021)")?.edit).toMatchObject({ value: "19000101" });
  });

  it("is data, that may be kept or sent, and holds no value of the file", () => {
    const file = fileOf(
      { tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" },
      { tag: Tag.PatientID, vr: "LO", value: "Canary 4711" },
      { tag: Tag.StudyInstanceUID, vr: "UI", value: "1.2.3.314159265" },
    );
    const plan = planFile(file, basic);
    expect(structuredClone(plan)).toEqual(plan);
    expect(JSON.stringify(plan)).not.toMatch(/Canary|314159265/);
  });

  it("changes nothing: planning twice gives the same, and what is applied twice too", () => {
    const file = fileOf({ tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" });
    const plan = planFile(file, basic);
    expect(planFile(file, basic)).toEqual(plan);
    const once = joinSegments(applyPlan(file, plan), file.source);
    expect(joinSegments(applyPlan(file, plan), file.source)).toEqual(once);
  });

  it("names the instance as it will be, and the class as it is", () => {
    const file = fileOf({ tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" });
    const plan = planFile(file, basic);
    expect(plan.sopClassUid).toBe("1.2.840.10008.5.1.4.1.1.2");
    expect(plan.sopInstanceUid).toBe(basic.replaceUid("1.2.3"));
    expect(planFile(fileOf(), basic).sopClassUid).toBeUndefined();
  });

  it("follows other rules than the Basic Profile, if it is given such", () => {
    const retainUids: Pseudonymization = {
      ...basic,
      ruleOf: (tag, vr, type) =>
        vr === "UI" ? { action: "K", reason: "Retain UIDs" } : basic.ruleOf(tag, vr, type),
    };
    const file = fileOf({ tag: Tag.StudyInstanceUID, vr: "UI", value: "1.2.4" });
    expect(readStrings(applied(file, planFile(file, basic)), Tag.StudyInstanceUID)[0]).toMatch(
      /^2\.25\./,
    );
    const kept = applied(file, planFile(file, retainUids));
    expect(readStrings(kept, Tag.StudyInstanceUID)).toEqual(["1.2.4"]);
  });
});

describe("a value that is made to take long", () => {
  const long = (filling: string) => `${filling.repeat(60_000)}x`;

  it.each([
    ["spaces", " "],
    ["NULs", "\0"],
    ["backslashes", "\\"],
  ])("of very many %s does not", (_what, filling) => {
    const TEXTS = [Tag.PatientID, Tag.AccessionNumber, Tag.StudyInstanceUID];
    const input = rawImplicitFile([
      implicitElement(Tag.SOPInstanceUID, long(filling)),
      TEXTS.map((tag) => implicitElement(tag, long(filling))),
      implicitElement(Tag.DeidentificationMethod, long(filling)),
    ]);
    const start = process.cpuUsage();
    planFile(readFile(input), basic);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
  });
});

describe("UIDs", () => {
  const uidsAfter = (value: string | string[], tag: number = Tag.FailedSOPInstanceUIDList) => {
    const file = fileOf({ tag, vr: "UI", value });
    return readStrings(applied(file, planFile(file, basic)), tag);
  };

  it("are replaced one by one where there are several, each as it is elsewhere", () => {
    expect(uidsAfter(["1.2.4", "1.2.840.10008.1.2", "1.2.5"])).toEqual([
      basic.replaceUid("1.2.4"),
      "1.2.840.10008.1.2",
      basic.replaceUid("1.2.5"),
    ]);
  });

  it("that are missing among others stay missing", () => {
    expect(uidsAfter(["1.2.4", "", "1.2.5"])).toEqual([
      basic.replaceUid("1.2.4"),
      "",
      basic.replaceUid("1.2.5"),
    ]);
  });

  it("are the same whatever they are padded with", () => {
    const expected = basic.replaceUid("1.2.4");
    for (const padded of ["1.2.4 ", " 1.2.4", "1.2.4\0", "1.2.4\0\0\0"]) {
      expect(uidsAfter(padded)).toEqual([expected]);
      expect(uidsAfter([padded, padded])).toEqual([expected, expected]);
    }
  });

  it("get a new one, no dummy, where the table asks for a dummy", () => {
    expect(uidsAfter("1.2.4", Tag.AnnotationGroupUID)).toEqual([basic.replaceUid("1.2.4")]);
  });
});

describe("sequences", () => {
  it("that stay are looked into, though the dictionary knows a value there", () => {
    const input = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(Tag.ManufacturerModelName, "SQ", item(element(Tag.PatientName, "PN", "A^B"))),
    ]);
    expect([...decisionsOn(readFile(input)).keys()]).toContain("(0008,1090)[0].(0010,0010)");
  });

  it("that are references lose the UIDs in them, and stay (X/Z/U*)", () => {
    const decisions = decisionsOn(
      fileOf({
        tag: Tag.SourceImageSequence,
        vr: "SQ",
        value: [[{ tag: Tag.ReferencedSOPInstanceUID, vr: "UI", value: "1.2.4" }]],
      }),
    );
    expect([...decisions.keys()]).toContain("(0008,2112)[0].(0008,1155)");
    expect([...decisions.keys()]).not.toContain("(0008,2112)");
  });

  it("that go are not looked into: one decision is enough", () => {
    const decisions = decisionsOn(
      fileOf({
        tag: Tag.RequestAttributesSequence,
        vr: "SQ",
        value: [[{ tag: Tag.PatientName, vr: "PN", value: "A^B" }]],
      }),
    );
    expect([...decisions.keys()]).toEqual(["(0008,0018)", "(0040,0275)"]);
  });

  it("that are empty stay so", () => {
    const file = fileOf({ tag: Tag.AnatomicRegionSequence, vr: "SQ", value: [] });
    expect([...decisionsOn(file).keys()]).toEqual(["(0008,0018)"]);
  });
});

describe("a DICOMDIR", () => {
  const records: ElementInit = { tag: Tag.DirectoryRecordSequence, vr: "SQ", value: [] };
  const DIRECTORY = "1.2.840.10008.1.3.10";

  it.each<readonly [string, DicomFile]>([
    ["has directory records", fileOf(records)],
    [
      "says so in its meta information",
      fileOf({ tag: Tag.SOPClassUID, vr: "UI", value: DIRECTORY }),
    ],
    [
      "has directory records in implicit VR",
      readFile(writeFile([INSTANCE, records], { transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN })),
    ],
  ])("that %s is refused", (_how, file) => {
    expect(() => planFile(file, basic)).toThrow(
      expect.objectContaining({ name: "PseudonymizerError", code: "DICOMDIR" }),
    );
  });
});
