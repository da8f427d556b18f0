/**
 * Rewrites and pseudonymizes a sparse encapsulated file of 5 GB, and fails if that takes more than 100 MB of memory or
 * changes a byte of the pixel data. On the built packages, since what runs sources takes memory of its own.
 *
 *     node test/corpus/large-file.mjs [GIGABYTES]
 */
import { createHash, randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rewriteFile, writeFile } from "@dsail/dicom-core";
import { readDicomFile, rewriteDicomFile } from "@dsail/dicom-core/node";
import { createPseudonymization } from "@dsail/pseudonymizer";
import { pseudonymizeFile } from "@dsail/pseudonymizer/node";

const MAX_RSS_BYTES = 100 * 1000 * 1000;
const FRAGMENT_BYTES = 4 * 1024 * 1024;
const PIXEL_DATA = 0x7fe00010;
const bytesWanted = Number(process.argv[2] ?? 5) * 1e9;

const buffer = Buffer.alloc(1024 * 1024);
const folder = mkdtempSync(join(tmpdir(), "dsail-large-"));
try {
  const source = join(folder, "source.dcm");
  writeLargeFile(source);
  const { dataset } = await readDicomFile(source);
  const pixels = dataset.elements.find(({ tag }) => tag === PIXEL_DATA);
  const expected = digestOf(source, pixels.byteOffset);
  const results = [];
  for (const [name, work] of [
    ["rewrite", (target) => rewriteDicomFile(source, target, rename)],
    ["pseudonymize", pseudonymize],
  ]) {
    const target = join(folder, `${name}.dcm`);
    const start = performance.now();
    await work(target);
    const seconds = (performance.now() - start) / 1000;
    const { dataset: rewritten } = await readDicomFile(target);
    const moved = rewritten.elements.find(({ tag }) => tag === PIXEL_DATA);
    const same = digestOf(target, moved.byteOffset) === expected;
    results.push({ name, seconds, same });
    rmSync(target);
  }
  // In kilobytes; the most the process ever had, digests and all.
  const rss = process.resourceUsage().maxRSS * 1024;
  const size = statSync(source).size;
  console.log(
    `${(size / 1e9).toFixed(2)} GB, peak memory ${(rss / 1e6).toFixed(0)} MB; ` +
      results
        .map(
          ({ name, seconds, same }) =>
            `${name} ${seconds.toFixed(1)} s, pixel data ${same ? "same" : "CHANGED"}`,
        )
        .join("; "),
  );
  if (rss > MAX_RSS_BYTES || results.some(({ same }) => !same)) process.exitCode = 1;

  async function pseudonymize(target) {
    await pseudonymizeFile(source, target, createPseudonymization({ key: randomBytes(32) }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function rename(file) {
  return rewriteFile(file, { dataset: [{ kind: "set", path: [0x00100010], value: "NEW^NAME" }] });
}

/** A header, then fragments that are holes in the file but for their first bytes, then an element behind them. */
function writeLargeFile(path) {
  const header = writeFile([
    { tag: 0x00080016, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.77.1.6" },
    { tag: 0x00080018, vr: "UI", value: "1.2.826.0.1.3680043.10.1" },
    { tag: 0x00100010, vr: "PN", value: "Large^File" },
    { tag: 0x00100020, vr: "LO", value: "LARGE" },
  ]);
  const descriptor = openSync(path, "wx");
  let at = 0;
  const put = (bytes) => {
    writeSync(descriptor, bytes, 0, bytes.length, at);
    at += bytes.length;
  };
  put(header);
  put(Buffer.from("e07f10004f420000ffffffff", "hex")); // (7FE0,0010) OB, undefined length
  put(Buffer.from("feff00e000000000", "hex")); // empty Basic Offset Table
  for (let i = 0; at < bytesWanted; i++) {
    const fragment = Buffer.from("feff00e000000000", "hex");
    fragment.writeUInt32LE(FRAGMENT_BYTES, 4);
    put(fragment);
    put(Buffer.from(`fragment ${i}`));
    at += FRAGMENT_BYTES - `fragment ${i}`.length;
  }
  put(Buffer.from("feffdde000000000", "hex"));
  closeSync(descriptor);
}

/** Of all bytes from an offset on, in one buffer: what is measured is the packages' memory, not ours. */
function digestOf(path, start) {
  const hash = createHash("sha256");
  const descriptor = openSync(path, "r");
  for (let at = start; ; ) {
    const length = readSync(descriptor, buffer, 0, buffer.length, at);
    if (length === 0) break;
    hash.update(buffer.subarray(0, length));
    at += length;
  }
  closeSync(descriptor);
  return hash.digest("hex");
}
