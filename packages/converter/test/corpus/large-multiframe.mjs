/**
 * Renders a multi-frame image of 400 MB, and fails if that takes more than 250 MB of memory or a frame is wrong. On the
 * built packages, since what runs sources takes memory of its own.
 *
 *     node test/corpus/large-multiframe.mjs [FRAMES]
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePng } from "@dsail/converter/image";
import { decomposeFolder } from "@dsail/converter/node";
import { writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

const MAX_RSS_BYTES = 250 * 1000 * 1000;
const SIZE = 512;
const frames = Number(process.argv[2] ?? 763);

const folder = mkdtempSync(join(tmpdir(), "dsail-multiframe-"));
try {
  const source = join(folder, "source.dcm");
  writeLargeFile(source);
  const start = performance.now();
  const { done } = await decomposeFolder(source, join(folder, "out"), { mode: "full", workers: 0 });
  const seconds = (performance.now() - start) / 1000;
  let wrong = 0;
  for (let frame = 0; frame < frames; frame++) {
    const name = `source.${String(frame + 1).padStart(4, "0")}.png`;
    const { pixels } = decodePng(readFileSync(join(folder, "out", name)));
    if (!pixels.every((pixel) => pixel === frame)) wrong++;
  }
  // In kilobytes; the most the process ever had, this check included.
  const rss = process.resourceUsage().maxRSS * 1024;
  console.log(
    `${((frames * SIZE * SIZE * 2) / 1e6).toFixed(0)} MB, ${frames} frames, ${wrong} wrong; ` +
      `${seconds.toFixed(1)} s, peak memory ${(rss / 1e6).toFixed(0)} MB`,
  );
  if (done !== 1 || wrong > 0 || rss > MAX_RSS_BYTES) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Every pixel of a frame is its number. */
function writeLargeFile(path) {
  const frame = new Uint16Array(SIZE * SIZE);
  const header = writeFile([
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.7.3" },
    { tag: Tag.SOPInstanceUID, value: "2.25.1" },
    { tag: Tag.SamplesPerPixel, value: 1 },
    { tag: Tag.PhotometricInterpretation, value: "MONOCHROME2" },
    { tag: Tag.NumberOfFrames, value: `${frames}` },
    { tag: Tag.Rows, value: SIZE },
    { tag: Tag.Columns, value: SIZE },
    { tag: Tag.BitsAllocated, value: 16 },
    { tag: Tag.BitsStored, value: 16 },
    { tag: Tag.HighBit, value: 15 },
    { tag: Tag.PixelRepresentation, value: 0 },
    { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(0) },
  ]);
  const file = openSync(path, "wx");
  const length = new Uint8Array(Uint32Array.of(frames * frame.byteLength).buffer);
  header.set(length, header.length - length.length);
  writeSync(file, header);
  for (let number = 0; number < frames; number++) writeSync(file, frame.fill(number));
  closeSync(file);
}
