/**
 * Damaged frames of each codec, 300 of each, with a fixed seed: none may hang, end the process, or give an image of
 * another size; after each the good frame must come out as before. Runs the build, as codec workers do.
 *
 *     DSAIL_CORPUS=CORPUS node test/corpus/fuzz-frames.mjs [FRAMES] [SEED]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDicomError, readFile, writeFile } from "@dsail/dicom-core";
import { createCodecWorker } from "@dsail/dicom-core/node";
import { openFrames, transcode } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";

const corpus = process.env["DSAIL_CORPUS"] ?? "../../../shared/corpus";
const [count, seed] = [Number(process.argv[2] ?? 300), Number(process.argv[3] ?? 1)];
const TIMEOUT_MS = 3_000;
const codecs = createCodecWorker({ timeoutMs: TIMEOUT_MS, maxMemoryBytes: 256 * 1024 * 1024 });

/** A file of the corpus, and the syntax to put it in first, where it is in another. */
const SOURCES = [
  ["RLE", "pydicom/MR_small_RLE.dcm"],
  ["JPEG, 8 bits", "pydicom/SC_rgb_small_odd_jpeg.dcm"],
  ["JPEG, 12 bits", "pydicom/JPGExtended.dcm"],
  ["JPEG lossless", "pydicom/SC_rgb_jpeg_gdcm.dcm"],
  ["JPEG-LS", "pydicom/MR_small.dcm", "1.2.840.10008.1.2.4.80"],
  ["JPEG-LS, colour", "pydicom/SC_rgb_small_odd.dcm", "1.2.840.10008.1.2.4.80"],
  ["JPEG 2000", "pydicom/MR_small.dcm", "1.2.840.10008.1.2.4.90"],
  ["JPEG 2000, colour", "pydicom/SC_rgb_small_odd.dcm", "1.2.840.10008.1.2.4.90"],
  ["HTJ2K", "pydicom/MR_small.dcm", "1.2.840.10008.1.2.4.201"],
  ["HTJ2K, colour", "pydicom/SC_rgb_small_odd.dcm", "1.2.840.10008.1.2.4.201"],
  ["deflated frame", "pydicom/MR_small.dcm", "1.2.840.10008.1.2.8.1"],
];

let failed = 0;
for (const [name, path, syntax] of SOURCES) {
  let file = readFile(readFileSync(join(corpus, path)));
  if (syntax !== undefined) file = readFile(await transcode(file, syntax));
  const reader = await openFrames(file, { codecs });
  const good = await reader.readEncoded(0);
  const expected = (await reader.readFrame(0)).samples;
  const random = xorshift(seed);
  const counts = { decoded: 0, refused: 0, slow: 0 };
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    try {
      const frame = await decode(reader.pixel, file.transferSyntax.uid, mutated(good, random));
      counts.decoded++;
      if (frame.samples.length !== expected.length) fail(`${name} ${i}: an image of another size`);
    } catch (error) {
      if (!isDicomError(error)) throw error;
      counts[error.code === "LIMIT_EXCEEDED" ? "slow" : "refused"]++;
    }
    slowest = Math.max(slowest, performance.now() - began);
    const again = await decode(reader.pixel, file.transferSyntax.uid, good);
    if (!again.samples.every((sample, at) => sample === expected[at])) {
      fail(`${name} ${i}: the good frame is another one now`);
    }
  }
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${name}: ${counts.decoded} decoded, ${counts.refused} refused, ${counts.slow} stopped after ${TIMEOUT_MS} ms; slowest ${Math.round(slowest)} ms; ${memory} MiB`,
  );
  if (slowest > TIMEOUT_MS + 2_000) fail(`${name}: took ${Math.round(slowest)} ms`);
  if (memory > 1024) fail(`${name}: ${memory} MiB`);
}
await codecs.close();
process.exitCode = failed === 0 ? 0 : 1;

function fail(message) {
  console.log(message);
  failed++;
}

/** Through a whole file, as frames come. */
async function decode(pixel, transferSyntaxUid, frame) {
  const bytes = writeFile(
    [
      { tag: Tag.Rows, value: pixel.rows },
      { tag: Tag.Columns, value: pixel.columns },
      { tag: Tag.SamplesPerPixel, value: pixel.samplesPerPixel },
      { tag: Tag.PhotometricInterpretation, value: pixel.photometricInterpretation },
      { tag: Tag.BitsAllocated, value: pixel.bitsAllocated },
      { tag: Tag.BitsStored, value: pixel.bitsStored },
      { tag: Tag.HighBit, value: pixel.highBit },
      { tag: Tag.PixelRepresentation, value: pixel.isSigned ? 1 : 0 },
      { tag: Tag.PixelData, value: { fragments: [frame] } },
    ],
    { transferSyntaxUid },
  );
  const reader = await openFrames(readFile(bytes), { codecs });
  return reader.readFrame(0);
}

/** Some bytes changed, or the end cut off, or a piece repeated. */
function mutated(frame, random) {
  const kind = random() % 4;
  if (kind === 0) return frame.slice(0, 1 + (random() % (frame.length - 1)));
  if (kind === 1) {
    const at = random() % frame.length;
    const piece = frame.subarray(at, at + 1 + (random() % 64));
    return Uint8Array.from([...frame.subarray(0, at), ...piece, ...frame.subarray(at)]);
  }
  const changed = frame.slice();
  // Headers are short, but most is decided there.
  const range = kind === 2 ? Math.min(64, frame.length) : frame.length;
  for (let n = 1 + (random() % 8); n > 0; n--) changed[random() % range] = random() & 0xff;
  return changed;
}

/** Marsaglia 2003: numbers of 32 bits, the same everywhere. */
function xorshift(start) {
  let state = start;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
