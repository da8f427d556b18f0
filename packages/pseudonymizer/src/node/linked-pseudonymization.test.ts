import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ElementInit, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { KEY, OTHER_KEY } from "../../test/keys.js";
import { refused, textAt } from "../../test/pseudonymized.js";
import type { PseudonymFormat } from "../pseudonym.js";
import type { FileOutcome } from "./folder-job.js";
import { createLinkedPseudonymization } from "./linked-pseudonymization.js";
import { type FolderOptions, pseudonymizeFolder } from "./pseudonymize-folder.js";

/** A file, as far as these identifiers are given. */
function fileOf(instance: number, patientId?: string, accessionNumber?: string): Uint8Array {
  const elements: ElementInit[] = [
    { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
    { tag: Tag.SOPInstanceUID, vr: "UI", value: `1.2.3.${instance}` },
  ];
  if (accessionNumber !== undefined) {
    elements.push({ tag: Tag.AccessionNumber, vr: "SH", value: accessionNumber });
  }
  if (patientId !== undefined) {
    elements.push({ tag: Tag.PatientID, vr: "LO", value: patientId });
    elements.push({ tag: Tag.PatientName, vr: "PN", value: `Name^of ${patientId}` });
  }
  return writeFile(elements);
}

const FILES = {
  "a/1": fileOf(1, "4711", "A1"),
  "a/2": fileOf(2, "4711", "A1"),
  "a/3": fileOf(3, "4711", "A2"),
  "b/4": fileOf(4, "0815", "A1"),
  "b/5": fileOf(5, "0815"),
} as const;

function setUp(files: Readonly<Record<string, Uint8Array>> = FILES) {
  const folder = temporaryFolder();
  writeFiles(join(folder, "in"), files);
  const lookup = join(folder, "links.csv");
  const run = async (options: Partial<FolderOptions> = {}, output = "out") => {
    const outcomes = new Map<string, FileOutcome>();
    const summary = await pseudonymizeFolder(join(folder, "in"), join(folder, output), {
      key: KEY,
      names: "mirror",
      workers: 0,
      onFile: (outcome) => outcomes.set(outcome.path, outcome),
      ...options,
    });
    return { summary, outcomes };
  };
  /** Patient ID and accession number of a file of the output. */
  const idsOf = (path: string, output = "out") => {
    const { dataset } = readFile(new Uint8Array(readFileSync(join(folder, output, path))));
    return ["(0010,0020)", "(0008,0050)"].map((place) => textAt(dataset, place)?.[0] ?? "");
  };
  return { folder, lookup, run, idsOf };
}

const HEADER = "old_patient_id,new_patient_id,old_accession_number,new_accession_number";
const linesOf = (path: string) => readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
const codesOf = (outcomes: ReadonlyMap<string, FileOutcome>) =>
  Object.fromEntries(
    [...outcomes].map(([path, outcome]) => [
      path,
      outcome.kind === "failed" ? outcome.failure.code : outcome.kind,
    ]),
  );

describe("a lookup table", () => {
  it("has a row for each patient and accession number, with what was written", async () => {
    const { run, idsOf, lookup } = setUp();
    const { summary } = await run({ lookup });
    expect(summary).toEqual({ done: 5, skipped: 0, failed: 0, left: 0 });
    const rows = Object.entries({
      "a/1": ["4711", "A1"],
      "a/3": ["4711", "A2"],
      "b/4": ["0815", "A1"],
      "b/5": ["0815", ""],
    }).map(([path, [patientId, accessionNumber]]) => {
      const [newPatientId, newAccessionNumber] = idsOf(path);
      expect(newPatientId).toMatch(/^[0-9A-Z]{16}$/);
      return [patientId, newPatientId, accessionNumber, newAccessionNumber].join();
    });
    const [header, ...lines] = linesOf(lookup);
    expect(header).toBe(HEADER);
    expect([...lines].sort()).toEqual(rows.sort());
    // One number, but two patients.
    expect(idsOf("a/1")[1]).not.toBe(idsOf("b/4")[1]);
  });

  it("is readable by its owner only", async () => {
    const { run, lookup } = setUp();
    await run({ lookup });
    expect(statSync(lookup).mode & 0o777).toBe(0o600);
  });

  it("changes nothing of the output, and is left as it is by the same again", async () => {
    const { folder, run, lookup } = setUp();
    await run({}, "without");
    await run({ lookup }, "with");
    const contents = (output: string) =>
      stateOf(join(folder, output)).map(([path, content]) => [path, content]);
    expect(contents("with")).toEqual(contents("without"));
    const lines = linesOf(lookup);
    await run({ lookup }, "again");
    expect(linesOf(lookup)).toEqual(lines);
    expect(readdirSync(folder).filter((name) => name.includes("lock"))).toEqual([]);
  });

  it("has what a rule, or a table of the user's, made of the patient", async () => {
    const { run, lookup } = setUp({ "a/1": fileOf(1, " 4711 ", "A1") });
    await run({
      lookup,
      patientPseudonyms: { kind: "table", pseudonyms: new Map([["4711", 'Site "1", A']]) },
      rules: [{ tag: Tag.AccessionNumber, action: "keep" }],
    });
    expect(linesOf(lookup)).toEqual([HEADER, '4711,"Site ""1"", A",A1,A1']);
  });

  it("has nothing of files that name nobody, which are done", async () => {
    const { run, lookup } = setUp({ none: fileOf(1), empty: fileOf(2, "", "") });
    const { summary } = await run({ lookup });
    expect(summary.done).toBe(2);
    expect(linesOf(lookup)).toEqual([HEADER]);
  });

  it("has an accession number without a patient", async () => {
    const { run, lookup, idsOf } = setUp({ one: fileOf(1, "", "A1") });
    await run({ lookup });
    expect(linesOf(lookup)).toEqual([HEADER, `,,A1,${idsOf("one")[1]}`]);
  });

  it("has nothing of files that are no DICOM, or refused before they are planned", async () => {
    const { run, lookup } = setUp({
      text: new TextEncoder().encode("4711"),
      DICOMDIR: writeFile([
        { tag: Tag.PatientID, vr: "LO", value: "4711" },
        { tag: Tag.DirectoryRecordSequence, vr: "SQ", value: [] },
      ]),
    });
    const { summary } = await run({ lookup });
    expect(summary).toEqual({ done: 0, skipped: 1, failed: 1, left: 0 });
    expect(linesOf(lookup)).toEqual([HEADER]);
  });

  it("of another key keeps its files from being written", async () => {
    const { folder, run, lookup } = setUp();
    await run({ lookup, key: OTHER_KEY }, "other");
    const lines = linesOf(lookup);
    writeFiles(join(folder, "in"), { "c/6": fileOf(6, "1234") });
    const { summary, outcomes } = await run({ lookup });
    expect(codesOf(outcomes)).toEqual({
      ...Object.fromEntries(Object.keys(FILES).map((path) => [path, "LOOKUP_TABLE"])),
      "c/6": "done",
    });
    expect(summary.failed).toBe(5);
    expect(pathsIn(join(folder, "out"))).toEqual(["c/6"]);
    expect(linesOf(lookup).slice(0, lines.length)).toEqual(lines);
    expect(linesOf(lookup).length).toBe(lines.length + 1);
    expect(JSON.stringify([...outcomes.values()])).not.toMatch(/4711|0815|links/);
  });

  it("that is none keeps all files from being begun", async () => {
    const { folder, run, lookup } = setUp();
    writeFileSync(lookup, "old,new\n4711,x\n");
    await expect(run({ lookup })).rejects.toThrow(refused("LOOKUP_TABLE"));
    expect(existsSync(join(folder, "out"))).toBe(false);
    await expect(run({ lookup: join(folder, "no/links.csv") })).rejects.toThrow(
      refused("BAD_INPUT"),
    );
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it.each(["links.csv", "deep/er/links.csv"])(
    "may not lie in the output, which is for others: %s",
    async (name) => {
      const { folder, run } = setUp();
      writeFiles(join(folder, "out"), { "deep/er/there": "", [name]: `${HEADER}\n` });
      const lookup = join(folder, "out", name);
      await expect(run({ lookup })).rejects.toThrow(refused("FOLDERS_OVERLAP"));
      expect(pathsIn(join(folder, "out"))).toEqual(["deep/er/there", name].sort());
    },
  );

  describe.each<readonly [string, (folder: string) => void]>([
    ["there is the output already", (folder) => writeFiles(join(folder, "out"), { there: "" })],
    ["there is none yet", () => undefined],
  ])("where %s,", (_what, prepare) => {
    it("is not made in the output, and it is said why", async () => {
      const { folder, run } = setUp();
      prepare(folder);
      await expect(run({ lookup: join(folder, "out", "links.csv") })).rejects.toThrow(
        refused("FOLDERS_OVERLAP"),
      );
      expect(existsSync(join(folder, "out", "links.csv"))).toBe(false);
    });
  });

  it("is not made if nothing is done", async () => {
    const { folder, lookup } = setUp();
    const nowhere = pseudonymizeFolder(join(folder, "nowhere"), join(folder, "out"), {
      key: KEY,
      lookup,
    });
    await expect(nowhere).rejects.toThrow(refused("BAD_INPUT"));
    expect(existsSync(lookup)).toBe(false);
  });
});

describe("pseudonyms at random", () => {
  const random = { patientPseudonyms: { kind: "random" } } as const;

  it("are one for each patient, and told again by the table", async () => {
    const { run, idsOf, lookup } = setUp();
    const { summary } = await run({ ...random, lookup });
    expect(summary.done).toBe(5);
    const [first] = idsOf("a/1");
    const [other] = idsOf("b/4");
    expect(idsOf("a/2")[0]).toBe(first);
    expect(idsOf("a/3")[0]).toBe(first);
    expect(other).not.toBe(first);
    expect(idsOf("b/5")[0]).toBe(other);
    const pairs = new Set(
      linesOf(lookup)
        .slice(1)
        .map((line) => line.split(",", 2).join()),
    );
    expect([...pairs].sort()).toEqual([`0815,${other}`, `4711,${first}`]);
  });

  it("are not those under the key, and are the patient's name as well", async () => {
    const { folder, run, idsOf, lookup } = setUp();
    await run({}, "keyed");
    await run({ ...random, lookup });
    expect(idsOf("a/1")[0]).not.toBe(idsOf("a/1", "keyed")[0]);
    expect(idsOf("a/1")[1]).toBe(idsOf("a/1", "keyed")[1]);
    const { dataset } = readFile(new Uint8Array(readFileSync(join(folder, "out/a/1"))));
    expect(textAt(dataset, "(0010,0010)")).toEqual([idsOf("a/1")[0]]);
  });

  it("are the same in a second run with the table, and others with another", async () => {
    const { folder, run, idsOf, lookup } = setUp();
    await run({ ...random, lookup }, "first");
    await run({ ...random, lookup }, "second");
    await run({ ...random, lookup: join(folder, "other.csv") }, "third");
    for (const path of Object.keys(FILES)) {
      expect(idsOf(path, "second")).toEqual(idsOf(path, "first"));
      expect(idsOf(path, "third")[0]).not.toBe(idsOf(path, "first")[0]);
    }
  });

  it("have the format that is asked for", async () => {
    const { run, idsOf, lookup } = setUp();
    const format: PseudonymFormat = { prefix: "S-", length: 15, alphabet: "0123456789" };
    await run({ patientPseudonyms: { kind: "random", format }, lookup });
    expect(idsOf("a/1")[0]).toMatch(/^S-\d{15}$/);
  });

  it("are of a table that was begun under the key, where it has the patient", async () => {
    const { folder, run, idsOf, lookup } = setUp();
    await run({ lookup }, "keyed");
    writeFiles(join(folder, "in"), { "c/6": fileOf(6, "1234") });
    await run({ ...random, lookup });
    expect(idsOf("a/1")).toEqual(idsOf("a/1", "keyed"));
    expect(idsOf("c/6")[0]).toMatch(/^[0-9A-Z]{16}$/);
  });

  it("are empty for who has no Patient ID", async () => {
    const { run, idsOf, lookup } = setUp({ spaces: fileOf(1, "  ", "A1"), empty: fileOf(2, "") });
    const { summary } = await run({ ...random, lookup });
    expect(summary.done).toBe(2);
    expect(idsOf("spaces")[0]).toBe("");
    expect(idsOf("empty")[0]).toBe("");
    expect(linesOf(lookup)).toEqual([HEADER, `,,A1,${idsOf("spaces")[1]}`]);
  });

  it("are refused without a table, before anything is done", async () => {
    const { folder, run } = setUp();
    await expect(run(random)).rejects.toThrow(refused("BAD_OPTION", /lookup table/));
    expect(existsSync(join(folder, "out"))).toBe(false);
    expect(() => createLinkedPseudonymization({ key: KEY, ...random })).toThrow(
      refused("BAD_OPTION"),
    );
  });

  it("are refused in a format that is too short", async () => {
    const { run, lookup } = setUp();
    const short = { kind: "random", format: { length: 5 } } as const;
    await expect(run({ patientPseudonyms: short, lookup })).rejects.toThrow(RangeError);
  });
});

describe("a table of patients", () => {
  const table = (pseudonyms: Readonly<Record<string, string>>) =>
    ({
      patientPseudonyms: { kind: "table", pseudonyms: new Map(Object.entries(pseudonyms)) },
    }) as const;

  it("that lacks a patient fails that patient's files, and no others", async () => {
    const { folder, run, idsOf, lookup } = setUp({ ...FILES, "d/7": fileOf(7, "") });
    const { outcomes } = await run({ ...table({ "4711": "Site 1" }), lookup });
    expect(codesOf(outcomes)).toEqual({
      "a/1": "done",
      "a/2": "done",
      "a/3": "done",
      "b/4": "PATIENT_UNKNOWN",
      "b/5": "PATIENT_UNKNOWN",
      "d/7": "PATIENT_UNKNOWN",
    });
    expect(idsOf("a/1")[0]).toBe("Site 1");
    expect(pathsIn(join(folder, "out"))).toEqual(["a/1", "a/2", "a/3"]);
    expect(readFileSync(lookup, "utf8")).not.toContain("0815");
    expect(JSON.stringify([...outcomes.values()])).not.toContain("0815");
  });

  it("may have one pseudonym for two numbers of a patient", async () => {
    const { run, idsOf, lookup } = setUp();
    const { summary } = await run({ ...table({ "4711": "one", "0815": "one" }), lookup });
    expect(summary.done).toBe(5);
    expect(idsOf("b/4")[0]).toBe(idsOf("a/1")[0]);
    expect(linesOf(lookup).length).toBe(5);
  });
});
