/**
 * Words made comparable: without case and accents.
 *
 * @module
 */

/** Letters that no normal form takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  Æ: "Ae",
  œ: "oe",
  Œ: "Oe",
  ø: "o",
  Ø: "O",
  đ: "d",
  Đ: "D",
  ł: "l",
  Ł: "L",
  ı: "i",
};
const ANY_LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

/** Lower case, without marks: `Crâne` is `crane`, `Fuß` is `fuss`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // Most words are ASCII.
  return /^[\x20-\x7e]*$/.test(lower) ? lower : withoutMarks(lower).toLowerCase();
}

/** The same text in ASCII: without marks, and without what is no Latin letter. */
export function withoutAccents(text: string): string {
  return withoutMarks(text).replace(/[^\t\n\f\r\x20-\x7e]/g, "");
}

function withoutMarks(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(ANY_LETTER, (letter) => LETTERS[letter] ?? letter);
}

/** The words of a text: runs of letters and digits, folded. */
export function wordsOf(text: string): readonly string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}
