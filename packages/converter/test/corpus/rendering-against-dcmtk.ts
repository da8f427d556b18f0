/**
 * Renders the first and the last frame of each file of the corpus, and compares: mode `voi` with DCMTK's dcmj2pnm;
 * modality and VOI transformation with pydicom's; mode `dsail` with the same in Python.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/rendering-against-dcmtk.ts PYTHON
 *
 * @module
 */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  applyModalityTransform,
  type FrameTransforms,
  readFrameTransforms,
  renderFrame,
  voiFunction,
} from "@dsail/converter/render";
import { isDicomError, readFile } from "@dsail/dicom-core";
import { type Frame, openFrames, type Samples } from "@dsail/dicom-core/pixel-data";
import { DIFFERENCES, type Reference } from "./known-differences.js";
import { readPnm } from "./pnm.js";

interface ExpectedFrame {
  readonly index: number;
  /** SHA-256 of the values as float64. */
  readonly modality: string | null;
  readonly window: string | null;
  readonly table: string | null;
  readonly dsail: string | null;
  /** Colours of a palette. */
  readonly palette: string | null;
}

interface Expected {
  readonly name: string;
  readonly lossy: boolean;
  /** Whether functional groups say how frames are shown. */
  readonly isGrouped: boolean;
  /** The file decompressed, where DCMTK cannot. */
  readonly plain: string | null;
  readonly frames: readonly ExpectedFrame[];
}

/** Decoders of lossy compression round differently, as do those who render. */
const ROUNDING = 1;

const [python] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (python === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS rendering-against-dcmtk.ts PYTHON");
}
const work = mkdtempSync(join(tmpdir(), "dsail-rendering-"));
const script = fileURLToPath(new URL("rendering_reference.py", import.meta.url));
const { stdout, status } = spawnSync(python, [script, corpus, work], { maxBuffer: 2 ** 28 });
if (status !== 0) throw new Error("pydicom failed");
const files = String(stdout)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Expected);

const compared: Record<Reference, number> = {
  dcmtk: 0,
  modality: 0,
  voi: 0,
  palette: 0,
  dsail: 0,
};
const unread: string[] = [];
/** How a file differs from a reference. */
interface Found {
  readonly how: string;
  /** The greatest difference of two samples; undefined where they could not be compared. */
  readonly most?: number;
}

/** By `name reference`. */
const differing = new Map<string, Found>();
const queue = [...files];
await Promise.all(Array.from({ length: availableParallelism() }, runQueue));
rmSync(work, { recursive: true, force: true });
report();

async function runQueue(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    try {
      await compareFile(file);
    } catch (error) {
      if (!isDicomError(error)) throw error;
      unread.push(`${file.name} (${error.code})`);
    }
  }
}

async function compareFile(file: Expected): Promise<void> {
  const dicom = readFile(readFileSync(join(corpus as string, file.name)));
  const reader = await openFrames(dicom);
  for (const expected of file.frames) {
    const frame = await reader.readFrame(expected.index);
    const transforms = readFrameTransforms(dicom.dataset, { frame: expected.index });
    compareModality(file, expected, frame, transforms);
    compareVoi(file, expected, frame, transforms);
    if (expected.dsail !== null) {
      const { pixels } = renderFrame(frame, transforms, { mode: "dsail" });
      // Of YCbCr two decoders round colours differently, too.
      const isExact = !file.lossy && !reader.pixel.photometricInterpretation.startsWith("YBR");
      check(file, "dsail", pixels, saved(expected.dsail), isExact ? 0 : ROUNDING);
    }
    if (expected.palette !== null) {
      const { bits, pixels } = renderFrame(frame, transforms, { mode: "full" });
      const bytes = saved(expected.palette);
      check(file, "palette", pixels, bits === 8 ? bytes : new Uint16Array(bytes.slice().buffer), 0);
    }
    await compareWithDcmtk(file, expected, renderFrame(frame, transforms).pixels, transforms);
  }
}

function compareModality(
  { name, lossy }: Expected,
  { modality }: ExpectedFrame,
  { samples }: Frame,
  transforms: FrameTransforms,
): void {
  if (modality === null || lossy) return;
  const values = applyModalityTransform(samples, transforms.modality ?? { slope: 1, intercept: 0 });
  // No negative zero.
  const numbers = Float64Array.from(values, (value) => value + 0);
  compared.modality++;
  if (createHash("sha256").update(new Uint8Array(numbers.buffer)).digest("hex") !== modality) {
    differs(name, "modality", { how: "other values" });
  }
}

function compareVoi(
  file: Expected,
  { window, table }: ExpectedFrame,
  { samples }: Frame,
  { modality = { slope: 1, intercept: 0 }, voi }: FrameTransforms,
): void {
  if (window === null && table === null) return;
  if (voi === undefined) {
    differs(file.name, "voi", { how: "none here" });
    return;
  }
  const max = "lut" in voi ? 2 ** voi.lut.bits - 1 : 255;
  const toOutput = voiFunction(voi, { min: 0, max });
  const values = applyModalityTransform(samples, modality);
  const outputs = Float64Array.from(values, (value) => Math.round(toOutput(value)));
  const expected =
    table === null ? saved(window as string) : new Uint16Array(saved(table).slice().buffer);
  check(file, "voi", outputs, expected, table !== null ? 0 : ROUNDING);
}

async function compareWithDcmtk(
  file: Expected,
  { index }: ExpectedFrame,
  pixels: Uint8Array | Uint16Array,
  transforms: FrameTransforms,
): Promise<void> {
  const path = file.plain === null ? join(corpus as string, file.name) : join(work, file.plain);
  const output = join(work, `${createHash("sha256").update(file.name).digest("hex")}-${index}.pnm`);
  const window = dcmtkWindow(file, transforms);
  const options = ["--ignore-aspect", "--no-overlays", "+op", "+F", String(index + 1), ...window];
  try {
    await promisify(execFile)("dcmj2pnm", [...options, path, output]);
  } catch {
    differs(file.name, "dcmtk", { how: "refused by dcmj2pnm" });
    return;
  }
  check(file, "dcmtk", pixels, readPnm(readFileSync(output)).pixels, ROUNDING);
}

/** DCMTK 3.6.7 knows no functional groups; the window of one is told to it, in stored values. */
function dcmtkWindow(
  { isGrouped }: Expected,
  { modality, voi }: FrameTransforms,
): readonly string[] {
  if (voi === undefined) return ["--min-max-window"];
  if ("lut" in voi) return ["+Wl", "1"];
  if (!isGrouped || modality === undefined || "lut" in modality) return ["+Wi", "1"];
  const { slope, intercept } = modality;
  const center = (voi.center - intercept) / slope;
  return ["--no-modality", "+Ww", String(center), String(voi.width / slope)];
}

function saved(name: string): Uint8Array {
  return readFileSync(join(work, name));
}

function check(
  { name }: Expected,
  reference: Reference,
  actual: Samples,
  expected: Uint8Array | Uint16Array,
  tolerance: number,
): void {
  compared[reference]++;
  if (actual.length !== expected.length) {
    differs(name, reference, { how: `${actual.length} samples, not ${expected.length}` });
    return;
  }
  let most = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (difference > tolerance) count++;
    most = Math.max(most, difference);
  }
  if (count === 0) return;
  differs(name, reference, {
    how: `${count} of ${actual.length} differ, by up to ${most}`,
    most,
  });
}

/** Of a file's frames the one that differs most counts. */
function differs(name: string, reference: Reference, found: Found): void {
  const key = `${name} ${reference}`;
  const before = differing.get(key);
  const isMore =
    (found.most ?? Number.POSITIVE_INFINITY) > (before?.most ?? Number.POSITIVE_INFINITY);
  if (before === undefined || isMore) differing.set(key, found);
}

function report(): void {
  const known = new Map<string, number | undefined>(
    DIFFERENCES.flatMap(({ reference, names, most }) =>
      names.map((name) => [`${name} ${reference}`, most] as const),
    ),
  );
  const failures = [...differing].filter(
    ([key, { most }]) => !known.has(key) || !isWithin(most, known.get(key)),
  );
  const vanished = [...known.keys()].filter((key) => !differing.has(key));
  const counts = Object.entries(compared).map(([reference, n]) => `${reference} ${n}`);
  const knownFiles = new Set(DIFFERENCES.flatMap(({ names }) => names)).size;
  console.log(
    `${files.length} files; frames compared: ${counts.join(", ")}; ` +
      `${known.size} known differences of ${knownFiles} files in ${DIFFERENCES.length} kinds; ${failures.length} others; ` +
      `not decoded here: ${unread.join(", ") || "none"}`,
  );
  for (const [key, { how }] of failures) console.log(`differs: ${key}: ${how}`);
  for (const key of vanished) console.log(`no longer differs: ${key}`);
  if (failures.length + vanished.length > 0 || files.length < 100) process.exitCode = 1;
}

/** What could not be compared is known as such, or not at all. */
function isWithin(most: number | undefined, bound: number | undefined): boolean {
  return most === undefined || bound === undefined ? most === bound : most <= bound;
}
