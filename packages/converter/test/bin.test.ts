/**
 * The bin as a process of its own: what `run` says becomes the exit code, and what it writes goes to the right stream.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.js";
import { smallImage, truncatedImage } from "./small-files.js";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** Runs the sources, without a build. */
const OPTIONS = ["--import", TSX, "--conditions=@dsail/source", CLI];

function dsailConvert(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...OPTIONS, ...args], {
    encoding: "utf8",
    timeout: 100_000,
  });
  return { status, stdout, stderr };
}

describe("the bin", () => {
  it("knows its version", () => {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(manifest) as { readonly version: string };
    const { status, stdout, stderr } = dsailConvert("--version");
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("converts a folder, and ends with 1 since a file failed", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallImage(), "in/cut.dcm": truncatedImage() });
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    const { status, stdout, stderr } = dsailConvert("decompose", input, output);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^1 decomposed into 2 files, [^\n]*, 1 failed\n$/);
    expect(stderr).toMatch(/^"cut\.dcm": TRUNCATED: [^\n]*\n$/);
    expect(pathsIn(output)).toEqual(["a.json", "a.png"]);
  });

  it("ends with 2 for wrong usage", () => {
    const { status, stdout, stderr } = dsailConvert("decompose", "only-one-argument");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("output");
  });

  it.skipIf(process.platform === "win32").each(["SIGINT", "SIGTERM"] as const)(
    "ends with 130 at %s, when the file under way is done",
    { timeout: 60_000 },
    async (signal) => {
      const folder = temporaryFolder();
      const files = Array.from(
        { length: 2000 },
        (_, i) => [`in/x/${i}.dcm`, smallImage()] as const,
      );
      writeFiles(folder, Object.fromEntries(files));
      const [input, output] = [join(folder, "in"), join(folder, "out")];
      const child = spawn(process.execPath, [
        ...OPTIONS,
        "label",
        input,
        "ill",
        "--output",
        output,
      ]);
      let out = "";
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      const poll = setInterval(() => {
        if (pathsIn(output).length === 0) return;
        clearInterval(poll);
        child.kill(signal);
      }, 5);
      expect(await ended).toBe(130);
      clearInterval(poll);
      const [, done] = /^stopped after (\d+) of 2000 files\n$/.exec(out) ?? [];
      expect(Number(done)).toBeLessThan(2000);
      const names = pathsIn(output);
      expect(names.length).toBe(Number(done));
      for (const name of names) expect(name).toMatch(/^x\/\d+\.dcm$/);
    },
  );
});
