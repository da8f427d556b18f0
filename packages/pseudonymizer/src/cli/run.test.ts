import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { captureStreams } from "../../test/captured-streams.js";
import { KEY } from "../../test/keys.js";
import { CANARY, dicomdir, smallFile, TEXT_FILE, truncatedFile } from "../../test/small-files.js";
import { pathsIn, temporaryFolder, writeFiles } from "../../test/temporary-folder.js";
import { formatKey } from "../key.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE, type RunOptions, run } from "./run.js";

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
