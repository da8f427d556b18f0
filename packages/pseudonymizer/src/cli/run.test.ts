import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { afterEach, describe, expect, it, vi } from "vitest";
import { captureStreams } from "../../../../vitest.captured-streams.js";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { KEY } from "../../test/keys.js";
import { textAt } from "../../test/pseudonymized.js";
import { CANARY, dicomdir, smallFile, TEXT_FILE, truncatedFile } from "../../test/small-files.js";
import { formatKey } from "../key.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";
import { type RunOptions, run } from "./run.js";

afterEach(() => vi.unstubAllEnvs());

/** Runs a command, and looks that nothing of a patient or of the key was written anywhere. */
async function command(args: readonly string[], options: RunOptions = {}) {
  const { streams, out, error } = captureStreams();
  const code = await run(args, streams, options);
  const texts = { out: out(), error: error() };
  for (const text of Object.values(texts)) {
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(formatKey(KEY).slice(0, 12));
  }
  return { code, ...texts };
}

/** A folder with a key file and these files in `in`, and the arguments to pseudonymize them. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  writeFiles(path("in"), files);
  writeFileSync(path("project.key"), formatKey(KEY));
  const args = [
    path("in"),
    path("out"),
    "--key-file",
    path("project.key"),
    "--workers",
    "0",
    "--names",
    "mirror",
  ];
  return { path, args };
}

describe("dsail-pseudonymize INPUT OUTPUT", () => {
  it("ends with 0, and one line of summary, if nothing failed", async () => {
    const { path, args } = folderOf({
      "a.dcm": smallFile(1),
      "b/c.dcm": smallFile(2),
      d: TEXT_FILE,
    });
    expect(await command(args)).toEqual({
      code: EXIT_OK,
      out: "2 pseudonymized, 1 skipped (not DICOM, or links), 0 failed\n",
      error: "",
    });
    expect(pathsIn(path("out"))).toEqual(["a.dcm", join("b", "c.dcm")]);
  });

  it("ends with 1 if a file failed, and says on the standard error which, where and why", async () => {
    const { path, args } = folderOf({
      "a.dcm": smallFile(),
      "sub/cut.dcm": truncatedFile(),
      DICOMDIR: dicomdir(),
    });
    const { code, out, error } = await command(args);
    expect(code).toBe(EXIT_FAILED);
    expect(out).toBe("1 pseudonymized, 0 skipped (not DICOM, or links), 2 failed\n");
    const lines = error.trimEnd().split("\n").sort();
    expect(lines.length).toBe(2);
    expect(lines[0]).toMatch(/^"DICOMDIR": DICOMDIR: /);
    expect(lines[1]).toMatch(/^"sub\/cut\.dcm": TRUNCATED: .* at \(7FE0,0010\), byte \d+$/);
    expect(pathsIn(path("out"))).toEqual(["a.dcm"]);
  });

  it("quotes names of files, so that none can move the cursor or forge a line", async () => {
    const name = 'x\n0 pseudonymized\r\x1b[2J\x1b]0;title\x07".dcm';
    const { args } = folderOf({ [name]: truncatedFile() });
    const { code, error } = await command(args);
    expect(code).toBe(EXIT_FAILED);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(error.trimEnd()).not.toMatch(/[\0-\x1f\x7f]/);
    expect(error.split("\n").length).toBe(2);
    const quoted = /^("(?:[^"\\]|\\.)*"): /.exec(error)?.[1];
    expect(JSON.parse(quoted ?? "")).toBe(name);
  });

  it("quotes them also where one character is a sequence of control characters", async () => {
    const { args } = folderOf({ "x\x9b2J\x7f\u202ey.dcm": truncatedFile() });
    const { error } = await command(args);
    expect(error.trimEnd()).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });

  it("replaces files only with --overwrite", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    expect((await command(args)).code).toBe(EXIT_OK);
    writeFileSync(path("out/a.dcm"), "mine");
    const again = await command(args);
    expect(again.code).toBe(EXIT_FAILED);
    expect(again.error).toContain("TARGET_EXISTS");
    expect(readFileSync(path("out/a.dcm"), "utf8")).toBe("mine");
    expect((await command([...args, "--overwrite", "--sync"])).code).toBe(EXIT_OK);
    expect(readFileSync(path("out/a.dcm"), "latin1")).toContain("DICM");
  });

  it("takes a single file", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile(1), "b.dcm": smallFile(2) });
    const [, ...rest] = args;
    expect((await command([path("in/a.dcm"), ...rest])).code).toBe(EXIT_OK);
    expect(pathsIn(path("out"))).toEqual(["a.dcm"]);
  });

  it("takes the key file's name from DSAIL_KEY_FILE too", async () => {
    const { path } = folderOf({ "a.dcm": smallFile() });
    vi.stubEnv("DSAIL_KEY_FILE", path("project.key"));
    expect((await command([path("in"), path("out")])).code).toBe(EXIT_OK);
  });

  it("ends with 130 if it is stopped, and says how many files were not begun", async () => {
    const { args } = folderOf({ "a.dcm": smallFile() });
    const { code, out } = await command(args, { signal: AbortSignal.abort() });
    expect(code).toBe(EXIT_STOPPED);
    expect(out).toContain("1 not begun");
  });

  it("gives the same pseudonyms for the same key, and others for another", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    const [input, , ...rest] = args;
    await command(args);
    await command([input as string, path("again"), ...rest]);
    expect(readFileSync(path("again/a.dcm"))).toEqual(readFileSync(path("out/a.dcm")));
    await command(["keygen", path("other.key")]);
    await command([
      input as string,
      path("other"),
      "--names",
      "mirror",
      "--key-file",
      path("other.key"),
    ]);
    expect(readFileSync(path("other/a.dcm"))).not.toEqual(readFileSync(path("out/a.dcm")));
  });
});

describe("wrong usage ends with 2, says why on the standard error, and writes no file:", () => {
  it.each<readonly [string, (path: (name: string) => string) => string[], RegExp]>([
    ["nothing at all", () => [], /missing required argument/],
    [
      "no output",
      (path) => [path("in"), "--key-file", path("project.key")],
      /output folder is missing/,
    ],
    ["one argument too many", (path) => [path("in"), path("out"), "more"], /too many arguments/],
    ["no key file", (path) => [path("in"), path("out")], /--key-file is missing/],
    [
      "a key file that is not there",
      (path) => [path("in"), path("out"), "--key-file", path("none")],
      /BAD_KEY.*ENOENT/,
    ],
    [
      "a key file that is a folder",
      (path) => [path("in"), path("out"), "--key-file", path("in")],
      /BAD_KEY/,
    ],
    [
      "a key that is too short",
      (path) => [path("in"), path("out"), "--key-file", path("short.key")],
      /BAD_KEY.*at least 64 hexadecimal digits/,
    ],
    [
      "a key file that is empty",
      (path) => [path("in"), path("out"), "--key-file", path("empty.key")],
      /BAD_KEY/,
    ],
    [
      "an input that is not there",
      (path) => [path("none"), path("out"), "--key-file", path("project.key")],
      /BAD_INPUT/,
    ],
    [
      "an output in the input",
      (path) => [path("in"), path("in/out"), "--key-file", path("project.key")],
      /FOLDERS_OVERLAP/,
    ],
    ["an option that there is none of", () => ["--frobnicate"], /unknown option '--frobnicate'/],
    [
      "a key as an option",
      () => [`--key=${formatKey(KEY).trim()}`],
      /unknown option '--key=\(hidden\)'/,
    ],
    [
      "a key as a short option",
      () => [`-k${formatKey(KEY).trim()}`],
      /unknown option '-k\(hidden\)'/,
    ],
    [
      "a key in the place of its file",
      (path) => [path("in"), path("out"), "--key-file", formatKey(KEY).trim()],
      /BAD_KEY.*ENOENT/,
    ],
    [
      "a number of threads that is none",
      (path) => [path("in"), path("out"), "--workers", "many"],
      /expected an integer of 0 to 64/,
    ],
    [
      "too many threads",
      (path) => [path("in"), path("out"), "--workers", "65"],
      /expected an integer of 0 to 64/,
    ],
    ["keygen without a file", () => ["keygen"], /missing required argument/],
  ])("%s", async (_what, argsOf, message) => {
    vi.stubEnv("DSAIL_KEY_FILE", undefined);
    const { path } = folderOf({ "a.dcm": smallFile() });
    writeFileSync(path("short.key"), formatKey(KEY.subarray(1)));
    writeFileSync(path("empty.key"), "");
    const { code, out, error } = await command(argsOf(path));
    expect(code).toBe(EXIT_USAGE);
    expect(out).toBe("");
    expect(error).toMatch(message);
    expect(existsSync(path("out"))).toBe(false);
    expect(pathsIn(path("in"))).toEqual(["a.dcm"]);
  });
});

describe("dsail-pseudonymize keygen", () => {
  it("writes a key that only its owner may read, and does not show it", async () => {
    const { path } = folderOf({});
    const { code, out, error } = await command(["keygen", path("new.key")]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    expect(statSync(path("new.key")).mode & 0o777).toBe(0o600);
    const key = readFileSync(path("new.key"), "utf8").trim();
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(out).not.toMatch(/[0-9a-f]{8}/);
  });

  it("asks for no key file of its own, also where the environment names one", async () => {
    vi.stubEnv("DSAIL_KEY_FILE", "/no/such/file");
    const { path } = folderOf({});
    expect((await command(["keygen", path("new.key")])).code).toBe(EXIT_OK);
  });

  it("never replaces a key", async () => {
    const { path } = folderOf({});
    const { code, error } = await command(["keygen", path("project.key")]);
    expect(code).toBe(EXIT_USAGE);
    expect(error).toContain("BAD_INPUT");
    expect(readFileSync(path("project.key"), "utf8")).toBe(formatKey(KEY));
  });
});

describe("help and version", () => {
  it.each([["--help"], ["-h"]])("%s goes to the standard output, and ends with 0", async (arg) => {
    const { code, out, error } = await command([arg]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    for (const word of ["--key-file", "DSAIL_KEY_FILE", "--overwrite", "keygen", "Exit codes"]) {
      expect(out).toContain(word);
    }
  });

  it("--version prints the version that it is told", async () => {
    expect(await command(["--version"], { version: "1.2.3" })).toEqual({
      code: EXIT_OK,
      out: "1.2.3\n",
      error: "",
    });
  });
});

describe("an option", () => {
  /** A file of which each option keeps, or changes, something. */
  const richFile = writeFile([
    { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
    { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.1" },
    { tag: Tag.StudyDate, vr: "DA", value: "20200215" },
    { tag: Tag.AccessionNumber, vr: "SH", value: `${CANARY}A1` },
    { tag: Tag.InstitutionName, vr: "LO", value: "Zyxwv Clinic" },
    { tag: Tag.SeriesDescription, vr: "LO", value: "brain Quibblefax head zq2d1" },
    { tag: Tag.ManufacturerModelName, vr: "LO", value: "model" },
    { tag: 0x00089ff0, vr: "LO", value: "of no dictionary" },
    { tag: Tag.PatientName, vr: "PN", value: `${CANARY}^Carol` },
    { tag: Tag.PatientID, vr: "LO", value: `${CANARY} 4711` },
    { tag: Tag.PatientAge, vr: "AS", value: "077Y" },
    { tag: 0x00190010, vr: "LO", value: "ACME" },
    { tag: 0x0019100c, vr: "LO", value: "of ACME" },
    { tag: 0x0019100d, vr: "LO", value: "of ACME, too" },
    { tag: Tag.StudyInstanceUID, vr: "UI", value: "1.2.3.4" },
  ]);
  const PATIENT = "(0010,0020)";
  const DATE = "(0008,0020)";
  const SERIES = "(0008,103E)";
  const MODIFIED = ["--option", "retain-longitudinal-modified-dates"];
  const DESCRIPTORS = ["--option", "clean-descriptors"];

  /** Runs with these options, and gives the values in these places of the output. */
  async function valuesWith(
    options: readonly string[],
    places: readonly string[],
    files: Readonly<Record<string, string>> = {},
  ) {
    const { path, args } = folderOf({ "a.dcm": richFile });
    for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content);
    const { code, error } = await command([
      ...args,
      ...options.map((option) => (option in files ? path(option) : option)),
    ]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    const { dataset } = readFile(new Uint8Array(readFileSync(path("out/a.dcm"))));
    return places.map((place) => textAt(dataset, place)?.join("\\"));
  }

  it("is not needed: then the Basic Profile does all", async () => {
    const places = [DATE, SERIES, "(0008,0080)", "(0010,1010)", "(0019,100C)", "(0008,9FF0)"];
    expect(await valuesWith([], places)).toEqual([
      "",
      undefined,
      undefined,
      undefined,
      undefined,
      "of no dictionary",
    ]);
    const [patient, study] = await valuesWith([], [PATIENT, "(0020,000D)"]);
    expect(patient).toMatch(/^[0-9A-Z]{16}$/);
    expect(study).toMatch(/^2\.25\./);
  });

  it.each<readonly [string, string, string, string]>([
    ["retain-uids", "(0020,000D)", "1.2.3.4", "113110"],
    ["retainUids", "(0008,0018)", "1.2.3.1", "113110"],
    ["retain-institution-identity", "(0008,0080)", "Zyxwv Clinic", "113112"],
    ["retain-patient-characteristics", "(0010,1010)", "077Y", "113108"],
    ["retain-longitudinal-full-dates", DATE, "20200215", "113106"],
    ["clean-descriptors", SERIES, "brain head", "113105"],
  ])("--option %s has its effect, and is written down", async (option, place, value, codeValue) => {
    expect(await valuesWith(["--option", option], [place, "(0012,0064)[1].(0008,0100)"])).toEqual([
      value,
      codeValue,
    ]);
  });

  it("--option may be given several times", async () => {
    expect(
      await valuesWith(
        ["--option", "retain-uids", ...DESCRIPTORS],
        ["(0020,000D)", SERIES, "(0012,0064)[1].(0008,0100)", "(0012,0064)[2].(0008,0100)"],
      ),
    ).toEqual(["1.2.3.4", "brain head", "113105", "113110"]);
  });

  it("--unlisted remove leaves nothing that the IOD has not", async () => {
    expect(await valuesWith(["--unlisted", "keep"], ["(0008,9FF0)"])).toEqual(["of no dictionary"]);
    expect(await valuesWith(["--unlisted", "remove"], ["(0008,9FF0)"])).toEqual([undefined]);
  });

  it("--rules come before the standard's", async () => {
    const rules = JSON.stringify([
      { keyword: "ManufacturerModelName", value: "ours" },
      { keyword: "InstitutionName", find: "Zyxwv (\\w+)", replace: "$1 1" },
      { creator: "ACME", element: "(0019,xx0C)", action: "keep" },
    ]);
    expect(
      await valuesWith(
        ["--rules", "my.rules"],
        ["(0008,1090)", "(0008,0080)", "(0019,100C)", "(0019,100D)"],
        { "my.rules": rules },
      ),
    ).toEqual(["ours", "Clinic 1", "of ACME", undefined]);
  });

  it("--patient-prefix, -length and -alphabet are the format of pseudonyms", async () => {
    const [patient] = await valuesWith(
      ["--patient-prefix", "S1-", "--patient-length", "15", "--patient-alphabet", "0123456789"],
      [PATIENT],
    );
    expect(patient).toMatch(/^S1-\d{15}$/);
  });

  it("--patient-ids gives pseudonyms", async () => {
    expect(
      await valuesWith(["--patient-ids", "ids.csv"], [PATIENT, "(0010,0010)"], {
        "ids.csv": `old_patient_id,new_patient_id\n${CANARY} 4711,Site 1\n`,
      }),
    ).toEqual(["Site 1", "Site 1"]);
  });

  it("--lookup, and --random-patient-ids, write who became who", async () => {
    const { path, args } = folderOf({ "a.dcm": richFile });
    const random = [
      "--lookup",
      path("links.csv"),
      "--random-patient-ids",
      "--patient-length",
      "12",
    ];
    expect((await command([...args, ...random])).code).toBe(EXIT_OK);
    const { dataset } = readFile(new Uint8Array(readFileSync(path("out/a.dcm"))));
    const [patient, accessionNumber] = [PATIENT, "(0008,0050)"].map(
      (place) => textAt(dataset, place)?.[0],
    );
    expect(patient).toMatch(/^[0-9A-Z]{12}$/);
    expect(readFileSync(path("links.csv"), "utf8")).toContain(
      `${CANARY} 4711,${patient},${CANARY}A1,${accessionNumber}\n`,
    );
    const [input, , ...rest] = args;
    await command([input as string, path("again"), ...rest, ...random]);
    expect(readFileSync(path("again/a.dcm"))).toEqual(readFileSync(path("out/a.dcm")));
  });

  it.each<readonly [readonly string[], string]>([
    [["--date-window", "1"], "20200214"],
    [["--date-offset", "-15"], "20200131"],
    [["--date-offset", "15"], "20200301"],
    [["--truncate-dates", "month"], "20200201"],
    [["--truncate-dates", "year"], "20200101"],
    [["--date-offsets", "days.csv"], "20200205"],
  ])("%j moves dates, with the option for it", async (options, date) => {
    expect(
      await valuesWith([...MODIFIED, ...options], [DATE, "(0028,0303)"], {
        "days.csv": `old_patient_id,days\n${CANARY} 4711,-10\n`,
      }),
    ).toEqual([date, "MODIFIED"]);
  });

  it("about dates is not needed: they are moved by up to ten years", async () => {
    const [date = ""] = await valuesWith(MODIFIED, [DATE]);
    expect(date).toMatch(/^20[12]\d{5}$/);
    expect(date < "20200215").toBe(true);
  });

  it("--descriptor-level, --safe-words and --identifiers say what texts may keep", async () => {
    expect(await valuesWith([...DESCRIPTORS, "--descriptor-level", "moderate"], [SERIES])).toEqual([
      "brain head zq2d1",
    ]);
    expect(
      await valuesWith([...DESCRIPTORS, "--safe-words", "words.txt"], [SERIES], {
        "words.txt": "# ours\r\n\r\n  Quibblefax \r\n",
      }),
    ).toEqual(["brain Quibblefax head"]);
    expect(
      await valuesWith([...DESCRIPTORS, "--identifiers", "staff.txt"], [SERIES], {
        "staff.txt": "\ufeffDr. Brain\n#head\n",
      }),
    ).toEqual(["head"]);
  });

  it("--safe-private says which private elements may stay", async () => {
    expect(
      await valuesWith(
        ["--option", "retain-safe-private", "--safe-private", "private.txt"],
        ["(0019,0010)", "(0019,100C)", "(0019,100D)"],
        { "private.txt": "# ours\n(0019,xx0C)   ACME\n" },
      ),
    ).toEqual(["ACME", "of ACME", undefined]);
  });

  it("--names pseudonyms and flat name files anew; it is pseudonyms without it", async () => {
    const { path } = folderOf({ [`${CANARY}.dcm`]: richFile });
    const args = (output: string) => [path("in"), path(output), "--key-file", path("project.key")];
    expect((await command(args("usual"))).code).toBe(EXIT_OK);
    expect((await command([...args("named"), "--names", "pseudonyms"])).code).toBe(EXIT_OK);
    expect((await command([...args("flat"), "--names", "flat"])).code).toBe(EXIT_OK);
    const [usual = ""] = pathsIn(path("usual"));
    expect(usual).toMatch(/^[0-9A-Z]{16}\/2\.25\.\d+\/no-series\/2\.25\.\d+\.dcm$/);
    expect(pathsIn(path("named"))).toEqual([usual]);
    expect(pathsIn(path("flat"))).toEqual([usual.split("/").at(-1)]);
  });

  it("--skip-existing goes on with a stopped run", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile(1) });
    await command(args);
    writeFiles(path("in"), { "b.dcm": smallFile(2) });
    expect((await command([...args, "--skip-existing"])).out).toBe(
      "1 pseudonymized, 1 skipped (not DICOM, links, or there already), 0 failed\n",
    );
  });

  it("or none: what was noticed is noted behind the summary, without a value", async () => {
    const { args } = folderOf({
      "a.dcm": richFile,
      "b.dcm": writeFile([
        { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.3.4711" },
        { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.2" },
        { tag: Tag.StudyDate, vr: "DA", value: CANARY },
        { tag: 0x00089ff0, vr: "LO", value: CANARY },
        { tag: 0x00089ff2, vr: "LO", value: CANARY },
      ]),
    });
    const { code, out } = await command([...args, ...MODIFIED]);
    expect(code).toBe(EXIT_OK);
    const [summary, ...notes] = out.trimEnd().split("\n");
    expect(summary).toMatch(/^2 pseudonymized/);
    expect(notes).toEqual([
      expect.stringMatching(/^note: .*no dates.* \(1 file\)$/),
      expect.stringMatching(/^note: .*no dictionary.* \(2 files\)$/),
      expect.stringMatching(/^note: .*SOP class.* \(1 file\)$/),
    ]);
  });
});

describe("options that are contradictory, or broken, end with 2 and write nothing:", () => {
  const MODIFIED = ["--option", "retain-longitudinal-modified-dates"];

  it.each<readonly [string, readonly string[], RegExp]>([
    ["days without the option for it", ["--date-offset", "3"], /BAD_OPTION: .*modified-dates/],
    ["a window without it", ["--date-window", "30"], /BAD_OPTION: .*modified-dates/],
    ["a table of days without it", ["--date-offsets", "days.csv"], /BAD_OPTION: .*modified-dates/],
    ["truncated dates without it", ["--truncate-dates", "year"], /BAD_OPTION: .*modified-dates/],
    [
      "two of them",
      [...MODIFIED, "--date-offset", "3", "--date-window", "30"],
      /BAD_OPTION: .*--date-window.*only one/,
    ],
    [
      "two others",
      [...MODIFIED, "--date-offsets", "days.csv", "--truncate-dates", "year"],
      /BAD_OPTION: .*only one/,
    ],
    [
      "both options about dates",
      [...MODIFIED, "--option", "retain-longitudinal-full-dates"],
      /BAD_OPTION: .*exclude each other/,
    ],
    ["an option that there is none of", ["--option", "retain-all"], /BAD_OPTION: .*retain-uids/],
    ["an option about pixels", ["--option", "clean-pixel-data"], /BAD_OPTION: .*pixels/],
    ["values outside of a dry run", ["--show-values"], /--show-values is for --dry-run/],
    [
      "a table of pseudonyms and random ones",
      ["--patient-ids", "ids.csv", "--random-patient-ids"],
      /BAD_OPTION: .*--patient-ids/,
    ],
    [
      "a table of pseudonyms and their format",
      ["--patient-ids", "ids.csv", "--patient-prefix", "x"],
      /BAD_OPTION: .*--patient-ids/,
    ],
    ["random pseudonyms without a table", ["--random-patient-ids"], /BAD_OPTION: .*lookup table/],
    ["pseudonyms that are too short", ["--patient-length", "5"], /length: expected 10 or more/],
    ["half a character", ["--patient-length", "15.5"], /expected an integer/],
    ["an alphabet of one", ["--patient-alphabet", "x"], /alphabet: /],
    ["a window of no days", [...MODIFIED, "--date-window", "0"], /windowDays: expected .* 1 to/],
    ["days that are none", [...MODIFIED, "--date-offset", "a week"], /expected an integer/],
    ["too many days", [...MODIFIED, "--date-offset", "-40000"], /days: expected /],
    ["a date that is cut elsewhere", [...MODIFIED, "--truncate-dates", "day"], /month, year/],
    ["a level that there is none of", ["--descriptor-level", "lax"], /strict, moderate/],
    ["unlisted ones otherwise", ["--unlisted", "maybe"], /keep, remove/],
    ["names otherwise", ["--names", "old"], /pseudonyms, flat, mirror/],
    ["rules that are no JSON", ["--rules", "broken.json"], /BAD_RULE: rules: expected JSON/],
    ["a rule that is none", ["--rules", "wrong.json"], /BAD_RULE: rule 2: action: /],
    ["rules that are not there", ["--rules", "none"], /BAD_INPUT: .*--rules.*ENOENT/],
    [
      "words that are not there",
      ["--option", "clean-descriptors", "--safe-words", "none"],
      /BAD_INPUT: .*--safe-words.*ENOENT/,
    ],
    [
      "identifiers that are not there",
      ["--option", "clean-descriptors", "--identifiers", "none"],
      /BAD_INPUT: .*--identifiers/,
    ],
    [
      "private elements that are not there",
      ["--option", "retain-safe-private", "--safe-private", "none"],
      /BAD_INPUT: .*ENOENT/,
    ],
    [
      "a folder in the place of words",
      ["--option", "clean-descriptors", "--safe-words", "in"],
      /BAD_INPUT: .*EISDIR/,
    ],
    ["pseudonyms that are not there", ["--patient-ids", "none"], /BAD_INPUT: .*ENOENT/],
    ["days that are not there", [...MODIFIED, "--date-offsets", "none"], /BAD_INPUT: .*ENOENT/],
    [
      "private elements that are none",
      ["--option", "retain-safe-private", "--safe-private", "broken.json"],
      /BAD_INPUT: .*entry 1/,
    ],
    ["a table without its columns", ["--patient-ids", "broken.json"], /PATIENT_TABLE: /],
    ["days without their columns", [...MODIFIED, "--date-offsets", "ids.csv"], /DATE_OFFSET_TABLE/],
    ["a lookup table that is none", ["--lookup", "ids.csv"], /LOOKUP_TABLE: /],
    ["a lookup table nowhere", ["--lookup", "none/links.csv"], /BAD_INPUT: .*ENOENT/],
  ])("%s", async (_what, options, message) => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    writeFiles(path("."), {
      "ids.csv": `old_patient_id,new_patient_id\n${CANARY} 4711,Site 1\n`,
      "days.csv": `old_patient_id,days\n${CANARY} 4711,-10\n`,
      "broken.json": `[{"tag": "${CANARY}"`,
      "wrong.json": `[{"vr": "LO", "action": "keep"}, {"vr": "LO", "action": "${CANARY}"}]`,
    });
    const before = pathsIn(path("."));
    const inFolder = /\.(?:csv|json)$|^none|^in$/;
    const { code, out, error } = await command([
      ...args,
      ...options.map((option) => (inFolder.test(option) ? path(option) : option)),
    ]);
    expect(error).toMatch(message);
    expect({ code, out }).toEqual({ code: EXIT_USAGE, out: "" });
    expect(pathsIn(path("."))).toEqual(before);
  });

  it.each<readonly [readonly string[]]>([
    [["--safe-words", "a"]],
    [["--identifiers", "a"]],
    [["--descriptor-level", "moderate"]],
    [["--safe-private", "private.txt"]],
  ])("%j without the option that it belongs to", async (options) => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    writeFiles(path("."), { a: "brain\n", "private.txt": "(0019,xx0C) ACME\n" });
    const { code } = await command([
      ...args,
      ...options.map((option) => (/^a$|\.txt$/.test(option) ? path(option) : option)),
    ]);
    expect(code).toBe(EXIT_USAGE);
  });
});

describe("--dry-run", () => {
  const plainly = async (args: readonly string[]) => {
    const { streams, out, error } = captureStreams();
    return { code: await run(args, streams), out: out(), error: error() };
  };

  it("prints a line for each element of each file, without a value, and writes nothing", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile(1), "sub/b": smallFile(2), c: TEXT_FILE });
    const before = stateOf(path("."));
    const { code, out, error } = await command([
      ...args,
      "--dry-run",
      "--lookup",
      path("links.csv"),
    ]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toBe('"a.dcm"');
    expect(lines).toContain('"sub/b"');
    expect(lines).toContain(
      "  (0010,0020) PatientID: replace (PS3.15 E.1-1 (0010,0020) Z/D, Type 2)",
    );
    expect(lines.filter((line) => /^ {2}\(7FE0,0010\) PixelData: keep \(/.test(line)).length).toBe(
      2,
    );
    expect(lines.at(-1)).toBe("2 planned, 1 skipped, 0 would be refused; nothing written");
    expect(stateOf(path("."))).toEqual(before);
    expect(existsSync(path("out"))).toBe(false);
    expect(existsSync(path("links.csv"))).toBe(false);
  });

  it("needs no output folder", async () => {
    const { path } = folderOf({ "a.dcm": smallFile() });
    const { code } = await command([path("in"), "--key-file", path("project.key"), "--dry-run"]);
    expect(code).toBe(EXIT_OK);
  });

  it("says what options, and rules, would do", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    const rules = JSON.stringify([{ keyword: "PatientName", action: "remove", name: "no names" }]);
    writeFileSync(path("rules.json"), rules);
    const { out } = await command([
      ...[...args, "--dry-run", "--rules", path("rules.json")],
      ...["--option", "retain-uids", "--random-patient-ids", "--lookup", path("links.csv")],
    ]);
    expect(out).toContain("  (0010,0010) PatientName: remove (no names)\n");
    expect(out).toMatch(/ {2}\(0008,0018\) SOPInstanceUID: keep \(.*retain-uids\)\n/);
    expect(out).toMatch(/ {2}\(0010,0020\) PatientID: replace \(/);
    expect(existsSync(path("links.csv"))).toBe(false);
  });

  it("shows values, old and new, only with --show-values", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    const { code, out, error } = await plainly([...args, "--dry-run", "--show-values"]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    expect(out).toContain(`"${CANARY} 4711" -> "`);
    expect(out).toContain(`"${CANARY}^${CANARY}" -> "`);
    expect(out).toMatch(/SOPInstanceUID: replace .*"1\.2\.3\.1" -> "2\.25\./);
    expect(existsSync(path("out"))).toBe(false);
  });

  it("tells what would be written", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    const { out } = await plainly([...args, "--dry-run", "--show-values"]);
    await command(args);
    const { dataset } = readFile(new Uint8Array(readFileSync(path("out/a.dcm"))));
    for (const place of ["(0010,0020)", "(0010,0010)", "(0008,0018)", "(0012,0062)"]) {
      const value = textAt(dataset, place)?.join();
      const line = out.split("\n").find((text) => text.startsWith(`  ${place}`));
      expect(line?.endsWith(` -> "${value}"`)).toBe(true);
    }
  });

  it("ends with 1 if a file would be refused, and says which and why", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile(), DICOMDIR: dicomdir() });
    writeFileSync(path("ids.csv"), "old_patient_id,new_patient_id\nsomebody else,Site 1\n");
    const first = await command([...args, "--dry-run"]);
    expect(first.code).toBe(EXIT_FAILED);
    expect(first.error).toMatch(/^"DICOMDIR": DICOMDIR: .*\n$/);
    expect(first.out).toContain("1 planned, 0 skipped, 1 would be refused");
    const second = await command([...args, "--dry-run", "--patient-ids", path("ids.csv")]);
    expect(second.error).toMatch(/"a\.dcm": PATIENT_UNKNOWN: /);
    expect(second.out).toContain("0 planned, 0 skipped, 2 would be refused");
  });

  it("quotes names of files", async () => {
    const { args } = folderOf({ "x\n  (0010,0020) PatientID: remove\r\x1b[2J": smallFile() });
    const { out } = await command([...args, "--dry-run"]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out.replaceAll("\n", "")).not.toMatch(/[\0-\x1f\x7f]/);
    expect(out).not.toMatch(/PatientID: remove$/m);
  });

  it("is stopped by a signal", async () => {
    const { args } = folderOf({ "a.dcm": smallFile() });
    const { code, out } = await command([...args, "--dry-run"], { signal: AbortSignal.abort() });
    expect(code).toBe(EXIT_STOPPED);
    expect(out).toBe("0 planned, 0 skipped, 0 would be refused; nothing written\n");
  });

  it("is refused for what a run is refused for", async () => {
    const { path, args } = folderOf({ "a.dcm": smallFile() });
    for (const options of [
      ["--rules", path("none")],
      ["--option", "retain-all"],
      ["--date-offset", "3"],
      ["--patient-length", "5"],
    ]) {
      expect((await command([...args, "--dry-run", ...options])).code).toBe(EXIT_USAGE);
    }
    const [, ...rest] = args;
    expect((await command([path("none"), ...rest, "--dry-run"])).code).toBe(EXIT_USAGE);
  });

  it("is refused for random pseudonyms without a table, as a run is", async () => {
    const { args } = folderOf({ "a.dcm": smallFile() });
    expect((await command([...args, "--dry-run", "--random-patient-ids"])).code).toBe(EXIT_USAGE);
  });
});
