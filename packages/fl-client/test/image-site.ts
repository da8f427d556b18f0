/**
 * A hospital's folder of images, small enough for a test.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.js";

/** A PNG of 28 x 28 grey pixels: `no` is dark, `yes` is bright. */
function image(label: string, number: number): Uint8Array {
  const base = label === "no" ? 40 : 180;
  const data = Uint8Array.from({ length: 28 * 28 }, (_, i) => base + ((i * 7 + number) % 40));
  return encode({ width: 28, height: 28, data, channels: 1, depth: 8 });
}

/** `{train,valid}/{no,yes}/<number>.png`; gone when the test is over. */
export function imageSite(): string {
  const folder = temporaryFolder();
  for (const [split, count] of Object.entries({ train: 12, valid: 4 })) {
    for (const label of ["no", "yes"]) {
      const numbers = Array.from({ length: count }, (_, number) => number);
      const files = numbers.map((n) => [`${split}/${label}/${n}.png`, image(label, n)] as const);
      writeFiles(folder, Object.fromEntries(files));
    }
  }
  return folder;
}

/** One whose header is whole and whose pixels are cut off. */
export function damageImage(site: string, path: string): void {
  writeFileSync(join(site, path), image("no", 0).subarray(0, 60));
}
