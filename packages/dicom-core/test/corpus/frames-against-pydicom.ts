/**
 * Decodes all frames of the corpus that pydicom decodes by itself, and compares each sample.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/frames-against-pydicom.ts PYTHON
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDicomError, readFile } from "@dsail/dicom-core";
import { openFrames } from "@dsail/dicom-core/pixel-data";

interface Expected {
  readonly name: string;
  readonly syntax: string;
  readonly shape: readonly number[];
  readonly frames: readonly string[];
}

const [python] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (python === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS frames-against-pydicom.ts PYTHON");
}
const script = fileURLToPath(new URL("pydicom_frames.py", import.meta.url));
const { stdout, status } = spawnSync(python, [script, corpus], { maxBuffer: 2 ** 28 });
if (status !== 0) throw new Error("pydicom failed");
const lines = String(stdout).trimEnd().split("\n");
const counts = { files: 0, frames: 0, same: 0, compressed: 0 };
const failures: string[] = [];
for (const line of lines) {
  const expected = JSON.parse(line) as Expected;
  try {
    await compare(expected);
  } catch (error) {
    if (!isDicomError(error)) throw error;
    if (error.code === "UNSUPPORTED_TRANSFER_SYNTAX") counts.compressed++;
    else failures.push(`${expected.name}: ${error.code} ${error.message} ${error.at ?? ""}`);
  }
}
console.log(
  `${counts.files} files, ${counts.frames} frames, ${counts.same} the same; ${counts.compressed} files of syntaxes that are not decoded yet`,
);
for (const failure of failures.slice(0, 30)) console.log(failure);
if (failures.length > 0 || counts.files < 100) process.exitCode = 1;

async function compare({ name, frames, shape }: Expected): Promise<void> {
  const reader = await openFrames(readFile(readFileSync(join(corpus as string, name))));
  if (reader.count !== frames.length) {
    failures.push(`${name}: ${reader.count} frames, not ${frames.length}`);
    return;
  }
  let same = 0;
  for (const [index, digest] of frames.entries()) {
    const { samples } = await reader.readFrame(index);
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    if (createHash("sha256").update(bytes).digest("hex") === digest) same++;
  }
  counts.files++;
  counts.frames += frames.length;
  counts.same += same;
  if (same < frames.length) {
    failures.push(`${name}: ${frames.length - same} of ${frames.length} differ, shape ${shape}`);
  }
}
