/**
 * Compares decoding, conversion to grey and resizing with Pillow's, on random images of a fixed seed. Prints the worst
 * difference of each kind; the exit code is 1 if one is more than is allowed: 0, or 1 where Pillow resizes in another order.
 *
 *     tsx --conditions=@dsail/source test/oracle/data-against-pillow.ts PYTHON     (with pillow and numpy)
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createImageDecoder } from "../../src/data/decode-image.js";
import type { DecodedImage } from "../../src/data/decoded-image.js";
import { fitImage } from "../../src/data/fit-image.js";
import { resizeImage } from "../../src/data/resize-image.js";
import { toChannels } from "../../src/data/to-channels.js";
import { seededRandom } from "../../src/seeded-random.js";

const [python] = process.argv.slice(2);
if (python === undefined) throw new Error("usage: data-against-pillow.ts PYTHON");

const MAX_PIXELS = 2 ** 26;
const random = seededRandom(7);
const integer = (low: number, high: number) =>
  low + Math.ceil(random.uniform() * (high - low + 1)) - 1;

/** Smooth with noise, so that JPEG has something to do. */
function randomImage(bits: 8 | 16, channels: 1 | 3, most = 90): DecodedImage {
  const [rows, columns] = [integer(1, most), integer(1, most)];
  const pixels = new (bits === 8 ? Uint8Array : Uint16Array)(rows * columns * channels);
  const max = 2 ** bits - 1;
  const slope = random.uniform();
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = max * Math.abs(Math.sin(slope * i)) * (0.7 + 0.3 * random.uniform());
  }
  return { rows, columns, channels, pixels };
}

interface Check {
  readonly name: string;
  readonly most: number;
  readonly job: object;
  readonly own: (answer: {
    readonly file?: string;
  }) => Promise<DecodedImage["pixels"]> | DecodedImage["pixels"];
  readonly bits: 8 | 16;
}

const jobOf = (image: DecodedImage, bits: 8 | 16) => ({
  ...{ rows: image.rows, columns: image.columns, channels: image.channels, bits },
  pixels: Buffer.from(image.pixels.buffer).toString("base64"),
});

const checks: Check[] = [];
for (let i = 0; i < 300; i++) {
  const bits = i % 4 === 0 ? 16 : 8;
  const image = randomImage(bits, bits === 16 || i % 2 === 0 ? 1 : 3);
  const [rows, columns] = [integer(1, 90), integer(1, 90)];
  const target = { toRows: rows, toColumns: columns };
  const base = jobOf(image, bits);
  checks.push({
    ...{ name: `resize ${bits} bits`, most: 0, bits },
    job: { kind: "resize", ...base, ...target },
    own: () => resizeImage(image, [rows, columns]).pixels,
  });
  if (bits === 16) continue;
  checks.push({
    ...{ name: "resize 8 bits, in the order that Pillow likes", most: 1, bits },
    job: { kind: "resize at once", ...base, ...target },
    own: () => resizeImage(image, [rows, columns]).pixels,
  });
  const form = { size: [rows, columns], fit: "crop", maxPixels: MAX_PIXELS } as const;
  checks.push({
    ...{ name: "crop 8 bits, in the order that Pillow likes", most: 1, bits },
    job: { kind: "crop", ...base, ...target },
    own: () => fitImage(image, { ...form, channels: image.channels }).pixels,
  });
  if (image.channels === 3) {
    checks.push({
      ...{ name: "grey 8 bits", most: 0, bits },
      job: { kind: "grey", ...base, ...target },
      own: () => toChannels(image, 1).pixels,
    });
  }
}

const FILES: readonly (readonly [string, 8 | 16, 1 | 3, number, object])[] = [
  ["png L", 8, 1, 0, { format: "png" }],
  ["png RGB", 8, 3, 0, { format: "png" }],
  ["png RGBA", 8, 3, 0, { format: "png", mode: "RGBA" }],
  ["png LA", 8, 1, 0, { format: "png", mode: "LA" }],
  ["png P", 8, 3, 0, { format: "png", mode: "P" }],
  ["png P of 16 colours", 8, 3, 0, { format: "png", mode: "P", options: { bits: 8 } }],
  ["png 1", 8, 1, 0, { format: "png", mode: "1" }],
  ["png I;16", 16, 1, 0, { format: "png" }],
  ["bmp L", 8, 1, 0, { format: "bmp" }],
  ["bmp RGB", 8, 3, 0, { format: "bmp" }],
  ["bmp P", 8, 3, 0, { format: "bmp", mode: "P" }],
  ["bmp 1", 8, 1, 0, { format: "bmp", mode: "1" }],
  ["bmp RGBA", 8, 3, 0, { format: "bmp", mode: "RGBA" }],
  ["jpeg L", 8, 1, 0, { format: "jpeg" }],
  ["jpeg RGB 4:4:4", 8, 3, 0, { format: "jpeg", options: { subsampling: 0, quality: 95 } }],
  ["jpeg RGB 4:2:0", 8, 3, 0, { format: "jpeg" }],
  ["jpeg progressive", 8, 3, 0, { format: "jpeg", options: { progressive: true } }],
];
const decode = createImageDecoder(MAX_PIXELS);
for (const [name, bits, channels, most, options] of FILES) {
  for (let i = 0; i < 20; i++) {
    checks.push({
      ...{ name, most, bits },
      job: { kind: "encode", ...jobOf(randomImage(bits, channels), bits), ...options },
      own: async ({ file = "" }) => {
        const image = await decode(new Uint8Array(Buffer.from(file, "base64")));
        return toChannels(image, bits === 16 ? 1 : 3).pixels;
      },
    });
  }
}

const script = fileURLToPath(new URL("data_pillow.py", import.meta.url));
const input = checks.map(({ job }) => JSON.stringify(job)).join("\n");
const { stdout, stderr, status } = spawnSync(python, [script], { input, maxBuffer: 2 ** 30 });
if (status !== 0) throw new Error(String(stderr));
const answers = String(stdout).trim().split("\n");
if (answers.length !== checks.length) throw new Error("Pillow gave fewer answers than asked for");

const worst = new Map<string, { difference: number; most: number; images: number }>();
for (const [i, { name, most, own, bits }] of checks.entries()) {
  const answer = JSON.parse(answers[i]!) as { readonly file?: string; readonly pixels: string };
  const bytes = new Uint8Array(Buffer.from(answer.pixels, "base64"));
  const wanted = bits === 8 ? bytes : new Uint16Array(bytes.buffer);
  const mine = await own(answer);
  const entry = worst.get(name) ?? { difference: 0, most, images: 0 };
  entry.images += 1;
  if (mine.length !== wanted.length) entry.difference = Number.POSITIVE_INFINITY;
  mine.forEach((value, at) => {
    entry.difference = Math.max(entry.difference, Math.abs(value - wanted[at]!));
  });
  worst.set(name, entry);
}
for (const [name, { difference, most, images }] of worst) {
  console.log(`${name}: ${images} images, differ by ${difference} at most (allowed ${most})`);
  if (difference > most) process.exitCode = 1;
}
