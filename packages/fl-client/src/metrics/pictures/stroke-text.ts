/**
 * Text of a drawing as lines, so that it needs no font.
 *
 * @module
 */
import { glyphOf } from "./stroke-glyphs.js";

/** Text as Vega writes it: attributes without `>`, one line, no element inside. */
const TEXT = /<text([^>]*)>([^<]*)<\/text>/g;

/** Thickness of the pen, in hundredths of the font size. */
const PEN = 8;

/** Draws all text of an SVG that Vega made, letter by letter. */
export function withStrokedText(svg: string): string {
  return svg.replaceAll(TEXT, (_, attributes: string, escaped: string) => {
    const attribute = (name: string): string | undefined =>
      attributes.match(new RegExp(` ${name}="([^"]*)"`))?.[1];
    const glyphs = Array.from(unescapeXml(escaped), glyphOf);
    const width = glyphs.reduce((sum, { advance }) => sum + advance, 0);
    const anchor = attribute("text-anchor");
    let x = anchor === "middle" ? -width / 2 : anchor === "end" ? -width : 0;
    const paths = glyphs.map(({ advance, path }) => {
      const drawn = path === "" ? "" : `<path transform="translate(${x})" d="${path}"/>`;
      x += advance;
      return drawn;
    });
    const scale = Number.parseFloat(attribute("font-size") ?? "10") / 100;
    const pen = `fill="none" stroke="${attribute("fill") ?? "#000"}" stroke-width="${PEN}"`;
    return (
      `<g transform="${attribute("transform") ?? ""} scale(${scale})" ${pen} ` +
      `stroke-linecap="round" stroke-linejoin="round" opacity="${attribute("opacity") ?? "1"}">` +
      `${paths.join("")}</g>`
    );
  });
}

function unescapeXml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#160;", " ")
    .replaceAll("&amp;", "&");
}
