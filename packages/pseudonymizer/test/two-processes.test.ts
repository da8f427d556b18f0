/**
 * Work that is shared out: two processes at once, each with half of the files of several patients and series, come to the
 * same output and the same lookup table as one alone; under another key nothing is in common.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readFile, readStrings, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.js";
import { formatKey } from "../src/key.js";
import { KEY } from "./keys.js";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const OTHER_KEY = KEY.map((byte) => byte ^ 0x5a);

const PATIENTS = 3;
const SERIES = 2;
const INSTANCES = 4;

/** Instances refer to the one before them; days between studies differ. */
function study(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let patient = 0; patient < PATIENTS; patient++) {
    for (let series = 0; series < SERIES; series++) {
      for (let instance = 0; instance < INSTANCES; instance++) {
        const uid = (n: number) => `1.2.826.0.1.3680043.10.9.${patient}.${series}.${n + 1}`;
        files[`p${patient}/s${series}/i${instance}.dcm`] = writeFile([
          { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.2" },
          { tag: Tag.SOPInstanceUID, vr: "UI", value: uid(instance) },
          { tag: Tag.StudyDate, vr: "DA", value: `2020010${1 + patient}` },
          { tag: Tag.SeriesDate, vr: "DA", value: `2020020${1 + series}` },
          { tag: Tag.AccessionNumber, vr: "SH", value: series === 0 ? "A1" : "" },
          {
            tag: Tag.ReferencedInstanceSequence,
            vr: "SQ",
            value: [
              [
                {
                  tag: Tag.ReferencedSOPClassUID,
                  vr: "UI",
                  value: "1.2.840.10008.5.1.4.1.1.2",
                },
                { tag: Tag.ReferencedSOPInstanceUID, vr: "UI", value: uid(instance + 1) },
              ],
            ],
          },
          { tag: Tag.PatientID, vr: "LO", value: `PATIENT ${patient}` },
          { tag: Tag.StudyInstanceUID, vr: "UI", value: `1.2.3.${patient}` },
          { tag: Tag.SeriesInstanceUID, vr: "UI", value: `1.2.3.${patient}.${series}` },
        ]);
      }
    }
  }
  return files;
}

function run(folder: string, input: string, output: string, key = "key"): Promise<number | null> {
  const args = [join(folder, input), join(folder, output), "--key-file", join(folder, key)];
  const options = ["--option", "retain-longitudinal-modified-dates", "--workers", "0"];
  const lookup = ["--lookup", join(folder, `${output}.csv`)];
  const node = ["--import", TSX, "--conditions=@dsail/source", CLI];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, ...args, ...options, ...lookup], {
      timeout: 100_000,
    });
    child.on("error", reject);
    child.on("exit", resolve);
  });
}

const contents = (folder: string) =>
  new Map(pathsIn(folder).map((path) => [path, readFileSync(join(folder, path)).toString("hex")]));
const rowsOf = (path: string) =>
  readFileSync(path, "utf8").trimEnd().split(/\r?\n/).slice(1).sort();

it("one process and two at once agree, in any order of files", async () => {
  const folder = temporaryFolder();
  const files = study();
  writeFiles(join(folder, "all"), files);
  writeFiles(join(folder, "halves"), files);
  for (const [i, path] of Object.keys(files).entries()) {
    const target = join(folder, i % 2 === 0 ? "even" : "odd", path);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(folder, "halves", path), target);
  }
  writeFileSync(join(folder, "key"), formatKey(KEY));
  writeFileSync(join(folder, "other.key"), formatKey(OTHER_KEY));

  expect(await run(folder, "all", "alone")).toBe(0);
  expect(
    await Promise.all([run(folder, "odd", "together"), run(folder, "even", "together")]),
  ).toEqual([0, 0]);
  const alone = contents(join(folder, "alone"));
  expect(alone.size).toBe(PATIENTS * SERIES * INSTANCES);
  expect(contents(join(folder, "together"))).toEqual(alone);
  const rows = rowsOf(join(folder, "alone.csv"));
  expect(rowsOf(join(folder, "together.csv"))).toEqual(rows);
  expect(rows).toHaveLength(PATIENTS * 2);

  const datasets = [...alone.values()].map((hex) => readFile(Buffer.from(hex, "hex")).dataset);
  const valuesOf = (tag: number) =>
    new Set(datasets.map((dataset) => readStrings(dataset, tag)[0]));
  expect(valuesOf(Tag.PatientID).size).toBe(PATIENTS);
  expect(valuesOf(Tag.StudyInstanceUID).size).toBe(PATIENTS);
  expect(valuesOf(Tag.SeriesInstanceUID).size).toBe(PATIENTS * SERIES);
  expect(valuesOf(Tag.StudyDate).size).toBe(PATIENTS);
  expect(valuesOf(Tag.SeriesDate).size).toBe(PATIENTS * SERIES);

  expect(await run(folder, "all", "other", "other.key")).toBe(0);
  const others = contents(join(folder, "other"));
  expect([...others.keys()].filter((path) => alone.has(path))).toEqual([]);
  const words = (rows: readonly string[]) => rows.map((row) => row.split(",")[1]);
  const pseudonyms = words(rowsOf(join(folder, "other.csv")));
  expect(pseudonyms.filter((word) => words(rows).includes(word))).toEqual([]);
});
