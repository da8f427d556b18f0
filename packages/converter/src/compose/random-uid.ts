/**
 * UIDs for what is new.
 *
 * @module
 */

/** A UID of a random UUID (PS3.5 B.2). */
export function randomUid(): string {
  return `2.25.${BigInt(`0x${crypto.randomUUID().replaceAll("-", "")}`)}`;
}
