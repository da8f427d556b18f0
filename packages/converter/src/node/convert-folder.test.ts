import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { EXPLICIT_VR_LITTLE_ENDIAN } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { greyOf } from "../../test/image-for-test.js";
import { smallImage, TEXT_FILE, truncatedImage } from "../../test/small-files.js";
import { CANARY } from "../../test/watched-command.js";
import { encodeBmp } from "../image/bmp.js";
import { encodePng } from "../image/encode-png.js";
import {
  composeFolder,
  compressFolder,
  decomposeFolder,
  transcodeFolder,
} from "./convert-folder.js";
import type { FileOutcome, RunOptions, RunSummary } from "./folder-job.js";

const KEY = new Uint8Array(31);

function foldersOf(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "in"));
  writeFiles(join(folder, "in"), files);
  return { input: join(folder, "in"), output: join(folder, "out") };
}

/** Runs, and gives what was told; nobody is told what is in a file. */
async function outcomesOf(run: (options: RunOptions) => Promise<RunSummary>) {
  const outcomes: FileOutcome[] = [];
  const summary = await run({ onFile: (outcome) => outcomes.push(outcome) });
  for (const outcome of outcomes) {
    if (outcome.kind !== "failed") continue;
    expect(`${outcome.code} ${outcome.message} ${outcome.at}`).not.toMatch(
      new RegExp(`${CANARY}|dsail-test`),
    );
  }
  const short = outcomes.map((outcome) =>
    outcome.kind === "done"
      ? `${outcome.path}: ${outcome.written.join(" ")}`
      : `${outcome.path}: ${outcome.kind === "failed" ? outcome.code : "skipped"}`,
  );
  return { summary, short, outcomes };
}

describe("a run over a folder", () => {
  it("does all that is DICOM, keeps paths, counts the rest and follows no link", async () => {
    const { input, output } = foldersOf({
      "a.dcm": smallImage(),
      "b/1.2.840.1": smallImage(),
      "c.txt": TEXT_FILE,
      empty: "",
      ".hidden.dcm": smallImage(),
    });
    symlinkSync(join(input, "a.dcm"), join(input, "link.dcm"));
    symlinkSync(input, join(input, "loop"));
    const before = stateOf(join(input, "b"));
    const started: number[] = [];
    const { summary, short } = await outcomesOf((run) =>
      decomposeFolder(input, output, { ...run, onStart: (files) => started.push(files) }),
    );
    expect(started).toEqual([4]);
    expect(short).toEqual([
      ...["a.dcm: a.png a.json", "b/1.2.840.1: b/1.2.840.1.png b/1.2.840.1.json"],
      ...["c.txt: skipped", "empty: skipped"],
    ]);
    expect(summary).toEqual({ done: 2, skipped: 5, failed: 0, left: 0 });
    expect(pathsIn(output)).toEqual(["a.json", "a.png", "b/1.2.840.1.json", "b/1.2.840.1.png"]);
    expect(stateOf(join(input, "b"))).toEqual(before);
  });

  it("works on one file, into the folder that it is in too", async () => {
    const { input } = foldersOf({ "a.dcm": smallImage(), "b.dcm": smallImage() });
    const { summary } = await outcomesOf((run) =>
      decomposeFolder(join(input, "a.dcm"), input, run),
    );
    expect(summary).toEqual({ done: 1, skipped: 0, failed: 0, left: 0 });
    expect(pathsIn(input)).toEqual(["a.dcm", "a.json", "a.png", "b.dcm"]);
  });

  it("never replaces its input", async () => {
    const { input } = foldersOf({ "a.dcm": smallImage(), "a.png": encodePng(greyOf([1, 2])) });
    const before = stateOf(input);
    const transferSyntaxUid = "1.2.840.10008.1.2";
    const runs = [
      (run: RunOptions) =>
        transcodeFolder(join(input, "a.dcm"), input, {
          ...run,
          transferSyntaxUid,
          overwrite: true,
        }),
      (run: RunOptions) =>
        compressFolder(join(input, "a.png"), input, { ...run, overwrite: true, dryRun: true }),
    ];
    for (const run of runs) {
      const { short } = await outcomesOf(run);
      expect(short[0]).toMatch(/: FOLDERS_OVERLAP$/);
    }
    expect(stateOf(input)).toEqual(before);
  });

  it("refuses an output in the input, no input, and an input that is neither folder nor file", async () => {
    const { input } = foldersOf({ "a.dcm": smallImage() });
    const refusal = (code: string) => expect.objectContaining({ name: "ConverterError", code });
    for (const output of [input, join(input, "out"), join(input, "..")]) {
      await expect(decomposeFolder(input, output)).rejects.toThrow(refusal("FOLDERS_OVERLAP"));
    }
    const missing = decomposeFolder(join(input, CANARY), join(input, "..", "out"));
    await expect(missing).rejects.toThrow(refusal("BAD_INPUT"));
    await expect(missing).rejects.not.toThrow(CANARY);
    if (existsSync("/dev/null")) {
      await expect(decomposeFolder("/dev/null", temporaryFolder())).rejects.toThrow(
        refusal("BAD_INPUT"),
      );
    }
    expect(pathsIn(input)).toEqual(["a.dcm"]);
  });

  it("refuses options before anything is done", async () => {
    const { input, output } = foldersOf({ "a.dcm": smallImage() });
    const keyed = { kind: "keyed", key: KEY } as const;
    const refused = [
      decomposeFolder(input, output, { workers: 1.5 }),
      decomposeFolder(input, output, { workers: Number.NaN }),
      decomposeFolder(input, output, { workers: 65 }),
      decomposeFolder(input, output, { format: "bmp", mode: "full" }),
      decomposeFolder(input, output, { format: "bmp", frames: "animation" }),
      decomposeFolder(input, output, { frames: "montage", mode: "full" }),
      composeFolder(input, output, { patientId: keyed }),
      compressFolder(input, output, { ratio: 0.5 }),
    ];
    for (const run of refused) await expect(run).rejects.toThrow(RangeError);
    expect(existsSync(output)).toBe(false);
  });

  it("stops by signal between files, and tells what is left", async () => {
    const { input, output } = foldersOf({
      ...{ "a.dcm": smallImage(), "b.dcm": smallImage(), "c.dcm": smallImage() },
    });
    const stop = new AbortController();
    const summary = await decomposeFolder(input, output, {
      signal: stop.signal,
      onFile: () => stop.abort(),
    });
    expect(summary).toEqual({ done: 1, skipped: 0, failed: 0, left: 2 });
    expect(pathsIn(output)).toEqual(["a.json", "a.png"]);
    const none = await decomposeFolder(input, output, { signal: AbortSignal.abort() });
    expect(none).toEqual({ done: 0, skipped: 0, failed: 0, left: 3 });
  });

  it("throws what the caller's own function throws", async () => {
    const { input, output } = foldersOf({ "a.dcm": smallImage(), "b.dcm": smallImage() });
    const run = decomposeFolder(input, output, {
      onFile: () => {
        throw new Error("mine");
      },
    });
    await expect(run).rejects.toThrow("mine");
    expect(pathsIn(output)).toEqual(["a.json", "a.png"]);
  });

  it("takes names as they are", async () => {
    const names = ["..a", "a b.dcm", "...dcm", "%2e%2e", "-rf", "ä\u202e.dcm", "$(x)", "__proto__"];
    const { input, output } = foldersOf({});
    for (const name of names) writeFileSync(join(input, name), smallImage());
    const { summary } = await outcomesOf((run) =>
      decomposeFolder(input, output, { ...run, json: false }),
    );
    // Those with a dot in front are hidden.
    expect(summary).toEqual({ done: 6, skipped: 2, failed: 0, left: 0 });
    expect(pathsIn(output)).toEqual(
      ["a b", "%2e%2e", "-rf", "ä\u202e", "$(x)", "__proto__"].map((stem) => `${stem}.png`).sort(),
    );
    expect(pathsIn(join(input, ".."))).toHaveLength(names.length + 6);
  });
});

describe("two inputs of one name", () => {
  const files = {
    a: smallImage(),
    "a.dcm": smallImage({ more: [{ tag: Tag.PatientAge, value: "001Y" }] }),
  };

  it.each([{}, { overwrite: true }, { dryRun: true }])("are not mixed: %j", async (options) => {
    const { input, output } = foldersOf(files);
    const { short } = await outcomesOf((run) =>
      decomposeFolder(input, output, { ...run, ...options }),
    );
    expect(short).toEqual(["a: a.png a.json", "a.dcm: TARGET_EXISTS"]);
    if ("dryRun" in options) expect(existsSync(output)).toBe(false);
    else expect(readFileSync(join(output, "a.json"), "utf8")).not.toContain("001Y");
  });

  it("are a frame and a file", async () => {
    const { input, output } = foldersOf({
      "a.0002.dcm": smallImage(),
      "a.dcm": smallImage({ frames: 3 }),
    });
    const { short } = await outcomesOf((run) =>
      decomposeFolder(input, output, { ...run, overwrite: true }),
    );
    expect(short).toEqual(["a.0002.dcm: a.0002.png a.0002.json", "a.dcm: TARGET_EXISTS"]);
    expect(pathsIn(output)).toEqual(["a.0002.json", "a.0002.png"]);
  });

  it("are two images", async () => {
    const image = encodePng(greyOf([1, 2]));
    const { input, output } = foldersOf({ "a.bmp": encodeBmp(greyOf([1, 2])), "a.png": image });
    const { short } = await outcomesOf((run) => compressFolder(input, output, run));
    expect(short).toEqual(["a.bmp: a.png", "a.png: TARGET_EXISTS"]);
  });
});

describe("files that are there", () => {
  it.each(["a.png", "a.json"])("%s stays, and nothing is beside it", async (name) => {
    const { input, output } = foldersOf({ "a.dcm": smallImage() });
    writeFiles(output, { [name]: "mine" });
    const before = stateOf(output);
    const { short } = await outcomesOf((run) => decomposeFolder(input, output, run));
    expect(short).toEqual(["a.dcm: TARGET_EXISTS"]);
    expect(stateOf(output)).toEqual(before);
    const replaced = await outcomesOf((run) =>
      decomposeFolder(input, output, { ...run, overwrite: true }),
    );
    expect(replaced.short).toEqual(["a.dcm: a.png a.json"]);
    expect(readFileSync(join(output, name), "utf8")).not.toBe("mine");
  });

  it("stay, all of them, if the input that would replace them is damaged", async () => {
    const { input, output } = foldersOf({ "a.dcm": truncatedImage() });
    writeFiles(output, { "a.png": "mine", "a.json": "mine" });
    const before = stateOf(output);
    const { short } = await outcomesOf((run) =>
      decomposeFolder(input, output, { ...run, overwrite: true }),
    );
    expect(short).toEqual(["a.dcm: TRUNCATED"]);
    expect(stateOf(output)).toEqual(before);
  });

  it("are not a folder in the way, and a link is not followed", async () => {
    const { input, output } = foldersOf({ "a.dcm": smallImage(), "b.dcm": smallImage() });
    mkdirSync(join(output, "a.png"), { recursive: true });
    const outside = join(temporaryFolder(), "outside");
    writeFileSync(outside, "mine");
    symlinkSync(outside, join(output, "b.png"));
    const { short } = await outcomesOf((run) =>
      decomposeFolder(input, output, { ...run, overwrite: true, json: false }),
    );
    expect(short).toEqual(["a.dcm: TARGET_EXISTS", "b.dcm: b.png"]);
    expect(readFileSync(outside, "utf8")).toBe("mine");
  });
});

it.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
  "tells what the file system says by its code only",
  async () => {
    const { input, output } = foldersOf({ [`${CANARY}.dcm`]: smallImage(), "b.dcm": smallImage() });
    chmodSync(join(input, `${CANARY}.dcm`), 0);
    const { short } = await outcomesOf((run) => decomposeFolder(input, output, run));
    expect(short[0]).toBe(`${CANARY}.dcm: EACCES`);
  },
);

it("tells what the file system says by its code only: a file in place of a folder", async () => {
  const { input, output } = foldersOf({ [`${CANARY}/a.dcm`]: smallImage(), "b.dcm": smallImage() });
  writeFiles(output, { [CANARY]: "mine" });
  const { short, outcomes } = await outcomesOf((run) => decomposeFolder(input, output, run));
  expect(short).toEqual([expect.stringMatching(/: (EEXIST|ENOTDIR)$/), "b.dcm: b.png b.json"]);
  expect(outcomes[0]).toMatchObject({ message: "the file could not be converted" });
});

describe("transcodeFolder", () => {
  it("keeps names, skips what is no DICOM, and fails of a transfer syntax that is none", async () => {
    const { input, output } = foldersOf({ "a/b": smallImage(), "c.txt": TEXT_FILE });
    const transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN;
    const { short } = await outcomesOf((run) =>
      transcodeFolder(input, output, { ...run, transferSyntaxUid }),
    );
    expect(short).toEqual(["a/b: a/b", "c.txt: skipped"]);
    expect(new Uint8Array(readFileSync(join(output, "a/b")))).toEqual(smallImage());
    const wrong = await outcomesOf((run) =>
      transcodeFolder(input, `${output}2`, { ...run, transferSyntaxUid: "1.2.3" }),
    );
    expect(wrong.short[0]).toBe("a/b: UNSUPPORTED_TRANSFER_SYNTAX");
  });
});
