/**
 * An SVG of Vega's as PNG. resvg is loaded only when one is asked for.
 *
 * @module
 */
import type { Resvg, ResvgRenderOptions } from "@resvg/resvg-js";
import { withStrokedText } from "./stroke-text.js";

export interface PngOptions {
  /** Pixels of the PNG for each one of the drawing. Default 2: sharp in print at 9 cm. */
  readonly scale?: number;
  /**
   * Whether to draw with a font of the machine; where it has none, or with false, letters are drawn as lines, and the
   * PNG is the same on each machine. Default true.
   */
  readonly useSystemFonts?: boolean;
}

/** @param svg - as one of the functions of this folder made it */
export async function pngOfSvg(
  svg: string,
  { scale = 2, useSystemFonts = true }: PngOptions = {},
): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const options: ResvgRenderOptions = {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: { loadSystemFonts: useSystemFonts, sansSerifFamily: "DejaVu Sans" },
  };
  const isReadable = useSystemFonts && hasFont(Resvg, svg, options);
  return new Resvg(isReadable ? svg : withStrokedText(svg), options).render().asPng();
}

/** resvg leaves text out where it finds no font for it, and says nothing: a letter tells. */
function hasFont(Renderer: typeof Resvg, svg: string, options: ResvgRenderOptions): boolean {
  const font = svg.match(/ font-family="[^"]*"/)?.[0] ?? "";
  const letter =
    `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">` +
    `<text x="4" y="16"${font} font-size="12px">H</text></svg>`;
  return new Renderer(letter, options).getBBox() !== undefined;
}
