/**
 * The bin as a process of its own: what `run` says becomes the exit code, and what it writes goes to the right stream.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.js";
import { formatKey } from "../src/key.js";
import { KEY } from "./keys.js";
import { smallFile, truncatedFile } from "./small-files.js";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Runs the sources, without a build. */
function dsailPseudonymize(...args: readonly string[]) {
  const options = ["--import", TSX, "--conditions=@dsail/source", CLI, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    encoding: "utf8",
    timeout: 100_000,
  });
  return { status, stdout, stderr };
}

describe("the bin", () => {
  it("knows its version", () => {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(manifest) as { readonly version: string };
    const { status, stdout, stderr } = dsailPseudonymize("--version");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("pseudonymizes a folder, and ends with 1 since a file failed", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile(), "in/cut.dcm": truncatedFile() });
    writeFileSync(join(folder, "key"), formatKey(KEY));
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    const { status, stdout, stderr } = dsailPseudonymize(
      input,
      output,
      "--key-file",
      join(folder, "key"),
      "--names",
      "mirror",
    );
    expect(status).toBe(1);
    expect(stdout).toBe("1 pseudonymized, 0 skipped (not DICOM, or links), 1 failed\n");
    expect(stderr).toMatch(/^"cut\.dcm": TRUNCATED: [^\n]*\n$/);
    expect(pathsIn(output)).toEqual(["a.dcm"]);
  });

  it("ends with 2 for wrong usage", () => {
    const { status, stdout, stderr } = dsailPseudonymize("only-one-argument", "--key-file", "none");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("output");
  });
});
