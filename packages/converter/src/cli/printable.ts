/**
 * Text that is shown on a terminal: nothing in it may move the cursor, hide, or forge a line.
 *
 * @module
 */

/** Controls, of C1 too; separators of lines; marks that turn the direction of writing, or are not seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with what cannot be seen written as `\\u{9B}`. */
export function printable(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
}

/** The same in quotation marks. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text));
}
