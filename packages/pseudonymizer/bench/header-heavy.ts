/**
 * How long files take that are nearly all header, as whole processes in one run: enhanced multi-frame MR with functional
 * groups for each frame, and deep structured reports. Against dcmjs and, where it is installed, Kitware's
 * dicom-anonymizer. The bin has to be built.
 *
 *   pnpm exec tsx --conditions=@dsail/source bench/header-heavy.ts [--files 40] [--rounds 3] [--anonymizer dicom-anonymizer] [--json]
 *
 * @module
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ElementInit, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import {
  type Competitor,
  reportTimes,
  timeByTurns,
} from "../../dicom-core/bench/whole-processes.js";

const { values: flags } = parseArgs({
  options: {
    files: { type: "string", default: "40" },
    rounds: { type: "string", default: "3" },
    folder: { type: "string", default: tmpdir() },
    anonymizer: { type: "string", default: "dicom-anonymizer" },
    json: { type: "boolean", default: false },
  },
});
const files = Number(flags.files);

/** Frames of an image; content items of a report are 4 + 16 + 64 + 256 + 1024. */
const FRAMES = 300;
const CHILDREN = 4;
const DEPTH = 5;

const bin = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
if (!existsSync(bin)) throw new Error("build first: pnpm build");

const work = mkdtempSync(join(flags.folder, "dsail-bench-"));
const input = join(work, "input");
const output = join(work, "output");
const keyFile = join(work, "key");
try {
  mkdirSync(input);
  let bytes = 0;
  for (let i = 0; i < files; i++) {
    const file = i % 2 === 0 ? enhancedMr(i) : deepReport(i);
    bytes += file.length;
    writeFileSync(join(input, `${i}.dcm`), file);
  }
  execFileSync(process.execPath, [bin, "keygen", keyFile]);
  const pseudonymize = [bin, input, output, "--key-file", keyFile];
  const dcmjs = fileURLToPath(new URL("dcmjs-anonymize.mjs", import.meta.url));
  const competitors: Competitor[] = [
    { name: "dsail-pseudonymize", command: process.execPath, args: pseudonymize },
    {
      name: "… all options",
      command: process.execPath,
      args: [
        ...pseudonymize,
        ...["--option", "retain-longitudinal-modified-dates"],
        ...["--option", "clean-descriptors", "--option", "clean-structured-content"],
      ],
    },
    { name: "dcmjs cleanTags", command: process.execPath, args: [dcmjs, input, output] },
  ];
  if (spawnSync(flags.anonymizer, ["--help"]).status === 0) {
    const args = [input, output];
    competitors.push({
      name: "dicom-anonymizer",
      command: flags.anonymizer,
      args,
      needsOutput: true,
    });
  }
  const rounds = Number(flags.rounds);
  const seconds = timeByTurns(competitors, rounds, output);
  reportTimes(seconds, { files, megabytes: bytes / 1e6, rounds, json: flags.json });
} finally {
  rmSync(work, { recursive: true, force: true });
}

function uid(kind: number, index: number): string {
  return `1.2.826.0.1.3680043.10.2.${kind}.${index}`;
}

function head(index: number, sopClassUid: string, modality: string): readonly ElementInit[] {
  return [
    { tag: Tag.SOPClassUID, value: sopClassUid },
    { tag: Tag.SOPInstanceUID, value: uid(1, index) },
    { tag: Tag.StudyDate, value: "20240301" },
    { tag: Tag.ContentDate, value: "20240301" },
    { tag: Tag.ContentTime, value: "101112" },
    { tag: Tag.Modality, value: modality },
    { tag: Tag.PatientName, value: "Synthetic^Sam" },
    { tag: Tag.PatientID, value: `P${index}` },
    { tag: Tag.StudyInstanceUID, value: uid(2, 0) },
    { tag: Tag.SeriesInstanceUID, value: uid(3, index) },
  ];
}

function code(value: string, scheme: string, meaning: string): readonly ElementInit[] {
  return [
    { tag: Tag.CodeValue, value },
    { tag: Tag.CodingSchemeDesignator, value: scheme },
    { tag: Tag.CodeMeaning, value: meaning },
  ];
}

function enhancedMr(index: number): Uint8Array {
  const frame = (i: number): readonly ElementInit[] => [
    {
      tag: Tag.FrameContentSequence,
      value: [
        [
          { tag: Tag.FrameAcquisitionDateTime, value: "20240301101112.5" },
          { tag: Tag.FrameReferenceDateTime, value: "20240301101113" },
          { tag: Tag.DimensionIndexValues, value: [1, i + 1] },
        ],
      ],
    },
    {
      tag: Tag.PlanePositionSequence,
      value: [[{ tag: Tag.ImagePositionPatient, value: ["0", "0", `${i}`] }]],
    },
    {
      tag: Tag.DerivationImageSequence,
      value: [
        [
          {
            tag: Tag.SourceImageSequence,
            value: [
              [
                { tag: Tag.ReferencedSOPClassUID, value: "1.2.840.10008.5.1.4.1.1.4" },
                { tag: Tag.ReferencedSOPInstanceUID, value: uid(4, i) },
                {
                  tag: Tag.PurposeOfReferenceCodeSequence,
                  value: [code("121322", "DCM", "Source of image")],
                },
              ],
            ],
          },
          { tag: Tag.DerivationCodeSequence, value: [code("113076", "DCM", "Segmentation")] },
        ],
      ],
    },
  ];
  return writeFile(
    [
      ...head(index, "1.2.840.10008.5.1.4.1.1.4.1", "MR"),
      { tag: Tag.NumberOfFrames, value: `${FRAMES}` },
      {
        tag: Tag.PerFrameFunctionalGroupsSequence,
        value: Array.from({ length: FRAMES }, (_, i) => frame(i)),
      },
    ].sort((a, b) => a.tag - b.tag),
  );
}

function deepReport(index: number): Uint8Array {
  const items = (depth: number): readonly (readonly ElementInit[])[] =>
    Array.from({ length: CHILDREN }, (_, i) => [
      { tag: Tag.RelationshipType, value: "CONTAINS" },
      { tag: Tag.ObservationDateTime, value: "20240301101112" },
      { tag: Tag.ValueType, value: depth === 1 ? "TEXT" : "CONTAINER" },
      { tag: Tag.ConceptNameCodeSequence, value: [code("121071", "DCM", "Finding")] },
      ...(depth === 1
        ? [{ tag: Tag.TextValue, value: `Finding ${i} of the brain, seen by Dr. Synthetic` }]
        : [{ tag: Tag.ContentSequence, value: items(depth - 1) }]),
    ]);
  return writeFile(
    [
      ...head(index, "1.2.840.10008.5.1.4.1.1.88.33", "SR"),
      { tag: Tag.ValueType, value: "CONTAINER" },
      {
        tag: Tag.ConceptNameCodeSequence,
        value: [code("126000", "DCM", "Imaging Measurement Report")],
      },
      { tag: Tag.ContentSequence, value: items(DEPTH) },
    ].sort((a, b) => a.tag - b.tag),
  );
}
