/**
 * Transcodes the images of the corpus, without loss, into each syntax that we write; compares all frames with those of
 * the original, and lets pydicom decode what it can.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/transcode-corpus.ts PYTHON
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  DEFLATED_IMAGE_FRAME,
  type DicomFile,
  EXPLICIT_VR_LITTLE_ENDIAN,
  HTJ2K_LOSSLESS,
  HTJ2K_LOSSLESS_RPCL,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isDicomError,
  JPEG_2000_LOSSLESS,
  JPEG_LS_LOSSLESS,
  RLE_LOSSLESS,
  readFile,
} from "@dsail/dicom-core";
import { type Frame, openFrames, transcode } from "@dsail/dicom-core/pixel-data";

const TARGETS = {
  explicit: EXPLICIT_VR_LITTLE_ENDIAN,
  implicit: IMPLICIT_VR_LITTLE_ENDIAN,
  rle: RLE_LOSSLESS,
  "jpeg-ls": JPEG_LS_LOSSLESS,
  "jpeg-2000": JPEG_2000_LOSSLESS,
  htj2k: HTJ2K_LOSSLESS,
  "htj2k-rpcl": HTJ2K_LOSSLESS_RPCL,
  "deflated-frame": DEFLATED_IMAGE_FRAME,
} as const;
type Target = keyof typeof TARGETS;

/** Samples of a whole file; beyond, a corpus takes too long. */
const MAX_SAMPLES = 6_000_000;

const [python] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (python === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS transcode-corpus.ts PYTHON");
}
const work = mkdtempSync(join(tmpdir(), "dsail-transcoded-"));
const counts = new Map<string, { done: number; refused: number }>();
const refusals = new Map<string, number>();
const failures: string[] = [];
const hashes: Record<string, { readonly bytes: number; readonly frames: readonly string[] }> = {};
let files = 0;
for (const name of readdirSync(corpus, { recursive: true, encoding: "utf8" }).sort()) {
  const path = join(corpus, name);
  if (!statSync(path).isFile()) continue;
  const original = await framesOf(() => readFile(readFileSync(path)));
  if (original === undefined) continue;
  files++;
  for (const target of Object.keys(TARGETS) as Target[]) await check(name, target, original);
}
if (files < 100) failures.push(`only ${files} files`);
const script = fileURLToPath(new URL("pydicom_transcoded.py", import.meta.url));
writeFileSync(join(work, "frames.json"), JSON.stringify(hashes));
const { status, stdout, stderr } = spawnSync(python, [script, work], { maxBuffer: 2 ** 28 });
if (status !== 0) failures.push(`pydicom: ${String(stderr).slice(-2000)}`);
rmSync(work, { recursive: true, force: true });
console.log(`${files} files; for each syntax: the same / refused`);
for (const [target, { done, refused }] of counts) console.log(`  ${target}: ${done} / ${refused}`);
for (const [why, count] of refusals) console.log(`  refused ${count}: ${why}`);
console.log(String(stdout).trimEnd());
for (const failure of failures.slice(0, 30)) console.log(failure);
if (failures.length > 0) process.exitCode = 1;

interface Original {
  readonly file: DicomFile;
  readonly frames: readonly Frame[];
}

/** Undefined of what is no image, or cannot be decoded: that is another check's. */
async function framesOf(read: () => DicomFile): Promise<Original | undefined> {
  try {
    const file = read();
    const reader = await openFrames(file);
    const { rows, columns, samplesPerPixel } = reader.pixel;
    if (rows * columns * samplesPerPixel * reader.count > MAX_SAMPLES) return undefined;
    const frames: Frame[] = [];
    for (let i = 0; i < reader.count; i++) frames.push(await reader.readFrame(i));
    return { file, frames };
  } catch (error) {
    if (!isDicomError(error)) throw error;
    return undefined;
  }
}

async function check(name: string, target: Target, { file, frames }: Original): Promise<void> {
  const count = counts.get(target) ?? { done: 0, refused: 0 };
  counts.set(target, count);
  let bytes: Uint8Array;
  try {
    bytes = await transcode(file, TARGETS[target]);
  } catch (error) {
    if (!isDicomError(error)) throw error;
    count.refused++;
    const why = `${target}: ${error.code} ${error.message}`;
    refusals.set(why, (refusals.get(why) ?? 0) + 1);
    return;
  }
  const again = await framesOf(() => readFile(bytes));
  const isSame =
    again?.frames.length === frames.length &&
    frames.every((frame, i) => isSameFrame(frame, again.frames[i] as Frame));
  if (!isSame) failures.push(`${name}: ${target}: other frames`);
  count.done++;
  mkdirSync(join(work, target), { recursive: true });
  const output = `${target}/${name.replaceAll("/", "__")}`;
  writeFileSync(join(work, output), bytes);
  hashes[output] = {
    bytes: frames[0]?.samples.BYTES_PER_ELEMENT ?? 1,
    frames: frames.map(({ samples }) => {
      const view = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      return createHash("sha256").update(view).digest("hex");
    }),
  };
}

function isSameFrame(a: Frame, b: Frame): boolean {
  return (
    a.photometricInterpretation === b.photometricInterpretation &&
    a.samples.constructor === b.samples.constructor &&
    a.samples.length === b.samples.length &&
    a.samples.every((sample, i) => sample === b.samples[i])
  );
}
