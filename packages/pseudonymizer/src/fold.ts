/**
 * Words made comparable: without case and accents.
 *
 * @module
 */

/** Letters that no normal form takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ł: "l",
  ı: "i",
};

/** Lower case, without marks: `Crâne` is `crane`, `Fuß` is `fuss`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // Most words are ASCII.
  if (/^[\x20-\x7e]*$/.test(lower)) return lower;
  return lower
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[ßæœøđłı]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The words of a text: runs of letters and digits, folded. */
export function wordsOf(text: string): readonly string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}
