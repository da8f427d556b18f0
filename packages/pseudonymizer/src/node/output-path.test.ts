import { isAbsolute, join, normalize, sep } from "node:path";
import { type ElementInit, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY } from "../../test/keys.js";
import { pseudonymized, textAt } from "../../test/pseudonymized.js";
import { planFile } from "../plan.js";
import { createPseudonymization, type PseudonymizationOptions } from "../pseudonymization.js";
import { type OutputNames, outputPath } from "./output-path.js";

const WHOLE: readonly ElementInit[] = [
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.4711" },
  { tag: Tag.PatientID, vr: "LO", value: "CANARY 4711" },
  { tag: Tag.StudyInstanceUID, vr: "UI", value: "1.2.4711.1" },
  { tag: Tag.SeriesInstanceUID, vr: "UI", value: "1.2.4711.2" },
];
const without = (...tags: readonly number[]) => WHOLE.filter(({ tag }) => !tags.includes(tag));

function pathOf(
  names: OutputNames,
  elements: readonly ElementInit[] = WHOLE,
  options: Partial<PseudonymizationOptions> = {},
) {
  const file = readFile(writeFile(elements));
  const plan = planFile(file, createPseudonymization({ key: KEY, ...options }));
  return outputPath(names, join("CANARY", "4711.dcm"), file, plan);
}

/** With Patient ID 4711 become this text. */
const pathOfPseudonym = (text: string) =>
  pathOf("pseudonyms", WHOLE, {
    patientPseudonyms: { kind: "table", pseudonyms: new Map([["CANARY 4711", text]]) },
  });

describe("the path of an output", () => {
  it("is of the new Patient ID, study, series and instance", () => {
    const { dataset } = pseudonymized(WHOLE);
    const steps = ["(0010,0020)", "(0020,000D)", "(0020,000E)", "(0008,0018)"].map(
      (path) => textAt(dataset, path)?.[0],
    );
    expect(new Set(steps).size).toBe(4);
    expect(pathOf("pseudonyms")).toBe(`${steps.join(sep)}.dcm`);
    expect(pathOf("flat")).toBe(`${steps[3]}.dcm`);
  });

  it("is of the new Patient ID, Accession Number and instance, if asked for by examinations", () => {
    const elements: readonly ElementInit[] = [
      ...WHOLE,
      { tag: Tag.AccessionNumber, vr: "SH", value: "CANARY 1" },
    ];
    const { dataset } = pseudonymized(elements);
    const [patient, accession, instance] = ["(0010,0020)", "(0008,0050)", "(0008,0018)"].map(
      (path) => textAt(dataset, path)?.[0],
    );
    expect(pathOf("examinations", elements)).toBe(`${patient}-${accession}_${instance}.dcm`);
    expect(pathOf("examinations", [])).toMatch(/^no-patient-no-accession_2\.25\.\d+\.dcm$/);
  });

  it("is that of the input if asked for, and has nothing of it otherwise", () => {
    expect(pathOf("mirror")).toBe(join("CANARY", "4711.dcm"));
    for (const names of ["pseudonyms", "flat", "examinations"] as const) {
      expect(pathOf(names)).not.toMatch(/CANARY|4711/);
    }
  });

  it("says what the file lacks, and has an instance of its own in any case", () => {
    const bare = pathOf("pseudonyms", []);
    expect(bare).toMatch(/^no-patient.no-study.no-series.2\.25\.\d+\.dcm$/);
    expect(pathOf("flat", [])).toMatch(/^2\.25\.\d+\.dcm$/);
    expect(pathOf("pseudonyms", without(Tag.PatientID)).split(sep)[0]).toBe("no-patient");
    expect(pathOf("pseudonyms", without(Tag.StudyInstanceUID)).split(sep)[1]).toBe("no-study");
    expect(pathOf("pseudonyms", without(Tag.SeriesInstanceUID)).split(sep)[2]).toBe("no-series");
    const removing = { rules: [{ tag: Tag.StudyInstanceUID, action: "remove" }] } as const;
    expect(pathOf("pseudonyms", WHOLE, removing).split(sep)[1]).toBe("no-study");
  });

  it("has UIDs and Patient IDs that stay as they are", () => {
    expect(
      pathOf("pseudonyms", WHOLE, { options: ["retainUids"] })
        .split(sep)
        .slice(1),
    ).toEqual(["1.2.4711.1", "1.2.4711.2", "1.2.3.4711.dcm"]);
    const keeping = { rules: [{ tag: Tag.PatientID, action: "keep" }] } as const;
    expect(pathOf("pseudonyms", WHOLE, keeping).split(sep)[0]).toMatch(/^CANARY_4711-/);
  });

  it.each<readonly [string, string]>([
    ["../x", "__x"],
    ["..", "_"],
    [".", "_"],
    ["...", "_"],
    [".hidden", "_hidden"],
    ["a/b", "a_b"],
    ["/etc/passwd", "_etc_passwd"],
    ["C:\\x", "C__x"],
    ["a\0b", "a_b"],
    ["a\nb", "a_b"],
    ["trailing.", "trailing_"],
    ["-rf", "-rf"],
    ["Zoë 1", "Zo__1"],
    ["x".repeat(200), "x".repeat(48)],
    ["", "no-patient"],
  ])("leads nowhere else, whatever the pseudonym: %j", (text, folder) => {
    const steps = pathOfPseudonym(text).split(sep);
    expect(steps.length).toBe(4);
    // What had to be changed is told apart by a few digits more.
    expect(steps[0]?.replace(/-[0-9a-f]{12}$/, "")).toBe(folder);
  });

  it("leads nowhere else, whatever stands in the file", () => {
    const anyText = fc.oneof(
      fc.string({ unit: fc.constantFrom(".", "/", "\\", "a", "\0", " ", ":", "é"), maxLength: 80 }),
      fc.string({ unit: "binary", maxLength: 80 }),
    );
    fc.assert(
      fc.property(anyText, fc.stringMatching(/^[./a]{0,80}$/), (text, uid) => {
        const elements: readonly ElementInit[] = [
          ...without(Tag.StudyInstanceUID),
          { tag: Tag.StudyInstanceUID, vr: "UI", value: uid },
        ];
        const path = pathOf("pseudonyms", elements, {
          options: ["retainUids"],
          patientPseudonyms: { kind: "table", pseudonyms: new Map([["CANARY 4711", text]]) },
        });
        expect(isAbsolute(path)).toBe(false);
        expect(normalize(path)).toBe(path);
        const steps = path.split(/[\\/]/);
        expect(steps.length).toBe(4);
        for (const step of steps) {
          expect(step).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,67}$/);
          expect(step).not.toMatch(/\.$/);
        }
      }),
    );
  });

  it.each(["CON", "nul", "COM1", "aux.x"])(
    "is one that Windows takes, too: %s is a device there",
    (text) => {
      const [folder] = pathOfPseudonym(text).split(sep);
      expect(folder).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
    },
  );

  it("is another one for each pseudonym", () => {
    const folders = ["a/b", "a_b", "a b"].map((text) => pathOfPseudonym(text).split(sep)[0]);
    expect(new Set(folders).size).toBe(folders.length);
  });
});
