import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { afterEach, describe, expect, it, vi } from "vitest";
import { captureStreams } from "../../../../vitest.captured-streams.js";
import { pathsIn, temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { KEY } from "../../test/keys.js";
import { textAt } from "../../test/pseudonymized.js";
import { truncatedFile } from "../../test/small-files.js";
import { formatKey } from "../key.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";
import { type RunOptions, run } from "./run.js";

afterEach(() => vi.unstubAllEnvs());

const SECRET = "SECRET";

function setup() {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  const file = writeFile([
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.7" },
    { tag: Tag.SOPInstanceUID, value: "1.2.3.4" },
    { tag: Tag.StudyDescription, value: "chest of -SECRET" },
    { tag: Tag.SeriesDescription, value: "kept" },
    { tag: Tag.PatientID, value: SECRET },
    { tag: 0x00110010, vr: "LO", value: "ACME" },
    { tag: 0x00111001, vr: "LO", value: "private" },
  ]);
  writeFiles(path("in"), { "a.dcm": file });
  const command = async (args: readonly string[], options: RunOptions = {}) => {
    const { streams, out, error } = captureStreams();
    const code = await run(["dsail", path("in"), path("out"), ...args], streams, options);
    expect(out() + error()).not.toContain(SECRET);
    return { code, out: out(), error: error() };
  };
  const dataset = (name = "out/a.dcm") => readFile(readFileSync(path(name))).dataset;
  return { path, command, dataset };
}

describe("dsail-pseudonymize dsail INPUT OUTPUT", () => {
  it("ends with 0, and the line of summary", async () => {
    const { command, dataset } = setup();
    expect(await command([])).toEqual({
      code: EXIT_OK,
      out: "1 pseudonymized, 0 skipped (not DICOM, or links), 0 failed\n",
      error: "",
    });
    expect(textAt(dataset(), "(0010,0020)")?.[0]).toMatch(/^[0-9A-Z]{16}$/);
    expect(textAt(dataset(), "(0008,103E)")).toBeUndefined();
    expect(textAt(dataset(), "(0011,1001)")).toBeUndefined();
  });

  it("takes actions with -t, several times, also with what to find and an empty replacement", async () => {
    const { command, dataset } = setup();
    const { code } = await command([
      ...["-t", "(0x0008, 0x103E)", "keep"],
      ...["-t", "(0x0008,0x1030)", "regexp", " of .*$", ""],
    ]);
    expect(code).toBe(EXIT_OK);
    expect(textAt(dataset(), "(0008,103E)")).toEqual(["kept"]);
    expect(textAt(dataset(), "(0008,1030)")).toEqual(["chest"]);
  });

  it("takes a dictionary, which comes before -t", async () => {
    const { path, command, dataset } = setup();
    writeFileSync(path("d.json"), '{"(0x0008, 0x103E)": "keep"}');
    await command(["-t", "(0008,103E)", "empty", "--dictionary", path("d.json")]);
    expect(textAt(dataset(), "(0008,103E)")).toEqual(["kept"]);
  });

  it("takes --lookup, --keepPrivateTags and --renameFiles", async () => {
    const { path, command, dataset } = setup();
    await command(["--lookup", path("l.csv"), "--keepPrivateTags", "--renameFiles"]);
    const [name = ""] = pathsIn(path("out"));
    const [id] = textAt(dataset(`out/${name}`), "(0010,0020)") ?? [];
    expect(name.startsWith(`${id}-no-accession_`)).toBe(true);
    expect(textAt(dataset(`out/${name}`), "(0011,1001)")).toEqual(["private"]);
    expect(readFileSync(path("l.csv"), "utf8")).toContain(`${SECRET},${id},,`);
  });

  it("takes a key, by an option or from the environment, and gives the same files for it", async () => {
    const { path, command } = setup();
    writeFileSync(path("key"), formatKey(KEY));
    await command(["--key-file", path("key")]);
    const before = readFileSync(path("out/a.dcm"));
    vi.stubEnv("DSAIL_KEY_FILE", path("key"));
    expect((await command(["--overwrite"])).code).toBe(EXIT_OK);
    expect(readFileSync(path("out/a.dcm"))).toEqual(before);
  });

  it("ends with 1 if a file failed, and says which and why", async () => {
    const { path, command } = setup();
    writeFiles(path("in"), { "cut.dcm": truncatedFile() });
    const { code, error } = await command([]);
    expect(code).toBe(EXIT_FAILED);
    expect(error).toMatch(/^"cut\.dcm": TRUNCATED: [^\n]*\n$/);
  });

  it("ends with 130 if it is stopped", async () => {
    const { command } = setup();
    const { code, out } = await command([], { signal: AbortSignal.abort() });
    expect(code).toBe(EXIT_STOPPED);
    expect(out).toContain("1 not begun");
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    ["code as an action", ["-t", "(0008,1030)", "os.system('id')"], /BAD_RULE.*expected one of/],
    ["code as a tag", ["-t", "exit()", "keep"], /BAD_RULE.*tag: expected/],
    ["a tag without an action", ["-t", "(0008,1030)"], /BAD_RULE.*TAG ACTION/],
    ["-t without anything", ["-t"], /argument missing/],
    ["a dictionary that is not there", ["--dictionary", "none"], /BAD_INPUT.*ENOENT/],
    ["an option that there is none of", ["--renamefiles"], /unknown option/],
    ["a key file that is not there", ["--key-file", "none"], /BAD_KEY/],
  ])("refuses %s with 2, and writes nothing", async (_what, args, message) => {
    const { path, command } = setup();
    const { code, error } = await command(args);
    expect(code).toBe(EXIT_USAGE);
    expect(error).toMatch(message);
    expect(existsSync(path("out"))).toBe(false);
  });
});

it("the other commands have their options where they had them", async () => {
  const { path } = setup();
  writeFileSync(path("key"), formatKey(KEY));
  const { streams } = captureStreams();
  const args = ["--names", "mirror", path("in"), path("out"), "--key-file", path("key")];
  expect(await run([...args, "--lookup", path("l.csv")], streams)).toBe(EXIT_OK);
  expect(pathsIn(path("out"))).toEqual(["a.dcm"]);
});
