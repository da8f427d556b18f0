/**
 * How much room a text takes, about, whatever program draws it.
 *
 * @module
 */

/** Letters by their width in a font as wide as Arial, rounded up; of the font size. The first row with a letter tells. */
const WIDTHS: readonly (readonly [letters: RegExp, width: number])[] = [
  [/\p{Mn}/u, 0],
  [/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u, 1],
  [/(?!\p{ASCII})\p{Extended_Pictographic}/u, 1.3],
  [/[mwMW@%…—ЖШЩЫЮжмфшщыю]/u, 0.95],
  [/[\sfijltI.,:;!'|/\\[\]ιі]/u, 0.3],
  [/[()r{}"*`-]/u, 0.4],
  [/\p{Lu}/u, 0.75],
];
const OTHER = 0.6;

/** A text's width in pixels, with some room to spare. */
export function textWidth(text: string, fontSize: number): number {
  // Letters and their accents one by one: these take no room.
  const letters = Array.from(text.normalize("NFD"));
  return fontSize * letters.reduce((sum, letter) => sum + widthOf(letter), 0);
}

function widthOf(letter: string): number {
  return WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? OTHER;
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
