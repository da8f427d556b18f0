/**
 * An SVG of Vega's as PNG. resvg is loaded only when one is asked for.
 *
 * @module
 */
import { createRequire } from "node:module";

export interface PngOptions {
  /** Pixels of the PNG for each one of the drawing. Default 2: sharp in print at 9 cm. */
  readonly scale?: number;
}

/** Of a package, so that a PNG is the same on each machine, and has text on one without fonts. As wide as Arial. */
const FONT_FILE = "@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf";

/** What the font has no letters for; these come from a font of the machine, or are boxes where it has none. */
const OTHER_SCRIPT =
  /[^\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Common}\p{sc=Inherited}]|\p{Extended_Pictographic}/u;

/** @param svg - as one of the functions of this folder made it */
export async function pngOfSvg(svg: string, { scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const fontFile = createRequire(import.meta.url).resolve(FONT_FILE);
  return new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: {
      fontFiles: [fontFile],
      defaultFontFamily: "Arimo",
      loadSystemFonts: OTHER_SCRIPT.test(svg),
    },
  })
    .render()
    .asPng();
}
