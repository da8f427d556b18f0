/**
 * How much room a text takes, before it is known which font there will be.
 *
 * @module
 */
import { glyphOf } from "./stroke-glyphs.js";

/** A wide sans-serif font, such as DejaVu Sans, takes this much more than the letters of strokes. */
const ROOM = 1.1;

/** A text's width in pixels, with some room to spare. */
export function textWidth(text: string, fontSize: number): number {
  let hundredths = 0;
  for (const letter of text) hundredths += isWide(letter) ? 100 : glyphOf(letter).advance;
  return (ROOM * hundredths * fontSize) / 100;
}

/** A text, or as much of its beginning as fits, and an ellipsis. */
export function fitText(text: string, maxWidth: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= maxWidth) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && textWidth(`${letters.join("")}…`, fontSize) > maxWidth) {
    letters.pop();
  }
  return `${letters.join("").trimEnd()}…`;
}

/** A name as it can be drawn: characters that no XML may hold, and line breaks, are replaced. */
export function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/gu, "\ufffd");
}

/** Scripts of letters as wide as they are high. */
function isWide(letter: string): boolean {
  return (
    /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Extended_Pictographic}]/u.test(
      letter,
    ) && letter > "\u{ff}"
  );
}
