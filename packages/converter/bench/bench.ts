/**
 * How long folders of CT images take, as whole processes in one run. The bin has to be built.
 *
 * - PNG as a viewer shows them: `dsail-convert render` with two workers, dcmtk's dcmj2pnm, and Python (pydicom and
 *   Pillow; `DSAIL_PYTHON`, or `.venv-oracle`).
 * - JPEG 2000 and JPEG-LS to native: `dsail-convert transcode` and gdcmconv.
 *
 * What is not installed is left out.
 *
 *   pnpm bench [--files 400] [--rounds 3] [--folder DIR] [--json] [--smoke]
 *
 * @module
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { syntheticCt } from "../../dicom-core/bench/synthetic-ct.js";
import {
  type Competitor,
  reportTimes,
  timeByTurns,
} from "../../dicom-core/bench/whole-processes.js";

const { values: flags } = parseArgs({
  options: {
    files: { type: "string", default: "400" },
    rounds: { type: "string", default: "3" },
    folder: { type: "string", default: tmpdir() },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});
const files = flags.smoke ? 10 : Number(flags.files);
const rounds = flags.smoke ? 1 : Number(flags.rounds);
/** Compressing is slow, and not what is timed. */
const compressedFiles = Math.ceil(files / 4);

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const bin = here("../dist/cli.js");
if (!existsSync(bin)) throw new Error("build first: pnpm build");
const python = process.env["DSAIL_PYTHON"] ?? here("../../../.venv-oracle/bin/python");

const work = mkdtempSync(join(flags.folder, "dsail-bench-"));
const input = join(work, "input");
const output = join(work, "output");

try {
  writeInput(files);
  report("PNG", files, [
    ours("dsail-convert render", ["render", input, output]),
    ...each("dcmj2pnm", "dcmj2pnm +on +Wi 1"),
    ...(hasPython()
      ? [{ name: "Python", command: python, args: [here("render.py"), input, output] }]
      : []),
  ]);
  writeInput(compressedFiles);
  for (const syntax of ["jpeg-2000", "jpeg-ls"]) {
    const compressed = join(work, syntax);
    execFileSync(process.execPath, [bin, "transcode", input, compressed, "--to", syntax]);
    report(`${syntax} decoded`, compressedFiles, [
      ours("dsail-convert transcode", ["transcode", compressed, output, "--to", "explicit"]),
      ...each("gdcmconv", "gdcmconv --raw", compressed),
    ]);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

function ours(name: string, args: readonly string[]): Competitor {
  return { name, command: process.execPath, args: [bin, ...args, "--workers", "2"] };
}

/** A program that takes one file, for each of a folder; none if it is not installed. */
function each(name: string, command: string, folder = input): Competitor[] {
  if (spawnSync(name, ["--version"]).error !== undefined) return [];
  const loop = `for f in "$0"/*; do ${command} "$f" "$1/\${f##*/}" || exit 1; done`;
  return [{ name, command: "sh", args: ["-c", loop, folder, output], needsOutput: true }];
}

function hasPython(): boolean {
  return spawnSync(python, ["-c", "import pydicom, PIL"]).status === 0;
}

function report(what: string, count: number, competitors: readonly Competitor[]): void {
  const megabytes = (count * syntheticCt(0).length) / 1e6;
  if (!flags.json) console.log(`\n${what}`);
  reportTimes(timeByTurns(competitors, rounds, output), {
    files: count,
    megabytes,
    rounds,
    json: flags.json,
  });
}

function writeInput(count: number): void {
  rmSync(input, { recursive: true, force: true });
  mkdirSync(input);
  for (let i = 0; i < count; i++) writeFileSync(join(input, `${i}.dcm`), syntheticCt(i));
}
