/**
 * Pieces of bytes as one.
 *
 * @module
 */

/** A copy of all pieces, one behind the other, that is a whole `ArrayBuffer`. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
