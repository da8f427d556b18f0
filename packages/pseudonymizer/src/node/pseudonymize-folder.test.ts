import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import {
  makeSocket,
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { KEY } from "../../test/keys.js";
import { textAt } from "../../test/pseudonymized.js";
import { CANARY, dicomdir, smallFile, TEXT_FILE, truncatedFile } from "../../test/small-files.js";
import { createPseudonymizer } from "../pseudonymize.js";
import type { FileOutcome } from "./folder-job.js";
import { type FolderOptions, pseudonymizeFolder } from "./pseudonymize-folder.js";

const pseudonymize = createPseudonymizer({ key: KEY });

/** Pseudonymizes the folder `in` of a folder into its folder `out`. */
async function run(folder: string, options: Partial<FolderOptions> = {}, input = "in") {
  const outcomes: FileOutcome[] = [];
  const summary = await pseudonymizeFolder(join(folder, input), join(folder, "out"), {
    key: KEY,
    names: "mirror",
    workers: 0,
    onFile: (outcome) => outcomes.push(outcome),
    ...options,
  });
  const byPath = new Map(outcomes.map((outcome) => [outcome.path, outcome]));
  expect(byPath.size).toBe(outcomes.length);
  return { summary, outcomes: byPath };
}

const outputOf = (folder: string, path: string) =>
  new Uint8Array(readFileSync(join(folder, "out", path)));

const refused = (code: string) => expect.objectContaining({ name: "PseudonymizerError", code });

describe("a folder", () => {
  it("is mirrored: each file where it was, as it is made in memory", async () => {
    const folder = temporaryFolder();
    const names = ["a.dcm", "s1/1", "s1/2.dcm", "s2/deep/er/3.dcm", ".hidden/4"];
    writeFiles(join(folder, "in"), Object.fromEntries(names.map((n, i) => [n, smallFile(i)])));
    const before = stateOf(join(folder, "in"));
    const { summary } = await run(folder);
    expect(summary).toEqual({ done: 5, skipped: 0, failed: 0, left: 0 });
    expect(pathsIn(join(folder, "out"))).toEqual([...names].sort());
    for (const [i, name] of names.entries()) {
      expect(outputOf(folder, name)).toEqual(pseudonymize(smallFile(i)));
    }
    expect(stateOf(join(folder, "in"))).toEqual(before);
  });

  it("is gone on with where a run was stopped, if asked to", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), { one: smallFile(1), two: smallFile(2) });
    writeFiles(join(folder, "out"), { one: "there already" });
    expect((await run(folder)).summary).toEqual({ done: 1, skipped: 0, failed: 1, left: 0 });
    const { summary } = await run(folder, { skipExisting: true });
    expect(summary).toEqual({ done: 0, skipped: 2, failed: 0, left: 0 });
    expect(readFileSync(join(folder, "out", "one"), "utf8")).toBe("there already");
  });

  it("is never written to, also where a link leads from the output into it", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), { "s1/file": smallFile() });
    mkdirSync(join(folder, "out"));
    symlinkSync(join(folder, "in", "s1"), join(folder, "out", "s1"));
    const before = stateOf(join(folder, "in"));
    const { summary, outcomes } = await run(folder, { overwrite: true });
    expect(summary.failed).toBe(1);
    expect(outcomes.get("s1/file")).toMatchObject({ failure: { code: "FOLDERS_OVERLAP" } });
    expect(stateOf(join(folder, "in"))).toEqual(before);
  });

  it("may have names of any kind", async () => {
    const folder = temporaryFolder();
    const names = ["-rf", "..dcm", "a b", "ä 日本", "new\nline", "'quote\"", "\x1b[31m", "%s", "~"];
    writeFiles(join(folder, "in"), Object.fromEntries(names.map((name) => [name, smallFile()])));
    const { summary } = await run(folder);
    expect(summary.done).toBe(names.length);
    expect(pathsIn(join(folder, "out"))).toEqual([...names].sort());
  });

  it("may be empty: then nothing is written", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "in"));
    const { summary } = await run(folder);
    expect(summary).toEqual({ done: 0, skipped: 0, failed: 0, left: 0 });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("tells how many files there are before the first, and of each what became of it", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), { a: smallFile(), b: TEXT_FILE, c: truncatedFile() });
    const told: string[] = [];
    await run(folder, {
      onStart: (files) => told.push(`${files} files`),
      onFile: ({ path, kind }) => told.push(`${path} ${kind}`),
    });
    expect(told[0]).toBe("3 files");
    expect(told.slice(1).sort()).toEqual(["a done", "b skipped", "c failed"]);
  });

  it("of many files is done also where there are no threads to be had, as in sources", async () => {
    const folder = temporaryFolder();
    const files = Object.fromEntries(
      Array.from({ length: 70 }, (_, i) => [`${i}`, i % 7 === 0 ? TEXT_FILE : smallFile(i)]),
    );
    writeFiles(join(folder, "in"), files);
    const { summary } = await run(folder, { workers: 3 });
    expect(summary).toEqual({ done: 60, skipped: 10, failed: 0, left: 0 });
    for (const path of pathsIn(join(folder, "out"))) {
      expect(outputOf(folder, path)).toEqual(pseudonymize(smallFile(Number(path))));
    }
  });
});

describe("a single file", () => {
  it("is written into the output folder under its own name", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile(), "in/b.dcm": smallFile() });
    const { summary } = await run(folder, {}, "in/a.dcm");
    expect(summary).toEqual({ done: 1, skipped: 0, failed: 0, left: 0 });
    expect(pathsIn(join(folder, "out"))).toEqual(["a.dcm"]);
    expect(outputOf(folder, "a.dcm")).toEqual(pseudonymize(smallFile()));
  });

  it("that is no DICOM is skipped", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/report.txt": TEXT_FILE });
    const { summary } = await run(folder, {}, "in/report.txt");
    expect(summary).toEqual({ done: 0, skipped: 1, failed: 0, left: 0 });
  });
});

describe("files that are not done", () => {
  it("are skipped if they are no DICOM, or links, or no files", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      "in/good.dcm": smallFile(),
      "in/report.txt": TEXT_FILE,
      "in/empty": "",
      "in/zeros": new Uint8Array(5000),
      "elsewhere/file.dcm": smallFile(),
    });
    symlinkSync(join(folder, "elsewhere/file.dcm"), join(folder, "in/link.dcm"));
    symlinkSync(join(folder, "elsewhere"), join(folder, "in/linked-folder"));
    symlinkSync(join(folder, "in"), join(folder, "in/round"));
    symlinkSync(join(folder, "nowhere"), join(folder, "in/broken"));
    await makeSocket(join(folder, "in/socket"));
    const { summary, outcomes } = await run(folder);
    expect(summary).toEqual({ done: 1, skipped: 8, failed: 0, left: 0 });
    expect(outcomes.get("report.txt")).toEqual({ kind: "skipped", path: "report.txt" });
    expect(pathsIn(join(folder, "out"))).toEqual(["good.dcm"]);
  });

  it("do not stop the others, and say why without a value or a path", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in", CANARY), {
      "1.dcm": smallFile(1),
      "2.dcm": truncatedFile(),
      "3.dcm": smallFile(3),
      DICOMDIR: dicomdir(),
      "z.dcm": smallFile(4),
    });
    const { summary, outcomes } = await run(folder);
    expect(summary).toEqual({ done: 3, skipped: 0, failed: 2, left: 0 });
    const failures = ["2.dcm", "DICOMDIR"].map((name) => {
      const outcome = outcomes.get(join(CANARY, name));
      return outcome?.kind === "failed" ? outcome.failure : undefined;
    });
    expect(failures).toMatchObject([
      { code: "TRUNCATED", at: "(7FE0,0010)" },
      { code: "DICOMDIR" },
    ]);
    expect(JSON.stringify(failures)).not.toContain(CANARY);
    expect(JSON.stringify(failures)).not.toContain(folder);
    expect(pathsIn(join(folder, "out", CANARY))).toEqual(["1.dcm", "3.dcm", "z.dcm"]);
  });

  it("leave nothing half-written behind, wherever they failed", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      "in/a": truncatedFile(),
      "in/b": smallFile(), // a folder is in its way
      "in/c/d": smallFile(), // a file is where its folder should be
      "in/e": smallFile(),
      "out/b/kept": "kept",
      "out/c": "kept",
    });
    for (const overwrite of [false, true]) {
      const { summary, outcomes } = await run(folder, { overwrite });
      expect(summary).toEqual({ done: 1, skipped: 0, failed: 3, left: 0 });
      expect(outcomes.get("e")?.kind).toBe("done");
      expect(pathsIn(join(folder, "out"))).toEqual([join("b", "kept"), "c", "e"]);
    }
  });

  it("are those of a folder that may not be read, too", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), { "a.dcm": smallFile(1), "closed/b.dcm": smallFile(2) });
    writeFiles(join(folder, "in"), { "z.dcm": smallFile(3) });
    chmodSync(join(folder, "in/closed"), 0);
    mkdirSync(join(folder, "out"));
    const { summary, outcomes } = await withoutPrivileges(folder, () => run(folder));
    chmodSync(join(folder, "in/closed"), 0o700);
    expect(summary).toEqual({ done: 2, skipped: 0, failed: 1, left: 0 });
    expect(outcomes.get("closed")).toMatchObject({ kind: "failed", failure: { code: "EACCES" } });
    expect(pathsIn(join(folder, "out"))).toEqual(["a.dcm", "z.dcm"]);
  });

  it("are not even begun if the input itself may not be read", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "in"), { mode: 0 });
    mkdirSync(join(folder, "out"));
    const error = await withoutPrivileges(folder, () => run(folder).catch((e: unknown) => e));
    expect(error).toEqual(refused("BAD_INPUT"));
    expect(String(error)).not.toContain(folder);
  });
});

/** Does something as a user whom file modes concern: root reads everything. */
async function withoutPrivileges<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  const NOBODY = 65534;
  for (const path of ["", "out"]) chmodSync(join(folder, path), 0o777);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("files that are there already", () => {
  it("are not replaced, and count as failed", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      "in/a.dcm": smallFile(1),
      "in/b.dcm": smallFile(2),
      "out/a.dcm": "mine",
    });
    const { summary, outcomes } = await run(folder);
    expect(summary).toEqual({ done: 1, skipped: 0, failed: 1, left: 0 });
    expect(outcomes.get("a.dcm")).toMatchObject({ failure: { code: "TARGET_EXISTS" } });
    expect(readFileSync(join(folder, "out/a.dcm"), "utf8")).toBe("mine");
  });

  it("are replaced if that is asked for", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile(1), "out/a.dcm": "mine", "out/other": "kept" });
    const { summary } = await run(folder, { overwrite: true });
    expect(summary).toEqual({ done: 1, skipped: 0, failed: 0, left: 0 });
    expect(outputOf(folder, "a.dcm")).toEqual(pseudonymize(smallFile(1)));
    expect(readFileSync(join(folder, "out/other"), "utf8")).toBe("kept");
  });
});

describe("input and output", () => {
  const attempt = (input: string, output: string) =>
    pseudonymizeFolder(input, output, { key: KEY, names: "mirror", workers: 0, overwrite: true });

  it.each([
    ["one folder", "in", "in"],
    ["one folder, by another way", "in", "in/sub/.."],
    ["the output in the input", "in", "in/sub"],
    ["the output in the input, and not there yet", "in", "in/new/deep"],
    ["the output in the input, by a name that begins with dots", "in", "in/..out"],
    ["the input in the output", "in/sub", "in"],
    ["the input in the output, further up", "in/sub", "."],
    ["a file, and the folder that it lies in", "in/sub/a.dcm", "in/sub"],
    ["a file as both", "in/sub/a.dcm", "in/sub/a.dcm"],
    ["the output in the input, through a link", "in", "link-to-sub"],
    ["the output in the input, through a link, and not there yet", "in", "link-to-in/new"],
    ["the input in the output, through a link", "link-to-sub", "in"],
    ["one folder, through two links", "link-to-in", "other-link-to-in"],
  ])("are refused as %s, and nothing is written", async (_how, input, output) => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/sub/a.dcm": smallFile() });
    symlinkSync(join(folder, "in"), join(folder, "link-to-in"));
    symlinkSync(join(folder, "in"), join(folder, "other-link-to-in"));
    symlinkSync(join(folder, "in/sub"), join(folder, "link-to-sub"));
    const before = stateOf(join(folder, "in"));
    await expect(attempt(join(folder, input), join(folder, output))).rejects.toThrow(
      refused("FOLDERS_OVERLAP"),
    );
    expect(stateOf(join(folder, "in"))).toEqual(before);
  });

  it("may have names that begin alike", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile() });
    for (const output of ["in-2", "i", "..in"]) {
      const { done } = await attempt(join(folder, "in"), join(folder, output));
      expect(done).toBe(1);
    }
  });

  it("are refused where there is no input, or no file or folder", async () => {
    const folder = temporaryFolder();
    const output = join(folder, "out");
    for (const input of [join(folder, "nothing"), "/dev/null"]) {
      const error = await attempt(input, output).catch((e: unknown) => e);
      expect(error).toEqual(refused("BAD_INPUT"));
      expect(String(error)).not.toContain("nothing");
    }
    expect(existsSync(output)).toBe(false);
  });
});

describe("an output that cannot be", () => {
  it.each([
    ["lies in a file", "file/out", "ENOTDIR"],
    ["is a link to itself", "loop", "ELOOP"],
  ])("because it %s, is refused without its path", async (_why, output, code) => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile(), file: "kept" });
    symlinkSync(join(folder, "loop"), join(folder, "loop"));
    const error = await pseudonymizeFolder(join(folder, "in"), join(folder, output), {
      key: KEY,
      names: "mirror",
    }).catch((e: unknown) => e);
    expect(error).toEqual(refused("BAD_INPUT"));
    expect(String(error)).toContain(code);
    expect((error as Error).stack).not.toContain(folder);
  });

  it.each(["file", "link-to-nothing-in-the-input"])(
    "because it is no folder, fails for each file: %s",
    async (output) => {
      const folder = temporaryFolder();
      writeFiles(folder, { "in/a.dcm": smallFile(), file: "kept" });
      symlinkSync(join(folder, "in/new"), join(folder, "link-to-nothing-in-the-input"));
      const { done, failed } = await pseudonymizeFolder(join(folder, "in"), join(folder, output), {
        key: KEY,
        names: "mirror",
        overwrite: true,
      });
      expect({ done, failed }).toEqual({ done: 0, failed: 1 });
      expect(pathsIn(join(folder, "in"))).toEqual(["a.dcm"]);
      expect(readFileSync(join(folder, "file"), "utf8")).toBe("kept");
    },
  );
});

describe("options", () => {
  it.each([
    ["too short", KEY.subarray(1)],
    ["empty", new Uint8Array()],
  ])("with a key that is %s are refused before anything is written", async (_what, key) => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile() });
    await expect(run(folder, { key })).rejects.toThrow(refused("BAD_KEY"));
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it.each([-1, 0.5, Number.NaN])("with %d threads are a mistake", async (workers) => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile() });
    await expect(run(folder, { workers })).rejects.toThrow(RangeError);
  });

  it("reach the reader", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": truncatedFile() });
    const { summary } = await run(folder, { allowTruncated: true, sync: true });
    expect(summary.done).toBe(1);
  });
});

describe("a signal to stop", () => {
  it("that came before keeps all files from being begun", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile(), "in/b.dcm": smallFile() });
    const { summary } = await run(folder, { signal: AbortSignal.abort() });
    expect(summary).toEqual({ done: 0, skipped: 0, failed: 0, left: 2 });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("lets files that are under way be finished, and begins no other", async () => {
    const folder = temporaryFolder();
    const files = Array.from({ length: 40 }, (_, i) => [`${i}`, smallFile(i)] as const);
    writeFiles(join(folder, "in"), Object.fromEntries(files));
    const stop = new AbortController();
    let ended = 0;
    const summary = await pseudonymizeFolder(join(folder, "in"), join(folder, "out"), {
      key: KEY,
      names: "mirror",
      workers: 0,
      signal: stop.signal,
      onFile: () => {
        if (++ended === 5) stop.abort();
      },
    });
    expect(summary.done).toBeGreaterThanOrEqual(5);
    expect(summary.left).toBeGreaterThan(0);
    expect(summary.done + summary.left).toBe(40);
    const written = pathsIn(join(folder, "out"));
    expect(written.length).toBe(summary.done);
    for (const path of written) {
      expect(outputOf(folder, path)).toEqual(pseudonymize(smallFile(Number(path))));
    }
  });
});

describe("names of the output", () => {
  /** A file of a patient, whose identifiers and names of folders all have the canary. */
  const named = (patient: number, instance: number) =>
    writeFile([
      { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
      { tag: Tag.SOPInstanceUID, vr: "UI", value: `1.2.4711.${patient}.${instance}` },
      { tag: Tag.AccessionNumber, vr: "SH", value: `${CANARY}${patient}` },
      { tag: Tag.PatientName, vr: "PN", value: `${CANARY}^${CANARY}` },
      { tag: Tag.PatientID, vr: "LO", value: `${CANARY} ${patient}` },
      { tag: Tag.StudyInstanceUID, vr: "UI", value: `1.2.4711.${patient}` },
      { tag: Tag.SeriesInstanceUID, vr: "UI", value: `1.2.4711.${patient}.99` },
    ]);
  const files = {
    [`${CANARY}^Carol 4711/${CANARY}-1.dcm`]: named(1, 1),
    [`${CANARY}^Carol 4711/again/2`]: named(1, 2),
    [`deep/${CANARY}/er/IM4711`]: named(2, 1),
    [`${CANARY}.txt`]: TEXT_FILE,
  };
  const setUp = () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), files);
    return folder;
  };

  it("are pseudonyms unless told otherwise: patient, study, series, instance", async () => {
    const folder = setUp();
    const { summary } = await run(folder, { names: undefined as never });
    expect(summary).toEqual({ done: 3, skipped: 1, failed: 0, left: 0 });
    const paths = pathsIn(join(folder, "out"));
    for (const path of paths) {
      expect(path).toMatch(/^[0-9A-Z]{16}\/2\.25\.\d+\/2\.25\.\d+\/2\.25\.\d+\.dcm$/);
      const { dataset } = readFile(outputOf(folder, path));
      const values = ["(0010,0020)", "(0020,000D)", "(0020,000E)", "(0008,0018)"].map(
        (place) => textAt(dataset, place)?.[0],
      );
      expect(path).toBe(`${values.join("/")}.dcm`);
    }
    expect(new Set(paths.map((path) => path.split("/")[0])).size).toBe(2);
  });

  it.each(["pseudonyms", "flat"] as const)(
    "have nothing of names and identifiers of the input: %s",
    async (names) => {
      const folder = setUp();
      const { summary } = await run(folder, { names });
      expect(summary.done).toBe(3);
      const all = readdirSync(join(folder, "out"), { recursive: true, encoding: "utf8" });
      expect(all.length).toBeGreaterThan(0);
      for (const path of all) expect(path).not.toMatch(/CANARY|Carol|4711|IM|deep|again/);
      if (names === "flat") for (const path of all) expect(path).toMatch(/^2\.25\.\d+\.dcm$/);
    },
  );

  it("have nothing else in their files than in memory", async () => {
    const folder = setUp();
    await run(folder, { names: "flat" });
    const made = Object.values(files)
      .filter((content) => typeof content !== "string")
      .map((content) => Buffer.from(pseudonymize(content)).toString("latin1"));
    const written = pathsIn(join(folder, "out")).map((path) =>
      readFileSync(join(folder, "out", path), "latin1"),
    );
    expect(written.sort()).toEqual(made.sort());
  });

  it.each(["../x", "..", "/x", "a/b", "", "CON", "a\\b"])(
    "lead to nowhere else where a table has the pseudonym %j",
    async (text) => {
      const folder = setUp();
      const pseudonyms = new Map([1, 2].map((patient) => [`${CANARY} ${patient}`, text]));
      const { summary } = await run(folder, {
        names: "pseudonyms",
        patientPseudonyms: { kind: "table", pseudonyms },
      });
      expect(summary.done).toBe(3);
      expect(readdirSync(folder).sort()).toEqual(["in", "out"]);
      expect(readdirSync(join(folder, "in")).length).toBe(3);
      const paths = pathsIn(join(folder, "out"));
      expect(paths.length).toBe(3);
      for (const path of paths) expect(path.split("/").length).toBe(4);
    },
  );

  describe("that are the same for several files of one instance", () => {
    const copies = Object.fromEntries(
      ["a", "b/c", "d", "e", "f", "g"].map((path) => [path, smallFile(1)]),
    );

    it.each(["pseudonyms", "flat"] as const)("%s: one is done, the others fail", async (names) => {
      const folder = temporaryFolder();
      writeFiles(join(folder, "in"), copies);
      const { summary, outcomes } = await run(folder, { names });
      expect(summary).toEqual({ done: 1, skipped: 0, failed: 5, left: 0 });
      const codes = [...outcomes.values()].map((outcome) =>
        outcome.kind === "failed" ? outcome.failure.code : outcome.kind,
      );
      expect(codes.sort()).toEqual([...Array<string>(5).fill("TARGET_EXISTS"), "done"]);
      const paths = pathsIn(join(folder, "out"));
      expect(paths.length).toBe(1);
      expect(outputOf(folder, paths[0]!)).toEqual(pseudonymize(smallFile(1)));
    });

    it("fail also where existing files are skipped, or overwritten: of one nothing is left", async () => {
      const folder = temporaryFolder();
      writeFiles(join(folder, "in"), copies);
      const skipping = await run(folder, { names: "flat", skipExisting: true });
      expect(skipping.summary).toEqual({ done: 1, skipped: 0, failed: 5, left: 0 });
      const overwriting = await run(folder, { names: "flat", overwrite: true });
      expect(overwriting.summary).toEqual({ done: 1, skipped: 0, failed: 5, left: 0 });
      expect(pathsIn(join(folder, "out")).length).toBe(1);
    });
  });

  it("are those of the first run in the second, which does what is left", async () => {
    const folder = temporaryFolder();
    const some = { a: smallFile(1), b: smallFile(2) };
    writeFiles(join(folder, "in"), some);
    const options = { names: "pseudonyms", skipExisting: true } as const;
    expect((await run(folder, options)).summary.done).toBe(2);
    const before = stateOf(join(folder, "out"));
    writeFiles(join(folder, "in"), { c: smallFile(3) });
    const { summary, outcomes } = await run(folder, options);
    expect(summary).toEqual({ done: 1, skipped: 2, failed: 0, left: 0 });
    expect(outcomes.get("c")).toMatchObject({ kind: "done", path: "c", findings: [] });
    const after = stateOf(join(folder, "out"));
    expect(after.length).toBe(3);
    for (const state of before) expect(after).toContainEqual(state);
  });

  it("never lead into the input, also where a link leads there", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), { a: smallFile(1) });
    mkdirSync(join(folder, "out"));
    symlinkSync(join(folder, "in"), join(folder, "out", "P1"));
    const before = stateOf(join(folder, "in"));
    const { outcomes } = await run(folder, {
      names: "pseudonyms",
      overwrite: true,
      patientPseudonyms: { kind: "table", pseudonyms: new Map([[`${CANARY} 4711`, "P1"]]) },
    });
    expect(outcomes.get("a")).toMatchObject({ failure: { code: "FOLDERS_OVERLAP" } });
    expect(stateOf(join(folder, "in"))).toEqual(before);
  });

  it("leave no folder in the input either", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), { a: smallFile(1) });
    mkdirSync(join(folder, "out"));
    symlinkSync(join(folder, "in"), join(folder, "out", "P1"));
    await run(folder, {
      names: "pseudonyms",
      patientPseudonyms: { kind: "table", pseudonyms: new Map([[`${CANARY} 4711`, "P1"]]) },
    });
    expect(readdirSync(join(folder, "in"))).toEqual(["a"]);
  });
});

describe("a rule that is a function", () => {
  it("is asked in this thread, however many files and threads there are", async () => {
    const folder = temporaryFolder();
    const files = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`${i}`, smallFile(i)]));
    writeFiles(join(folder, "in"), files);
    let asked = 0;
    const { summary } = await run(folder, {
      workers: 3,
      rules: [
        {
          tag: Tag.PatientID,
          decide: () => {
            asked++;
            return { value: "ours" };
          },
        },
      ],
    });
    expect(summary.done).toBe(70);
    expect(asked).toBe(70);
    expect(textAt(readFile(outputOf(folder, "7")).dataset, "(0010,0020)")).toEqual(["ours"]);
  });

  it("that throws fails its file only", async () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, "in"), { a: smallFile(1), b: smallFile(2) });
    const { summary, outcomes } = await run(folder, {
      rules: [
        {
          tag: Tag.SOPInstanceUID,
          decide: ({ values }) => {
            if (values?.[0] === "1.2.3.1") throw new Error(`${CANARY} of ${values}`);
            return undefined;
          },
        },
      ],
    });
    expect(summary).toEqual({ done: 1, skipped: 0, failed: 1, left: 0 });
    expect(outcomes.get("a")).toMatchObject({ kind: "failed", failure: { code: "UNEXPECTED" } });
    expect(JSON.stringify(outcomes.get("a"))).not.toContain(CANARY);
  });
});

describe("findings", () => {
  it("come with the file that they are about", async () => {
    const folder = temporaryFolder();
    const odd = writeFile([
      { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
      { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.9" },
      { tag: 0x00089ff0, vr: "LO", value: "kept" },
    ]);
    writeFiles(join(folder, "in"), { plain: smallFile(), odd });
    const { outcomes } = await run(folder);
    expect(outcomes.get("plain")).toEqual({
      kind: "done",
      path: "plain",
      target: "plain",
      findings: [],
    });
    expect(outcomes.get("odd")).toEqual({
      kind: "done",
      path: "odd",
      target: "odd",
      findings: [{ code: "UNKNOWN_ATTRIBUTE_KEPT", at: "(0008,9FF0)" }],
    });
  });
});
