import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { smallImage, truncatedImage } from "../../test/small-files.js";
import { command, KEY_TEXT } from "../../test/watched-command.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";

afterEach(() => vi.unstubAllEnvs());

const COMMANDS = [
  ...["decompose", "render", "compose", "compress", "transcode", "label", "read-label"],
  ...["classify", "split", "sites", "merge", "verify"],
];

/** A folder with these files in `in`. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  writeFiles(path("in"), files);
  return path;
}

describe("help and version", () => {
  it.each([["--help"], ["-h"], ["help"]])("%s names all commands", async (arg) => {
    const { code, out, error } = await command([arg]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    for (const name of [...COMMANDS, "Exit codes"]) expect(out).toContain(name);
  });

  it.each(COMMANDS)("%s --help has an example that is understood", async (name) => {
    const { code, out, error } = await command([name, "--help"]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    const [, words = ""] = /^Example: dsail-convert (.*)$/m.exec(out) ?? [];
    const args = words.split(" ").map((word) => word.replace(/^'(.*)'$/, "$1"));
    expect(args[0]).toBe(name);
    // It is about files that are not there, which is all that is wrong with it.
    const path = folderOf({});
    const elsewhere = args.map((arg, i) => (i === 1 ? path("none") : arg));
    const run = await command(elsewhere);
    expect(run.code).toBe(EXIT_USAGE);
    expect(run.error).toMatch(/BAD_INPUT/);
  });

  it.each([
    ["decompose", ['default: "png"', 'default: "voi"', 'default: "each"', "default: 0"]],
    ["compose", ['default: "keep"', "env: DSAIL_KEY_FILE", "default: stored where they can be"]],
    ["compress", ["default: no loss", "default: one a core, at most 8"]],
    ["label", ['default: "(0014,2016)"', "default: the dictionary's"]],
    ["classify", ['default: "(0014,2016)"', "default: beside them"]],
    ["split", ["default: train=0.7,valid=0.2,test=0.1", "default: 3"]],
    ["sites", ["default: 0.5,0.3,0.2", "default: site-1,site-2,…"]],
    ["merge", ['default: "1"']],
  ])("%s --help tells the defaults", async (name, defaults) => {
    const { out } = await command([name, "--help"]);
    for (const text of defaults) expect(out.replace(/\s+/g, " ")).toContain(text);
  });

  it("--version prints the version that it is told", async () => {
    const { code, out } = await command(["--version"], { version: "1.2.3" });
    expect({ code, out }).toEqual({ code: EXIT_OK, out: "1.2.3\n" });
  });
});

describe("wrong usage ends with 2, says why on the standard error, and writes nothing:", () => {
  const io = ["in", "out"];
  const split = ["split", ...io, "--group-by"];
  const sites = ["sites", ...io, "--group-by", "file"];
  const SITES = /BAD_FRACTIONS/;
  it.each<readonly [string, readonly string[], RegExp]>([
    ["no command", [], /Usage: dsail-convert/],
    ["a command that there is none of", ["frobnicate"], /unknown command 'frobnicate'/],
    ["no arguments", ["decompose"], /missing required argument/],
    ["no output", ["decompose", "in"], /missing required argument/],
    ["an argument too many", ["decompose", ...io, "more"], /too many arguments/],
    ["an unknown option", ["decompose", ...io, "--frobnicate"], /unknown option '--frobnicate'/],
    ["a key as an option", ["compose", ...io, `--key=${KEY_TEXT}`], /'--key=\(hidden\)'/],
    ["a key as a choice", ["compose", ...io, "--patient-id", KEY_TEXT], /'\(hidden\)' is invalid/],
    ["a key as a command", [KEY_TEXT], /unknown command '\(hidden\)'/],
    ["an input that is not there", ["decompose", "none", "out"], /BAD_INPUT.*ENOENT/],
    ["an output in the input", ["decompose", "in", "in/out"], /FOLDERS_OVERLAP/],
    ["a format", ["decompose", ...io, "--format", "gif"], /Allowed choices are png, bmp/],
    ["a mode", ["render", ...io, "--mode", "raw"], /Allowed choices are voi, dsail, full/],
    ["frames", ["render", ...io, "--frames", "all"], /Allowed choices are each/],
    ["BMP of 16 bits", ["render", ...io, "--format", "bmp", "--mode", "full"], /expected png/],
    ["an index", ["render", ...io, "--voi-index", "-1"], /expected an integer of 0 or more/],
    ["no number", ["render", ...io, "--voi-index", ""], /expected a number/],
    ["JSON options of render", ["render", ...io, "--no-json"], /unknown option/],
    [
      "pixels in no JSON",
      ["decompose", ...io, "--no-json", "--keep-image-in-json"],
      /--keep-image-in-json: expected without/,
    ],
    ["threads", ["decompose", ...io, "--workers", "65"], /expected an integer of 0 to 64/],
    ["threads", ["decompose", ...io, "--workers", "many"], /expected a number/],
    ["images", ["compose", ...io, "--images", "raw"], /Allowed choices are stored, rendered/],
    ["no key file", ["compose", ...io, "--patient-id", "keyed"], /--key-file: expected with/],
    ["a key file for nothing", ["compose", ...io, "--key-file", "key"], /patient-id keyed only/],
    [
      "a key file that is not there",
      ["compose", ...io, "--patient-id", "keyed", "--key-file", KEY_TEXT],
      /BAD_KEY.*ENOENT/,
    ],
    ...[
      ["empty.key", /BAD_KEY.*at least 64 hexadecimal digits/],
      ["short.key", /BAD_KEY.*at least 64 hexadecimal digits/],
      ["text.key", /BAD_KEY.*hexadecimal digits only/],
      ["same.key", /BAD_KEY.*all bytes are the same/],
      ["large.key", /BAD_KEY.*too large/],
      ["in", /BAD_KEY.*EISDIR/],
    ].map(
      ([name, why]) =>
        [
          `a key file that is none: ${name}`,
          ["compose", ...io, "--patient-id", "keyed", "--key-file", name as string],
          why as RegExp,
        ] as const,
    ),
    [
      "a size for stored images",
      ["compose", ...io, "--images", "stored", "--allow-resized"],
      /--allow-resized: expected with rendered/,
    ],
    ["a ratio", ["compress", ...io, "--ratio", "1"], /--ratio: expected more than 1, up to 1000/],
    ["a ratio", ["compress", ...io, "--ratio", "half"], /expected a number/],
    ["no transfer syntax", ["transcode", ...io], /required option '--to <syntax>'/],
    ["a transfer syntax", ["transcode", ...io, "--to", "jpeg"], /--to: expected implicit, /],
    ["one of objects", ["transcode", ...io, "--to", "constructor"], /--to: expected implicit, /],
    ["one not written", ["transcode", ...io, "--to", "1.2.840.10008.1.2.2"], /--to: expected/],
    ["a ratio of RLE", ["transcode", ...io, "--to", "rle", "--ratio", "9"], /jpeg-2000-lossy only/],
    [
      "a ratio",
      ["transcode", ...io, "--to", "jpeg-2000-lossy", "--ratio", "1001"],
      /--ratio: expected/,
    ],
    [
      "an error of RLE",
      ["transcode", ...io, "--to", "rle", "--max-error", "9"],
      /jpeg-ls-near only/,
    ],
    [
      "an error",
      ["transcode", ...io, "--to", "jpeg-ls-near", "--max-error", "256"],
      /--max-error: expected/,
    ],
    ["no place for labels", ["label", "in", "ill"], /--output: expected a folder, or --in-place/],
    ["two places", ["label", "in", "ill", "--output", "out", "--in-place"], /not both/],
    ["overwrite in place", ["label", "in", "x", "--in-place", "--overwrite"], /--output only/],
    ["a VR", ["label", "in", "ill", "--output", "out", "--vr", "XX"], /--vr: expected a VR/],
    ["a tag", ["label", "in", "ill", "--output", "out", "--tag", "Colour"], /BAD_TAG/],
    ["a tag of pixels", ["label", "in", "8", "--output", "out", "--tag", "Rows"], /BAD_TAG/],
    ["a label", ["label", "in", "longer than sixteen", "--output", "out"], /BAD_LABEL/],
    ["a tag to read", ["read-label", "in/a.dcm", "--tag", "1"], /BAD_TAG/],
    ["no file to read", ["read-label", "none"], /BAD_INPUT.*ENOENT/],
    ["a tag of classes", ["classify", ...io, "--tag", "()"], /BAD_TAG/],
    ["metadata", ["classify", ...io, "--metadata", "none"], /BAD_INPUT.*ENOENT/],
    ["no grouping", ["split", ...io], /required option '--group-by <how>'/],
    ["a grouping", [...split, "patient"], /--group-by: expected file, \/pattern\//],
    ["an empty pattern", [...split, "//"], /--group-by: expected file, \/pattern\//],
    ["a broken pattern", [...split, "/(/"], /--group-by: expected a regular expression/],
    ["a pattern without a group", [...split, "/^P/"], /GROUPING_NEEDED.*one capturing group/],
    ["a pattern that fits nothing", [...split, "/^(Q)/"], /GROUP_UNKNOWN/],
    ["a tag of groups", [...split, "tag:Nobody"], /BAD_TAG/],
    ["a table that is not there", [...split, "table:none.csv"], /BAD_INPUT.*ENOENT/],
    ["a table without the columns", [...split, "table:groups.csv"], /BAD_TABLE/],
    ["metadata of no tag", [...split, "file", "--metadata", "in"], /--metadata: expected with/],
    ["a column of no table", [...split, "file", "--file-column", "f"], /--file-column and/],
    ["a column of no table", [...split, "file", "--group-column", "g"], /--file-column and/],
    ["fractions", [...split, "file", "--fractions", "0.7,0.3"], /--fractions: expected a list/],
    ["fractions", [...split, "file", "--fractions", "a=,b=1"], /--fractions: expected a list/],
    ["fractions", [...split, "file", "--fractions", "a=0.5,a=0.5"], /--fractions: expected a list/],
    ["a sum", [...split, "file", "--fractions", "a=0.5,b=0.4"], /BAD_FRACTIONS/],
    ["a name of a split", [...split, "file", "--fractions", "../a=1"], /BAD_NAME/],
    ["a seed", [...split, "file", "--seed", "0.5"], /expected an integer of 0 or more/],
    ["sites", [...sites, "--sites", "a"], /--sites: expected a number/],
    ["sites", [...sites, "--sites", "0.5,,0.5"], /--sites: expected a number/],
    ["no site", [...sites, "--sites", "0"], SITES],
    ["shares", [...sites, "--sites", "0.5,0.4"], SITES],
    ["names of sites", [...sites, "--names", "a,b"], /BAD_NAME/],
    ["a skew", [...sites, "--skew", "age", "--alpha", "1"], /Allowed choices are label, quantity/],
    ["a skew without its size", [...sites, "--skew", "label"], /--skew: expected together/],
    ["a size without a skew", [...sites, "--alpha", "1"], /--skew: expected together/],
    ["a size", [...sites, "--skew", "label", "--alpha", "0"], /--alpha: expected a number above 0/],
    ["levels", ["merge", ...io, "--levels", "3"], /Allowed choices are 1, 2/],
    ["no manifest", ["verify", "in"], /BAD_INPUT.*no manifest/],
  ])("%s", async (_, args, why) => {
    vi.stubEnv("DSAIL_KEY_FILE", undefined);
    const path = folderOf({ "a.dcm": smallImage(), "ill/P1_1.png": "1", "ill/P2_1.png": "2" });
    writeFiles(path("."), {
      "empty.key": "",
      "short.key": KEY_TEXT.slice(2),
      "text.key": `${KEY_TEXT} x`,
      "same.key": "00".repeat(32),
      "large.key": KEY_TEXT.repeat(100),
      "groups.csv": "name,patient\na,b\n",
    });
    const isOfClasses = /^(?:split|sites|merge)$/.test(args[0] ?? "");
    if (isOfClasses)
      writeFiles(path("classes"), {
        "ill/P1_1.png": "1",
        "ill/P2_1.png": "2",
        "ill/P3_1.png": "3",
      });
    const names = ["in", "out", "in/out", "none", "in/a.dcm", "key", ...pathsIn(path("."))];
    const before = stateOf(path("."));
    const { code, out, error } = await command(
      args.map((arg) => {
        if (isOfClasses && arg === "in") return path("classes");
        if (arg.startsWith("table:")) return `table:${path(arg.slice(6))}`;
        return names.includes(arg) ? path(arg) : arg;
      }),
    );
    expect({ code, out }).toEqual({ code: EXIT_USAGE, out: "" });
    expect(error).toMatch(why);
    expect(error).not.toContain(path(""));
    expect(stateOf(path("."))).toEqual(before);
  });
});

describe("names of files", () => {
  it("are quoted, so that none can move the cursor or forge a line", async () => {
    const name = 'x\n1 decomposed\r\x1b[2J\x9b2J\u202e".dcm';
    const path = folderOf({ [name]: truncatedImage() });
    const { code, error } = await command(["decompose", path("in"), path("out")]);
    expect(code).toBe(EXIT_FAILED);
    expect(error.trimEnd()).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(error).toMatch(/^"x\\n1 decomposed[^\n]*": TRUNCATED: [^\n]*\n$/);
  });

  it("are not shown as they are where a shell has made options of them", async () => {
    const { code, error } = await command(["decompose", "--\x1b[2J\u202ename"]);
    expect(code).toBe(EXIT_USAGE);
    expect(error).toContain("unknown option '--\\u{1B}[2J\\u{202E}name'");
  });
});

describe("a signal", () => {
  it.each([
    [
      ["decompose"],
      "0 decomposed into 0 files, 0 skipped (of other kinds, hidden, or links), 0 failed, 1 not begun\n",
    ],
    [["label", "ill", "--output"], "stopped after 0 files\n"],
    [["classify"], "stopped after 0 files\n"],
  ])("stops %j before the first file, and it ends with 130", async ([name = "", ...rest], out) => {
    const path = folderOf({ "a.dcm": smallImage() });
    const args = [name, path("in"), ...rest, path("out")];
    const run = await command(args, { signal: AbortSignal.abort() });
    expect(run).toEqual({ code: EXIT_STOPPED, out, error: "" });
    expect(pathsIn(path("out"))).toEqual([]);
  });

  it("stops between files", async () => {
    const path = folderOf({ "ill/a.png": "a", "ill/b.png": "b", "ill/c.png": "c" });
    const how = ["--group-by", "file", "--fractions", "train=1", "--move"];
    const files = ["split", path("in"), path("out"), ...how];
    let asked = 0;
    // Aborts when it is asked the second time: before the second file.
    const stop = new AbortController();
    const throwIfAborted = () => {
      asked += 1;
      if (asked === 2) stop.abort();
      stop.signal.throwIfAborted();
    };
    const signal = {
      throwIfAborted,
      get aborted() {
        return stop.signal.aborted;
      },
      get reason() {
        return stop.signal.reason;
      },
    } as AbortSignal;
    const { code, out, error } = await command(files, { signal });
    expect({ code, out, error }).toEqual({
      code: EXIT_STOPPED,
      out: "stopped after 1 of 3 files\n",
      error: "",
    });
    expect(pathsIn(path("out")).length).toBe(1);
    expect(pathsIn(path("in")).length).toBe(2);
  });
});
