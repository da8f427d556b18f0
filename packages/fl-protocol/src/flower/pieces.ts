/**
 * An encoded message as pieces, so that tensors are copied once, into the buffer that is sent, and not before.
 *
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Bytes that follow each other. */
export interface Pieces {
  readonly pieces: readonly Uint8Array[];
  /** Of all. */
  readonly byteLength: number;
}

/** These pieces. */
export function piecesOf(pieces: readonly Uint8Array[]): Pieces {
  return { pieces, byteLength: pieces.reduce((sum, piece) => sum + piece.byteLength, 0) };
}

/** A field of a message: what is written, and its tag and length before. */
export function fieldOf(number: number, { pieces, byteLength }: Pieces): Pieces {
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(byteLength).finish();
  return { pieces: [head, ...pieces], byteLength: head.byteLength + byteLength };
}

/** One after the other. */
export function joined(parts: readonly Pieces[]): Pieces {
  return {
    pieces: parts.flatMap(({ pieces }) => pieces),
    byteLength: parts.reduce((sum, part) => sum + part.byteLength, 0),
  };
}

/** All in one: the one copy that is made of a tensor here. */
export function bytesOfPieces({ pieces, byteLength }: Pieces): Buffer {
  const bytes = Buffer.allocUnsafe(byteLength);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

/**
 * As {@link bytesOfPieces}, but one buffer for messages that are the same and made in one turn of the event loop: a model
 * that is sent to many clients is put together once. Not longer, since whoever owns the tensors may change them.
 */
export function createSharedBytes(): (pieces: Pieces) => Buffer {
  let recent: { readonly from: Pieces; readonly bytes: Buffer }[] = [];
  return (pieces) => {
    const known = recent.find(({ from }) => areSame(from, pieces));
    if (known !== undefined) return known.bytes;
    const bytes = bytesOfPieces(pieces);
    if (recent.length === 0) setImmediate(() => (recent = []));
    recent.push({ from: pieces, bytes });
    return bytes;
  };
}

/** Heads and configs are compared; of a tensor it must be the same memory. */
const MAX_COMPARED_BYTES = 4096;

function areSame(a: Pieces, b: Pieces): boolean {
  if (a.byteLength !== b.byteLength || a.pieces.length !== b.pieces.length) return false;
  return a.pieces.every((piece, i) => {
    const other = b.pieces[i]!;
    if (piece.byteLength !== other.byteLength) return false;
    if (piece.buffer === other.buffer && piece.byteOffset === other.byteOffset) return true;
    return piece.byteLength <= MAX_COMPARED_BYTES && Buffer.compare(piece, other) === 0;
  });
}
