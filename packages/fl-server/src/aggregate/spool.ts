/**
 * Where updates wait for their turn: in memory while a budget lasts, then in temporary files.
 *
 * An update is kept as a whole before anything is computed from it, so that a client that dies while it sends leaves no
 * trace. Segments of memory are used again; files are readable by this user only and have no name while they are used, so
 * that they are gone with the process, however it ends (but on Windows, where they are deleted when they are released).
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BYTES_PER_ELEMENT, FlError, type ParameterSource } from "@dsail/fl-protocol";
import type { Layout } from "./layout.js";
import type { ReceivedUpdate } from "./received-update.js";

/** How much is kept where. */
export interface SpoolOptions {
  /** Bytes of updates in memory, all together. What is more goes to the disk. Default 512 MiB. */
  readonly maxBufferedBytes?: number;
  /** Folder for temporary files. Default: the system's. */
  readonly directory?: string;
}

/** Keeps updates. */
export interface Spool {
  /**
   * Reads a source to its end.
   *
   * @param source - of the layout's specs, its pieces in order and complete (`checkedSource`)
   * @throws {@link FlError} what the source throws; `FAILED` if the disk can't be written. Nothing is kept then
   */
  readonly receive: (source: ParameterSource, layout: Layout) => Promise<ReceivedUpdate>;
  /** Bytes of updates that are kept now. */
  readonly kept: () => { readonly memory: number; readonly disk: number };
}

const DEFAULT_BYTES = 512 * 2 ** 20;

/** A file of segments. */
interface SegmentFile {
  readonly write: (segment: Uint8Array) => Promise<void>;
  readonly read: (index: number, into: Uint8Array) => Promise<void>;
  readonly discard: () => void;
}

/** Creates a spool. */
export function createSpool({
  maxBufferedBytes = DEFAULT_BYTES,
  directory = tmpdir(),
}: SpoolOptions = {}): Spool {
  if (!(maxBufferedBytes >= 0)) {
    throw new RangeError(`maxBufferedBytes: expected 0 or more, got ${maxBufferedBytes}`);
  }
  /** Segments that wait to be used again. All of a run have one size. */
  const free: Uint8Array[] = [];
  let [memory, disk] = [0, 0];

  /** A segment of memory, or none if there is no more. */
  const take = (bytes: number): Uint8Array | undefined => {
    if (memory + bytes > maxBufferedBytes) return undefined;
    memory += bytes;
    const segment = free.pop();
    return segment?.length === bytes ? segment : new Uint8Array(bytes);
  };
  const giveBack = (segment: Uint8Array): void => {
    memory -= segment.length;
    free.push(segment);
  };

  async function receive(source: ParameterSource, layout: Layout): Promise<ReceivedUpdate> {
    const { segmentBytes, segments } = layout;
    const inMemory: Uint8Array[] = [];
    let file: SegmentFile | undefined;
    /** What is on its way to the disk, or comes from there. */
    let scratch: Uint8Array | undefined;
    let onDisk = 0;
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      for (const segment of inMemory.splice(0)) giveBack(segment);
      file?.discard();
      disk -= onDisk * segmentBytes;
      scratch = undefined;
    };
    const segment = (index: number): Uint8Array | Promise<Uint8Array> => {
      if (isReleased) throw new Error("segment: the update is released");
      const kept = inMemory[index];
      if (kept !== undefined || file === undefined) return kept!;
      scratch ??= new Uint8Array(segmentBytes);
      const into = scratch;
      return file.read(index - inMemory.length, into).then(() => into);
    };
    try {
      const filled = filledSegments(source, layout, () => {
        const own = onDisk === 0 ? take(segmentBytes) : undefined;
        if (own !== undefined) {
          inMemory.push(own);
          return own;
        }
        scratch ??= new Uint8Array(segmentBytes);
        return scratch;
      });
      for await (const bytes of filled) {
        if (bytes !== scratch) continue;
        file ??= await createSegmentFile(directory, segmentBytes);
        await file.write(bytes);
        onDisk += 1;
        disk += segmentBytes;
      }
      if (inMemory.length + onDisk !== segments.length) {
        throw new Error("receive: the source was not complete");
      }
      return { layout, segment, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  return { receive, kept: () => ({ memory, disk }) };
}

/** Copies what arrives into segments, and yields each that is full. */
async function* filledSegments(
  source: ParameterSource,
  { specs, segments }: Layout,
  next: () => Uint8Array,
): AsyncGenerator<Uint8Array> {
  let index = -1;
  let pieceIndex = 0;
  let target: Uint8Array | undefined;
  for await (const { tensorIndex, byteOffset, bytes } of source.chunks()) {
    for (let done = 0; done < bytes.length; ) {
      if (target === undefined) {
        index += 1;
        pieceIndex = 0;
        target = next();
      }
      const pieces = segments[index]!;
      const piece = pieces[pieceIndex]!;
      const at = byteOffset + done - piece.start * BYTES_PER_ELEMENT[specs[tensorIndex]!.dtype];
      const count = Math.min(bytes.length - done, piece.byteLength - at);
      target.set(bytes.subarray(done, done + count), piece.position + at);
      done += count;
      if (at + count < piece.byteLength) continue;
      pieceIndex += 1;
      if (pieceIndex < pieces.length) continue;
      yield target;
      target = undefined;
    }
  }
}

async function createSegmentFile(directory: string, segmentBytes: number): Promise<SegmentFile> {
  const path = join(directory, `dsail-fl-${randomUUID()}.spool`);
  const handle = await attempt(open(path, "wx+", 0o600));
  // Where a file can lose its name while it is open, nothing is left of it whatever happens.
  const hasName = await unlink(path).then(
    () => false,
    () => true,
  );
  let position = 0;
  return {
    write: async (segment) => {
      await attempt(transfer(handle, "write", segment, position));
      position += segmentBytes;
    },
    read: (index, into) => attempt(transfer(handle, "read", into, index * segmentBytes)),
    discard: () => {
      // Whoever releases does not wait; that it fails leaves nothing to be done.
      void handle
        .close()
        .then(() => (hasName ? unlink(path) : undefined))
        .catch(() => undefined);
    },
  };
}

async function transfer(
  handle: FileHandle,
  direction: "read" | "write",
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const [rest, at] = [bytes.length - done, position + done];
    const count =
      direction === "read"
        ? (await handle.read(bytes, done, rest, at)).bytesRead
        : (await handle.write(bytes, done, rest, at)).bytesWritten;
    if (count === 0) throw new FlError("FAILED", "a temporary file ended early");
    done += count;
  }
}

/** An error of the disk in words: its own has the path. */
async function attempt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FlError) throw error;
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new FlError("FAILED", `a temporary file can't be used (${code})`, { cause: error });
  }
}
