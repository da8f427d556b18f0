/**
 * Some images of each class beside each other, as one SVG that has them in it.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labelOfFolder } from "./class-folder.mjs";

const COLUMNS = 12;
const CELL = 64;
const LABEL = 48;
const GAP = 6;
/** Of all images together. */
const MOST_BYTES = 6_000_000;

/**
 * @param {string} file
 * @param {string} folder - with a folder for each class
 */
export function writeContactSheet(file, folder) {
  const classes = readdirSync(folder).sort();
  const width = LABEL + COLUMNS * (CELL + GAP) + GAP;
  const height = classes.length * (CELL + GAP) + GAP;
  let bytesLeft = MOST_BYTES;
  const cells = classes.flatMap((name, row) => {
    const y = GAP + row * (CELL + GAP);
    const label = `<text x="${GAP + 8}" y="${y + CELL / 2 + 6}">${escaped(labelOfFolder(name))}</text>`;
    const images = evenly(imagesIn(join(folder, name)), COLUMNS).flatMap((path, column) => {
      const png = readFileSync(path);
      bytesLeft -= png.length;
      if (bytesLeft < 0) return [];
      const x = LABEL + GAP + column * (CELL + GAP);
      const source = `data:image/png;base64,${png.toString("base64")}`;
      return [
        `<image x="${x}" y="${y}" width="${CELL}" height="${CELL}" href="${source}" style="image-rendering:pixelated"/>`,
      ];
    });
    return [label, ...images];
  });
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
 role="img" aria-label="images of each class" font-family="system-ui, sans-serif" font-size="18">
<rect width="${width}" height="${height}" fill="#fff"/>
${cells.join("\n")}
</svg>
`,
  );
}

/** @param {string} folder */
function imagesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((path) => join(folder, String(path)))
    .filter((path) => path.toLowerCase().endsWith(".png"))
    .sort();
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {number} count
 * @returns {T[]}
 */
function evenly(list, count) {
  const step = Math.max(1, list.length / count);
  const length = Math.min(count, list.length);
  return Array.from({ length }, (_, i) => /** @type {T} */ (list[Math.floor(i * step)]));
}

/** @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
