/**
 * Bodies of HTTP/2, both ways, with back-pressure and without more memory than was announced.
 *
 * @module
 */
import type { Http2Stream } from "node:http2";
import { FlError } from "../errors.js";

/** How a body is read. */
export interface ReadOptions {
  readonly maxBytes: number;
  /** Milliseconds without a byte after which it is given up. Default: no limit. */
  readonly idleMs?: number;
  /** Called when bytes arrive. */
  readonly onBytes?: () => void;
}

/** The connection broke. Worth another try. */
export function lostConnection(cause?: unknown): FlError {
  return new FlError("DISCONNECTED", "the connection was lost", { cause });
}

/**
 * Reads a body to its end.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED`, `DISCONNECTED`, `TIMEOUT`
 */
export async function readBody(stream: Http2Stream, options: ReadOptions): Promise<Buffer> {
  const parts: Buffer[] = [];
  const length = await readPieces(stream, options, (piece) => parts.push(piece));
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
}

/**
 * Reads a body into memory that is there.
 *
 * @returns how many bytes came
 * @throws {@link FlError} as {@link readBody}; no more than `into` can hold is read
 */
export function readBodyInto(
  stream: Http2Stream,
  into: Uint8Array,
  options: Omit<ReadOptions, "maxBytes">,
): Promise<number> {
  return readPieces(stream, { ...options, maxBytes: into.length }, (piece, at) => {
    into.set(piece, at);
  });
}

/** Reads piece by piece; listeners, since an iterator of a stream costs more than the bytes. */
export function readPieces(
  stream: Http2Stream,
  { maxBytes, idleMs, onBytes }: ReadOptions,
  onPiece: (piece: Buffer, at: number) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let at = 0;
    let isEnded = false;
    const timer =
      idleMs === undefined
        ? undefined
        : setTimeout(() => stop(new FlError("TIMEOUT", "a body that does not go on")), idleMs);
    const stop = (error?: FlError) => {
      clearTimeout(timer);
      stream.off("data", onData).off("end", onEnd).off("close", onClose);
      if (error === undefined) resolve(at);
      else reject(error);
    };
    const onData = (piece: Buffer) => {
      timer?.refresh();
      onBytes?.();
      if (at + piece.length > maxBytes) {
        stream.pause();
        stop(new FlError("LIMIT_EXCEEDED", `a body of more than the ${maxBytes} bytes allowed`));
        return;
      }
      onPiece(piece, at);
      at += piece.length;
    };
    const onEnd = () => {
      isEnded = true;
      // What was cut off ends, too; that it was is told by the close, or by the code it was closed with.
      if (stream.rstCode !== 0 || stream.aborted) stop(lostConnection());
      else stop();
    };
    const onClose = () => {
      if (!isEnded) stop(lostConnection());
    };
    if (stream.destroyed) {
      stop(lostConnection());
      return;
    }
    stream.on("data", onData).on("end", onEnd).on("close", onClose);
    stream.resume();
  });
}

/** Writes pieces, each when the one before is on its way. @throws {@link FlError} `DISCONNECTED` */
export async function writePieces(
  stream: Http2Stream,
  pieces: readonly Uint8Array[],
): Promise<void> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += WRITE_BYTES) {
      if (stream.destroyed || stream.closed) throw lostConnection();
      if (!stream.write(piece.subarray(at, at + WRITE_BYTES))) await drained(stream);
    }
  }
  stream.end();
}

/** What TLS makes of a write is in memory a second time. */
const WRITE_BYTES = 2 ** 20;

function drained(stream: Http2Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (error?: FlError) => {
      stream.off("drain", onDrain).off("close", onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onDrain = () => stop();
    const onClose = () => stop(lostConnection());
    stream.on("drain", onDrain).on("close", onClose);
  });
}
