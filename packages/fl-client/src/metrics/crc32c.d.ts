/** The part of crc-32 that has no types of its own: CRC-32C (Castagnoli). */
declare module "crc-32/crc32c.js" {
  /** @returns a signed 32-bit number */
  export function buf(data: Uint8Array, seed?: number): number;
}
