/**
 * PNG of a smooth image with noise, as CT has it: ours with Node's zlib and with fflate, and fast-png. Time and size.
 *
 *   npx tsx --conditions=@dsail/source bench/png.ts
 *
 * @module
 */
import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import { encodePng } from "../src/image/index.js";

const SIZE = 512;
const ROUNDS = 10;

const pixels = new Uint16Array(SIZE * SIZE);
for (let i = 0, seed = 1; i < pixels.length; i++) {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  const [x, y] = [(i % SIZE) / SIZE - 0.5, Math.floor(i / SIZE) / SIZE - 0.5];
  pixels[i] =
    x * x + y * y > 0.2 ? 0 : 1000 + 400 * Math.cos(9 * x) * Math.cos(7 * y) + (seed >>> 28);
}
const image = { rows: SIZE, columns: SIZE, channels: 1, bits: 16, pixels } as const;

const encoders: Readonly<Record<string, () => Uint8Array>> = {
  "ours, Node's zlib": () => encodePng(image, { deflate: deflateSync }),
  "ours, fflate": () => encodePng(image),
  "fast-png": () => encode({ width: SIZE, height: SIZE, channels: 1, depth: 16, data: pixels }),
};

for (const [name, run] of Object.entries(encoders)) {
  const { length } = run();
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${name.padEnd(20)} ${best.toFixed(1).padStart(6)} ms  ${length} bytes`);
}
