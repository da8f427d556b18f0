/**
 * Keys for tests. They protect nothing.
 *
 * @module
 */

export const KEY: Uint8Array = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

export const OTHER_KEY: Uint8Array = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
