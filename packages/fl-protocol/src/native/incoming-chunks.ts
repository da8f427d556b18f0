/**
 * Chunks of a reply between the client that sends them and the program that reads them: a few at a time, in any order, each
 * when there is room for it.
 *
 * @module
 */
import { FlError } from "../errors.js";
import type { Room } from "./room.js";
import { CHUNK_BYTES, chunkCountOf, chunkLengthOf } from "./wire.js";

/** How many chunks of a reply may be on their way, or wait to be read. */
const WINDOW_CHUNKS = 4;

/** Which chunks a client needn't send. */
export interface HavingChunks {
  /** All before this one. */
  readonly next: number;
  /** And these. */
  readonly also: readonly number[];
}

/** Memory for a chunk. */
export interface ChunkSlot {
  /** As long as the chunk. */
  readonly buffer: Uint8Array;
  /** It is there, and whole. */
  readonly fill: () => void;
  /** It did not come; the client will send it again. */
  readonly abandon: () => void;
}

/** Chunks that come in. */
export interface IncomingChunks {
  readonly count: number;
  readonly having: () => HavingChunks;
  /**
   * Waits for room.
   *
   * @param signal - that the client waits no more
   * @param onSuperseded - called when the chunk is sent once more before it was there
   * @returns undefined if the chunk is there, or nobody wants it any more
   */
  readonly admit: (
    index: number,
    signal: AbortSignal,
    onSuperseded: () => void,
  ) => Promise<ChunkSlot | undefined>;
  /** Whether the client has done its part: all is there, or the reader doesn't want the rest. */
  readonly isDone: () => boolean;
  /** Whether it was given up since it did not come in time. */
  readonly isLate: () => boolean;
  /** Whether the client says that this was all. The reader doesn't end before. */
  readonly commit: () => void;
  /** Whether the reader waits for the client. */
  readonly isAwaited: () => boolean;
  /** The chunks in their order, each valid until the next one is asked for. */
  readonly read: () => AsyncGenerator<Uint8Array>;
  /** Gives up what is not there; all that is there can still be read if it is everything. */
  readonly fail: (error: FlError) => void;
  /** Gives up everything. */
  readonly drop: (error: FlError) => void;
  /** Ends when nothing is expected any more. */
  readonly over: Promise<void>;
}

interface Arriving {
  readonly slot: ChunkSlot;
  readonly onSuperseded: () => void;
  isReserved: boolean;
}

export function createIncomingChunks(byteLength: number, room: Room): IncomingChunks {
  const count = chunkCountOf(byteLength);
  /** The first that the reader is not done with. */
  let next = 0;
  let isReading = false;
  let isCommitted = false;
  let failed: FlError | undefined;
  let isLate = false;
  const arriving = new Map<number, Arriving>();
  const ready = new Map<number, Arriving>();
  const free: Uint8Array[] = [];
  const waiting = new Set<{ readonly index: number; readonly pass: () => void }>();
  let wake = (): void => {};
  let finish!: () => void;
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const unwatch = room.watch(() => pump());

  const isComplete = () => next + ready.size >= count;

  /** Lets those pass for whom there is room. */
  function pump(): void {
    for (const waiter of [...waiting].sort((a, b) => a.index - b.index)) {
      if (waiting.has(waiter)) waiter.pass();
    }
  }

  /** Memory for a chunk, if it may have some now. */
  function tryAdmit(index: number, onSuperseded: () => void): ChunkSlot | undefined {
    const before = arriving.get(index);
    if (before === undefined && index >= next + WINDOW_CHUNKS) return undefined;
    const isAwaited = isReading && index === next;
    // What the reader waits for passes always: otherwise those who are not read yet could keep it out.
    let isReserved = before?.isReserved ?? false;
    if (before === undefined) {
      isReserved = room.take(CHUNK_BYTES);
      if (!isReserved && !isAwaited) return undefined;
    }
    const length = chunkLengthOf(byteLength, index);
    const memory = free.pop() ?? Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, byteLength));
    const slot: ChunkSlot = {
      buffer: memory.subarray(0, length),
      fill: () => {
        // Not if the client sent it once more meanwhile.
        if (arriving.get(index) !== own) return;
        arriving.delete(index);
        ready.set(index, own);
        if (failed !== undefined) discard(index);
        wake();
      },
      abandon: () => {
        if (arriving.get(index) !== own) return;
        arriving.delete(index);
        giveBack(own);
        pump();
      },
    };
    const own: Arriving = { slot, onSuperseded, isReserved };
    arriving.set(index, own);
    before?.onSuperseded();
    return slot;
  }

  function giveBack(chunk: Arriving): void {
    if (chunk.isReserved) room.give(CHUNK_BYTES);
    chunk.isReserved = false;
  }

  function discard(index: number): void {
    const chunk = ready.get(index);
    if (chunk === undefined) return;
    ready.delete(index);
    giveBack(chunk);
  }

  function drop(error: FlError): void {
    failed ??= error;
    unwatch();
    finish();
    for (const index of [...ready.keys()]) discard(index);
    free.length = 0;
    pump();
    wake();
  }

  /** The chunk that comes next. */
  async function taken(): Promise<Arriving> {
    isReading = true;
    try {
      for (;;) {
        const chunk = ready.get(next);
        if (chunk !== undefined) return chunk;
        if (failed !== undefined) throw failed;
        pump();
        await woken();
      }
    } finally {
      isReading = false;
    }
  }

  const woken = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  return {
    count,
    having: () => ({ next, also: [...ready.keys()] }),
    isDone: () => !isLate && (failed !== undefined || isComplete()),
    isLate: () => isLate,
    isAwaited: () => isReading,
    commit: () => {
      isCommitted = true;
      wake();
    },
    admit: (index, signal, onSuperseded) => {
      const isNeeded = () => index >= next && !ready.has(index) && failed === undefined;
      return new Promise((resolve) => {
        const pass = () => {
          const slot = isNeeded() && !signal.aborted ? tryAdmit(index, onSuperseded) : undefined;
          if (slot === undefined && isNeeded() && !signal.aborted) return;
          waiting.delete(waiter);
          signal.removeEventListener("abort", pass);
          resolve(slot);
        };
        const waiter = { index, pass };
        waiting.add(waiter);
        signal.addEventListener("abort", pass);
        pass();
      });
    },
    read: async function* () {
      try {
        for (; next < count; ) {
          const chunk = await taken();
          yield chunk.slot.buffer;
          free.push(new Uint8Array(chunk.slot.buffer.buffer));
          discard(next);
          next += 1;
          pump();
        }
        isReading = true;
        while (!isCommitted && failed === undefined) await woken();
        if (!isCommitted) throw failed!;
      } finally {
        isReading = false;
        drop(new FlError("ABORTED", "these parameters were given up"));
      }
    },
    fail: (error) => {
      if (failed !== undefined) return;
      if (isComplete() && isCommitted) {
        finish();
        return;
      }
      isLate = true;
      drop(error);
    },
    drop,
    over,
  };
}
