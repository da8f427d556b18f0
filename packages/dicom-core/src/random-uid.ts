/**
 * UIDs for what is new.
 *
 * @module
 */

/** A UID that nobody else has: `2.25.` and a random UUID as a decimal number (PS3.5 B.2). */
export function randomUid(): string {
  return `2.25.${BigInt(`0x${crypto.randomUUID().replaceAll("-", "")}`)}`;
}
