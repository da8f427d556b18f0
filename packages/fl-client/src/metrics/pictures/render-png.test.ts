import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { matrixSvg } from "./matrix-svg.js";
import { pngOfSvg } from "./render-png.js";
import { textWidth } from "./text-width.js";

const FONT_FILE = createRequire(import.meta.url).resolve(
  "@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf",
);

/** An SVG of nothing but a text. */
function svgOf(text: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="40">` +
    `<text x="10" y="20" font-family="Helvetica, sans-serif" font-size="20px">${text}</text></svg>`
  );
}

/** Pixels of ink between two columns. */
function inkOf(png: Uint8Array, from = 0, to = Number.POSITIVE_INFINITY): number {
  const { width, height, data, channels } = decode(png);
  let count = 0;
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    if (x >= from && x < to && data[i * channels]! < 100) count++;
  }
  return count;
}

describe("pngOfSvg", () => {
  it("has names and numbers", async () => {
    const confusionMatrix = [
      [0, 0],
      [0, 0],
    ];
    const png = await pngOfSvg(await matrixSvg({ confusionMatrix, classes: ["one", "two"] }));
    expect(decode(png).width).toBe(1200);
    // The title of the left axis, the names of rows, and zeros in the cells of the first column.
    expect(inkOf(png, 0, 40)).toBeGreaterThan(100);
    expect(inkOf(png, 40, 140)).toBeGreaterThan(100);
    expect(inkOf(png, 300, 400)).toBeGreaterThan(50);
  });

  it("has the beginning of its title, however long names are", async () => {
    const picture = { confusionMatrix: [[1]], classes: ["a name that goes on and on and on"] };
    const svg = await matrixSvg({ ...picture, title: "Title" });
    const { width, channels, data } = decode(await pngOfSvg(svg, { scale: 1 }));
    const isDark = (x: number): boolean =>
      Array.from({ length: 28 }).some((_, y) => data[(y * width + x) * channels]! < 100);
    const columns = Array.from({ length: width }, (_, x) => x).filter(isDark);
    expect(columns[0]).toBeGreaterThanOrEqual(8);
    expect(columns[0]).toBeLessThan(12);
    expect(columns.at(-1)).toBeGreaterThan(30);
    expect(columns.at(-1)).toBeLessThan(50);
  });

  it("draws Latin, Greek, Cyrillic and Hebrew letters with a font of its own, each unlike the others", async () => {
    const letters = Array.from("aŁőệΩλЖщשא≥−…€");
    const pictures = await Promise.all(letters.map((letter) => pngOfSvg(svgOf(letter))));
    const own = letters.map((letter) =>
      new Resvg(svgOf(letter), {
        background: "white",
        fitTo: { mode: "zoom", value: 2 },
        font: { loadSystemFonts: false, fontFiles: [FONT_FILE] },
      })
        .render()
        .asPng(),
    );
    for (const [index, picture] of pictures.entries()) {
      expect(Buffer.from(picture).equals(own[index]!), letters[index]).toBe(true);
      expect(inkOf(picture), letters[index]).toBeGreaterThan(10);
    }
    expect(new Set(pictures.map((png) => Buffer.from(png).toString("base64"))).size).toBe(
      letters.length,
    );
  });

  it("leaves a mark for letters of other scripts, and the others as they are", async () => {
    const png = await pngOfSvg(svgOf("肺 ill"));
    expect(inkOf(png)).toBeGreaterThan(inkOf(await pngOfSvg(svgOf("ill"))));
  });
});

describe("textWidth", () => {
  it("is at least what the font takes, and not much more", () => {
    const texts = [
      "melanocytic nevus",
      "Squamous Cell Carcinoma, in situ (Bowen)",
      "1 − specificity (false positive rate)",
      "GLIOMA_T1w",
      "0.875",
      "Łódź: Ärzte, élève, Ωmega, λόγος",
      "здоровые лёгкие",
      "wwwmmm",
      "illicit fillet",
    ];
    for (const text of texts) {
      const options = { font: { loadSystemFonts: false, fontFiles: [FONT_FILE] } };
      const { width } = new Resvg(svgOf(text), options).getBBox()!;
      const estimate = textWidth(text, 20);
      expect(estimate / width, text).toBeGreaterThan(0.97);
      expect(estimate / width, text).toBeLessThan(1.3);
    }
  });
});
