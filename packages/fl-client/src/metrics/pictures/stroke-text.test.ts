import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { matrixSvg } from "./matrix-svg.js";
import { pngOfSvg } from "./render-png.js";
import { BOX, glyphOf } from "./stroke-glyphs.js";
import { withStrokedText } from "./stroke-text.js";
import { fitText, textWidth } from "./text-width.js";

describe("glyphOf", () => {
  it("knows all printable letters of ASCII, and draws accents as none", () => {
    for (let code = 0x20; code < 0x7f; code++) {
      const { advance, path } = glyphOf(String.fromCharCode(code));
      expect(advance).toBeGreaterThan(15);
      expect(path === "").toBe(code === 0x20);
    }
    expect(glyphOf("é")).toEqual(glyphOf("e"));
    expect(glyphOf("肺")).toBe(BOX);
    expect(glyphOf("constructor")).toBe(BOX);
  });
});

describe("withStrokedText", () => {
  it("draws letters where the text was, as wide as they are", () => {
    const text = `<text text-anchor="end" transform="translate(9,8)" font-size="10px" fill="#123">1&lt;</text>`;
    expect(withStrokedText(`<svg>${text}</svg>`)).toBe(
      `<svg><g transform="translate(9,8) scale(0.1)" fill="none" stroke="#123" stroke-width="8" ` +
        `stroke-linecap="round" stroke-linejoin="round" opacity="1">` +
        `<path transform="translate(-124)" d="M14-59L33-72V0"/>` +
        `<path transform="translate(-66)" d="M56-56L10-32L56-8"/></g></svg>`,
    );
  });

  it("leaves ink where names and numbers are, without any font", async () => {
    const picture = {
      confusionMatrix: [
        [0, 0],
        [0, 0],
      ],
      classes: ["one", "two"],
    } as const;
    const png = decode(await pngOfSvg(await matrixSvg(picture), { useSystemFonts: false }));
    expect(png.width).toBe(1200);
    const dark = (from: number, to: number): number => {
      let count = 0;
      for (let i = 0; i < png.width * png.height; i++) {
        const x = i % png.width;
        if (x >= from && x < to && png.data[i * png.channels]! < 100) count++;
      }
      return count;
    };
    // The title of the left axis, the names of rows, and zeros in the cells of the first column.
    expect(dark(0, 40)).toBeGreaterThan(100);
    expect(dark(60, 120)).toBeGreaterThan(100);
    expect(dark(300, 400)).toBeGreaterThan(100);
  });

  it("draws the same on each call", async () => {
    const svg = await matrixSvg({ confusionMatrix: [[1]], classes: ["a"] });
    const png = await pngOfSvg(svg, { useSystemFonts: false, scale: 1 });
    expect(await pngOfSvg(svg, { useSystemFonts: false, scale: 1 })).toEqual(png);
  });
});

describe("fitText", () => {
  it("cuts a text that is too long, between letters", () => {
    expect(fitText("short", 100, 12)).toBe("short");
    const cut = fitText("a name that goes on and on", 100, 12);
    expect(cut).toMatch(/^a name.*[^ ]…$/);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(100);
    expect(fitText("😀😀😀😀", 30, 12)).toBe("😀…");
  });
});
