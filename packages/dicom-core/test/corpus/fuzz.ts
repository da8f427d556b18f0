/**
 * Reads damaged files: every file of the corpus cut off at 64 places, and with single bits turned round, 10,000 times.
 * Whatever comes out has to be a `DicomError` or a data set, within a second of work, and without much more memory than
 * the file.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/fuzz.ts [FLIPS]
 *
 * @module
 */
import { getHeapStatistics } from "node:v8";
import { isDicomError, readFile } from "@dsail/dicom-core";
import { CORPUS_FILES } from "../real-files.js";

const TRUNCATIONS = 64;
const FLIPS = Number(process.argv[2] ?? 10_000);
const MAX_MS = 1_000;
/** Times the input's size, on top of what V8 leaves lying about before it collects: its young generation. */
const MAX_MEMORY_RATIO = 4;
const MEMORY_BASE = 16 * 1024 * 1024;

/** Flips are where they matter: in the header, and a little behind it. */
const MARGIN_BYTES = 256;

/** xorshift32: the same flips on every machine. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const counts = { reads: 0, datasets: 0, errors: 0 };
const slowest = { ms: 0, name: "" };
const largest = { ratio: 0, name: "" };
const failures: string[] = [];

function attempt(name: string, bytes: Uint8Array, lenient: boolean): void {
  counts.reads++;
  const { used_heap_size: before, external_memory: externalBefore } = getHeapStatistics();
  const start = process.cpuUsage();
  try {
    readFile(bytes, { allowTruncated: lenient, allowLengthMismatch: lenient });
    counts.datasets++;
  } catch (error) {
    counts.errors++;
    if (!isDicomError(error)) failures.push(`${name}: ${String(error)}`);
  }
  const ms = process.cpuUsage(start).user / 1000;
  if (ms > slowest.ms) Object.assign(slowest, { ms, name });
  if (ms > MAX_MS) failures.push(`${name}: ${ms.toFixed(0)} ms`);
  // Negative when garbage was collected meanwhile, which says nothing.
  const { used_heap_size: after, external_memory: externalAfter } = getHeapStatistics();
  const ratio = (after - before + externalAfter - externalBefore - MEMORY_BASE) / bytes.length;
  if (ratio > largest.ratio) Object.assign(largest, { ratio, name });
  if (ratio > MAX_MEMORY_RATIO)
    failures.push(`${name}: memory ${ratio.toFixed(1)} times the input`);
}

/** Where the pixel data begins, or the file's end. */
function headerLength(bytes: Uint8Array): number {
  try {
    const { dataset } = readFile(bytes, { allowTruncated: true });
    const pixels = dataset.elements.find(({ tag }) => tag === 0x7fe00010);
    return Math.min(bytes.length, pixels === undefined ? bytes.length : pixels.valueOffset);
  } catch {
    return bytes.length;
  }
}

if (CORPUS_FILES.length === 0) throw new Error("no corpus: set DSAIL_CORPUS to its folder");
const random = createRandom(20_261_121);
for (const { name, read } of CORPUS_FILES) {
  const bytes = read();
  if (bytes.length === 0) continue;
  for (let i = 0; i < TRUNCATIONS; i++) {
    const length = Math.floor((bytes.length * i) / TRUNCATIONS);
    attempt(`${name} cut at ${length}`, bytes.slice(0, length), i % 2 === 1);
  }
  const reach = Math.min(bytes.length, headerLength(bytes) + MARGIN_BYTES);
  for (let i = 0; i < FLIPS; i++) {
    const at = random(reach);
    const bit = 1 << random(8);
    bytes[at] = (bytes[at] as number) ^ bit;
    attempt(`${name} bit ${bit} of byte ${at}`, bytes, i % 2 === 1);
    bytes[at] = (bytes[at] as number) ^ bit;
  }
}
console.log(
  `${counts.reads} reads of ${CORPUS_FILES.length} files: ${counts.datasets} data sets, ${counts.errors} errors; ` +
    `slowest ${slowest.ms.toFixed(0)} ms (${slowest.name}); ` +
    `most memory ${largest.ratio.toFixed(2)} times the input beyond ${MEMORY_BASE / 1024 / 1024} MiB (${largest.name || "none"})`,
);
for (const failure of failures.slice(0, 20)) console.log(failure);
if (failures.length > 0) {
  console.log(`${failures.length} failures`);
  process.exitCode = 1;
}
