import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodecImage } from "../pixel-data/codecs/frame-codec.js";
import { LOCAL_CODECS } from "../pixel-data/codecs/local-codecs.js";
import * as Syntax from "../pixel-data/codecs/transfer-syntaxes.js";
import type { ImagePixel } from "../pixel-data/image-pixel.js";
import { createCodecWorker, hasCodecWorker, startCodecWorker } from "./codec-worker.js";

// In the package, so that the codecs resolve.
const FOLDER = new URL(`../../node_modules/.cache/codec-worker-${process.pid}/`, import.meta.url);
const WORKER = new URL("codec-worker.js", FOLDER);

beforeAll(async () => {
  await build({
    entryPoints: ["../codec-worker.ts", "./codec-worker.ts"].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    ),
    entryNames: "[dir]/[name]",
    outdir: fileURLToPath(FOLDER),
    outbase: fileURLToPath(new URL("..", import.meta.url)),
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "silent",
  });
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function smallImage() {
  const [rows, columns] = [8, 8];
  const samples = Array.from({ length: rows * columns }, (_, i) => (i * 7) & 255);
  const pixel: ImagePixel = {
    rows,
    columns,
    numberOfFrames: 1,
    samplesPerPixel: 1,
    photometricInterpretation: "MONOCHROME2",
    planarConfiguration: 0,
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
    isSigned: false,
    pixelTag: 0x7fe00010,
  };
  const image: CodecImage = {
    rows,
    columns,
    samplesPerPixel: 1,
    bits: 8,
    isSigned: false,
    bytes: Uint8Array.from(samples),
    sampleBytes: 1,
    isRgb: false,
  };
  return { pixel, image };
}

const SMALL = smallImage();
const encodeSmall = (syntax: string) => LOCAL_CODECS.encode(SMALL.image, syntax, {});

/** A frame of few bytes that announces many pixels: its codec allocates and transforms them all, though there are none. */
async function slowFrame() {
  const frame = await encodeSmall(Syntax.JPEG_2000_LOSSLESS);
  const view = new DataView(frame.buffer, frame.byteOffset);
  // ISO/IEC 15444-1 A.5.1: Xsiz, Ysiz, XTsiz, YTsiz.
  for (const at of [8, 12, 24, 28]) view.setUint32(at, 12_000);
  const pixel: ImagePixel = { ...SMALL.pixel, rows: 12_000, columns: 12_000 };
  return { frame, pixel };
}

describe("codecs in a worker", () => {
  it("do what those of this thread do, and leave what they are given", async () => {
    const codecs = startCodecWorker(WORKER);
    for (const syntax of [
      Syntax.JPEG_LS_LOSSLESS,
      Syntax.JPEG_2000_LOSSLESS,
      Syntax.HTJ2K_LOSSLESS,
    ]) {
      // A Node Buffer, whose `slice` is a view of memory that others use.
      const bytes = Buffer.from(SMALL.image.bytes);
      const encoded = await codecs.encode({ ...SMALL.image, bytes }, syntax, {});
      expect(encoded).toEqual(await encodeSmall(syntax));
      const frame = Buffer.from(encoded);
      const decoded = await codecs.decode(frame, SMALL.pixel, syntax);
      expect(decoded).toEqual(await LOCAL_CODECS.decode(encoded, SMALL.pixel, syntax));
      expect(decoded.bytes).toEqual(SMALL.image.bytes);
      expect([...frame]).toEqual([...encoded]);
      expect([...bytes]).toEqual([...SMALL.image.bytes]);
    }
    await codecs.close();
  });

  it("fail as those of this thread do", async () => {
    const codecs = startCodecWorker(WORKER);
    const frame = await encodeSmall(Syntax.JPEG_2000_LOSSLESS);
    for (const [bytes, syntax] of [
      [frame.subarray(0, 60), Syntax.JPEG_2000_LOSSLESS],
      [frame, "1.2.3.4"],
      [new Uint8Array(0), Syntax.JPEG_BASELINE],
    ] as const) {
      const here = await LOCAL_CODECS.decode(bytes, SMALL.pixel, syntax).catch((error) => error);
      await expect(codecs.decode(bytes, SMALL.pixel, syntax)).rejects.toMatchObject({
        name: "DicomError",
        code: here.code,
        message: here.message,
        at: here.at,
      });
    }
    await expect(codecs.encode(SMALL.image, Syntax.JPEG_BASELINE, {})).rejects.toMatchObject({
      code: "UNSUPPORTED_TRANSFER_SYNTAX",
    });
    await codecs.close();
  });

  it("end a frame that takes too long, and decode the next", async () => {
    const codecs = startCodecWorker(WORKER, { timeoutMs: 1_000 });
    const slow = await slowFrame();
    const began = performance.now();
    const bad = codecs.decode(slow.frame, slow.pixel, Syntax.JPEG_2000_LOSSLESS);
    await expect(bad).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", at: "(7FE0,0010)" });
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
    const next = await encodeSmall(Syntax.JPEG_LS_LOSSLESS);
    const decodeNext = () => codecs.decode(next, SMALL.pixel, Syntax.JPEG_LS_LOSSLESS);
    // Its time is that of a new thread, too: on a busy machine that may be too little, once.
    const good = await decodeNext().catch((error: unknown) => {
      expect(error).toMatchObject({ code: "LIMIT_EXCEEDED" });
      return decodeNext();
    });
    expect(good.bytes).toEqual(SMALL.image.bytes);
    await codecs.close();
  });

  it("refuse a frame that needs too much memory, and decode the next", async () => {
    const codecs = startCodecWorker(WORKER, { maxMemoryBytes: 32 * 1024 * 1024 });
    const syntax = Syntax.JPEG_2000_LOSSLESS;
    const size = { rows: 3_500, columns: 3_500 };
    const bytes = new Uint8Array(3_500 * 3_500).fill(9);
    const frame = await LOCAL_CODECS.encode({ ...SMALL.image, ...size, bytes }, syntax, {});
    const pixel = { ...SMALL.pixel, ...size };
    // What comes out is small enough, but not what the codec makes of it meanwhile: 4 bytes of each sample.
    await expect(codecs.decode(frame, pixel, syntax)).rejects.toMatchObject({ code: "BAD_VALUE" });
    expect((await LOCAL_CODECS.decode(frame, pixel, syntax)).bytes[7]).toBe(9);
    const good = await codecs.decode(await encodeSmall(syntax), SMALL.pixel, syntax);
    expect(good.bytes).toEqual(SMALL.image.bytes);
    // Told before anything is allocated: not all codecs take their memory where it is counted.
    const huge = { ...SMALL.pixel, rows: 65_535, columns: 65_535 };
    await expect(
      codecs.decode(new Uint8Array(8), huge, Syntax.JPEG_LOSSLESS),
    ).rejects.toMatchObject({ code: "BAD_VALUE", message: expect.stringContaining("memory") });
    await codecs.close();
  });

  it("answer all that are asked at once", async () => {
    const codecs = startCodecWorker(WORKER);
    const frame = await encodeSmall(Syntax.JPEG_LS_LOSSLESS);
    const answers = await Promise.allSettled([
      codecs.decode(frame, SMALL.pixel, Syntax.JPEG_LS_LOSSLESS),
      codecs.decode(frame.subarray(0, 30), SMALL.pixel, Syntax.JPEG_LS_LOSSLESS),
      codecs.encode(SMALL.image, Syntax.JPEG_LS_LOSSLESS, {}),
    ]);
    expect(answers[0]).toMatchObject({ value: { bytes: SMALL.image.bytes } });
    expect(answers[1]).toMatchObject({ reason: { code: "BAD_VALUE" } });
    expect(answers[2]).toEqual({ status: "fulfilled", value: frame });
    await codecs.close();
  });

  it("are closed with all that waits, and start again when they are asked again", async () => {
    const codecs = startCodecWorker(WORKER);
    const slow = await slowFrame();
    const frame = await encodeSmall(Syntax.JPEG_LS_LOSSLESS);
    await codecs.decode(frame, SMALL.pixel, Syntax.JPEG_LS_LOSSLESS);
    const waiting = Promise.allSettled([
      codecs.decode(slow.frame, slow.pixel, Syntax.JPEG_2000_LOSSLESS),
      codecs.decode(frame, SMALL.pixel, Syntax.JPEG_LS_LOSSLESS),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await codecs.close();
    const reason = { code: "BAD_VALUE", message: expect.stringContaining("closed") };
    expect(await waiting).toMatchObject([{ reason }, { reason }]);
    const good = await codecs.decode(frame, SMALL.pixel, Syntax.JPEG_LS_LOSSLESS);
    expect(good.bytes).toEqual(SMALL.image.bytes);
    await codecs.close();
    await codecs.close();
  });

  it("let the process end while they are idle", async () => {
    const path = fileURLToPath(new URL("idle.mjs", FOLDER));
    const frame = [...(await encodeSmall(Syntax.JPEG_LS_LOSSLESS))];
    writeFileSync(
      path,
      `import { startCodecWorker } from ${JSON.stringify(new URL("node/codec-worker.js", FOLDER).href)};
       const codecs = startCodecWorker(new URL(${JSON.stringify(WORKER.href)}));
       const frame = Uint8Array.from(${JSON.stringify(frame)});
       const image = await codecs.decode(frame, ${JSON.stringify(SMALL.pixel)}, "${Syntax.JPEG_LS_LOSSLESS}");
       console.log(image.bytes.length);`,
    );
    const { status, stdout } = spawnSync(process.execPath, [path], { timeout: 20_000 });
    expect({ status, stdout: String(stdout) }).toEqual({ status: 0, stdout: "64\n" });
  });

  it("fail, but do not hang, where the worker is missing", async () => {
    const missing = startCodecWorker(pathToFileURL("/there/is/no/worker.js"));
    const frame = await encodeSmall(Syntax.JPEG_LS_LOSSLESS);
    await expect(missing.decode(frame, SMALL.pixel, Syntax.JPEG_LS_LOSSLESS)).rejects.toMatchObject(
      { code: "BAD_VALUE" },
    );
  });

  it("have limits that are limits, and are built with the package only", () => {
    for (const timeoutMs of [0, -1, Number.NaN, 2 ** 31]) {
      expect(() => createCodecWorker({ timeoutMs })).toThrow(RangeError);
    }
    for (const maxMemoryBytes of [0, 2 ** 25 - 1, Number.NaN]) {
      expect(() => createCodecWorker({ maxMemoryBytes })).toThrow(RangeError);
    }
    expect(hasCodecWorker()).toBe(false);
  });
});
