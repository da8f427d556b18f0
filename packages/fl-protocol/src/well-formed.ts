/**
 * Texts that can be sent.
 *
 * @module
 */

/** Whether UTF-8 can hold the text: no half of a surrogate pair stands alone. `isWellFormed` of ES2024. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
