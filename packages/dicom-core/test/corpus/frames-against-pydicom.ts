/**
 * Decodes all frames of the corpus that pydicom decodes by itself, and compares each sample.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/frames-against-pydicom.ts PYTHON
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DicomFile, findElement, isDicomError, readFile } from "@dsail/dicom-core";
import { openFrames, type Samples } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";

/** Lossy JPEG where the two decoders round colours differently, and by how much at most. */
const ROUNDED: ReadonlyMap<string, number> = new Map([
  ["pydicom/SC_rgb_dcmtk__eb_cy_n1.dcm", 2],
  ["pydicom/SC_rgb_dcmtk__eb_cy_np.dcm", 2],
  ["pydicom/SC_rgb_jpeg_lossy_gdcm.dcm", 2],
  ["pydicom/examples_ybr_color.dcm", 3],
]);

interface Expected {
  readonly name: string;
  readonly syntax: string;
  readonly shape: readonly number[];
  readonly frames: readonly string[];
  /** Where the samples are, of lossy compression. */
  readonly file: string | null;
}

/** A file in which pydicom finds pixel data that it does not decode. */
interface Undecoded {
  readonly name: string;
  /** The class of its error. */
  readonly undecoded: string;
}

/** What pydicom does not decode, and the same image in a form that it does. */
const SAME_AS: ReadonlyMap<string, string> = new Map([
  ["pydicom-data/liver_rle.dcm", "pydicom-data/liver.dcm"],
  ["pydicom-data/liver_deflate.dcm", "pydicom-data/liver.dcm"],
  ["pydicom-data/liver_nonbyte_aligned_rle.dcm", "pydicom-data/liver_nonbyte_aligned.dcm"],
  ["pydicom-data/liver_nonbyte_aligned_deflate.dcm", "pydicom-data/liver_nonbyte_aligned.dcm"],
  [
    "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm",
    "pydicom-data/emri_small_jpeg_2k_lossless.dcm",
  ],
  ["pydicom/JPEG-lossy.dcm", "pydicom/JPGExtended.dcm"],
]);

/** Pixel data that neither decodes, and why. */
const DECODED_BY_NONE: ReadonlyMap<string, string> = new Map([
  ["dcm4che/will-jxl.dcm", "JPEG XL"],
  [
    "dcm4che/3gb-bulk-data-truncated",
    "more bits are stored than allocated, and most of the pixels are cut off",
  ],
  [
    "pydicom/JPEG2000-embedded-sequence-delimiter.dcm",
    "a delimiter was written over its header of JPEG 2000",
  ],
  ["pydicom/MR_truncated.dcm", "its last pixels are cut off"],
  ["pydicom/badVR.dcm", "Number of Frames is no number"],
  ["pydicom/meta_missing_tsyntax.dcm", "Rows, Columns and Bits Allocated are missing"],
  ["pydicom/nested_priv_SQ.dcm", "Rows, Columns and Bits Allocated are missing"],
]);

const PIXELS = [Tag.PixelData, Tag.FloatPixelData, Tag.DoubleFloatPixelData];

const [python] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (python === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS frames-against-pydicom.ts PYTHON");
}
const script = fileURLToPath(new URL("pydicom_frames.py", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "dsail-frames-"));
const { stdout, status } = spawnSync(python, [script, corpus, work], { maxBuffer: 2 ** 28 });
if (status !== 0) throw new Error("pydicom failed");
const lines = String(stdout).trimEnd().split("\n");
const counts = { files: 0, frames: 0, same: 0 };
const failures: string[] = [];
const decoded = new Set<string>();
const withPixels = new Set<string>();
for (const line of lines) {
  const expected = JSON.parse(line) as Expected | Undecoded;
  withPixels.add(expected.name);
  if ("undecoded" in expected) continue;
  decoded.add(expected.name);
  try {
    await compare(expected);
  } catch (error) {
    if (!isDicomError(error)) throw error;
    failures.push(`${expected.name}: ${error.code} ${error.message} ${error.at ?? ""}`);
  }
}
rmSync(work, { recursive: true, force: true });
console.log(
  `${counts.files} files, ${counts.frames} frames, ${counts.same} the same (of lossy compression within one, or three of four that round colours differently)`,
);
for (const [name, other] of SAME_AS) {
  const [a, b] = await Promise.all([samplesOf(name), samplesOf(other)]);
  const isSame = a.length === b.length && a.every((bytes, i) => bytes.equals(b[i] as Buffer));
  if (!isSame) failures.push(`${name}: other frames than ${other}`);
}
console.log(`${SAME_AS.size} files that pydicom does not decode are the same as ones that it does`);
await compareUndecoded();
for (const failure of failures.slice(0, 30)) console.log(failure);
if (failures.length > 0 || counts.files < 100) process.exitCode = 1;

async function compare({ name, frames, shape, file }: Expected): Promise<void> {
  const reader = await openFrames(readFile(readFileSync(join(corpus as string, name))));
  if (reader.count !== frames.length) {
    failures.push(`${name}: ${reader.count} frames, not ${frames.length}`);
    return;
  }
  const lossy = file === null ? undefined : readFileSync(join(work, file));
  let same = 0;
  let greatest = 0;
  for (const [index, digest] of frames.entries()) {
    const { samples } = await reader.readFrame(index);
    if (lossy !== undefined) {
      const difference = differenceOf(samples, lossy.subarray(index * samples.byteLength));
      greatest = Math.max(greatest, difference);
      if (difference <= (ROUNDED.get(name) ?? 1)) same++;
      continue;
    }
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    if (createHash("sha256").update(bytes).digest("hex") === digest) same++;
  }
  counts.files++;
  counts.frames += frames.length;
  counts.same += same;
  if (same < frames.length) {
    failures.push(
      `${name}: ${frames.length - same} of ${frames.length} differ, by up to ${greatest}, shape ${shape}`,
    );
  }
}

/** Every file with pixels is decoded by pydicom, the same as another that is, or known to be decoded by none. */
async function compareUndecoded(): Promise<void> {
  const names = readdirSync(corpus as string, { recursive: true, encoding: "utf8" }).sort();
  const none = new Set<string>();
  for (const name of names) {
    const path = join(corpus as string, name);
    if (decoded.has(name) || SAME_AS.has(name) || !statSync(path).isFile()) continue;
    if (await isDecodedHere(name))
      failures.push(`${name}: decoded here, and compared with nothing`);
    else if (withPixels.has(name)) none.add(name);
  }
  for (const name of none) {
    if (!DECODED_BY_NONE.has(name)) failures.push(`${name}: decoded by none`);
  }
  for (const name of DECODED_BY_NONE.keys()) {
    if (!none.has(name)) failures.push(`${name}: no longer decoded by none`);
  }
  for (const name of SAME_AS.keys()) {
    if (decoded.has(name)) failures.push(`${name}: decoded by pydicom now`);
  }
  console.log(`${none.size} files with pixel data that neither decodes`);
}

/** Notes as well whether there are pixels, to us. */
async function isDecodedHere(name: string): Promise<boolean> {
  try {
    const bytes = readFileSync(join(corpus as string, name));
    const file = readFile(bytes, { allowTruncated: true });
    if (!PIXELS.some((tag) => findElement(file.dataset, tag) !== undefined)) return false;
    withPixels.add(name);
    await framesOf(file);
    return true;
  } catch (error) {
    if (!isDicomError(error)) throw error;
    return false;
  }
}

/** The greatest difference of two samples. */
function differenceOf(samples: Samples, bytes: Uint8Array): number {
  const copy = Uint8Array.from(bytes.subarray(0, samples.byteLength));
  const other = new (samples.constructor as new (buffer: ArrayBuffer) => Samples)(copy.buffer);
  let most = 0;
  for (let i = 0; i < samples.length; i++) {
    most = Math.max(most, Math.abs((samples[i] as number) - (other[i] as number)));
  }
  return most;
}

async function samplesOf(name: string): Promise<readonly Buffer[]> {
  return framesOf(readFile(readFileSync(join(corpus as string, name)), { allowTruncated: true }));
}

async function framesOf(file: DicomFile): Promise<readonly Buffer[]> {
  const reader = await openFrames(file);
  const frames: Buffer[] = [];
  for (let index = 0; index < reader.count; index++) {
    const { samples } = await reader.readFrame(index);
    frames.push(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  }
  return frames;
}
