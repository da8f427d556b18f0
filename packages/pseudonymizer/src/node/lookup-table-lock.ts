/**
 * The lock of a lookup table: a file beside it that only one can create. Workers of one process exclude each other by it
 * as processes do, also on different machines with a common folder.
 *
 * Not proper-lockfile: of several that find a stale lock, two may get it, since one removes the new lock of the other;
 * and it replaces functions of `process` and `fs` when it is loaded.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, rmSync, statSync } from "node:fs";
import { PseudonymizerError } from "../errors.js";

/** For tests: how long things take. */
export interface LockTiming {
  /** A lock that stays the same for so long was left behind. Ten times what an append takes on a slow disk. */
  readonly staleMs: number;
  /** Who waits longer than this gives up. */
  readonly waitMs: number;
}

const DEFAULT_TIMING: LockTiming = { staleMs: 10_000, waitMs: 30_000 };

/**
 * Works while no one else does.
 *
 * A process that ends within leaves its lock behind; the next one waits until it is stale. One that was stopped for
 * longer (a debugger, a network drive) has lost the lock when it goes on: `isHeld` tells, to be asked before a write.
 *
 * @throws {@link PseudonymizerError} `LOOKUP_TABLE` if others have the lock for too long
 */
export function withTableLock<T>(
  path: string,
  work: (isHeld: () => boolean) => T,
  timing: LockTiming = DEFAULT_TIMING,
): T {
  return withLock(`${path}.lock`, work, timing.staleMs, performance.now() + timing.waitMs);
}

function withLock<T>(
  lock: string,
  work: (isHeld: () => boolean) => T,
  staleMs: number,
  deadline: number,
): T {
  const descriptor = acquire(lock, staleMs, deadline);
  // While it is open, no other file can have its number.
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  const isHeld = () => {
    const now = statSync(lock, { bigint: true, throwIfNoEntry: false });
    return now?.dev === dev && now.ino === ino;
  };
  try {
    return work(isHeld);
  } finally {
    const held = isHeld();
    closeSync(descriptor);
    if (held) rmSync(lock, { force: true });
  }
}

function acquire(lock: string, staleMs: number, deadline: number): number {
  let seen: string | undefined;
  // Counted in pauses. By the clock, a machine that woke up would find the locks of its own processes stale; by the
  // lock's time, so would one whose clock is not the file server's.
  let watchedMs = 0;
  for (;;) {
    const descriptor = tryCreate(lock);
    if (descriptor !== undefined) return descriptor;
    const current = identityOf(lock);
    if (current !== seen) {
      seen = current;
      watchedMs = 0;
    }
    if (seen !== undefined && watchedMs > staleMs) removeStale(lock, seen, staleMs, deadline);
    if (performance.now() > deadline) {
      throw new PseudonymizerError("LOOKUP_TABLE", "the lookup table is in use by others: locked");
    }
    const pauseMs = 1 + Math.random() * 4;
    pause(pauseMs);
    watchedMs += pauseMs;
  }
}

/** Under a lock of its own: the second to find a lock stale would remove the new one of the first. */
function removeStale(lock: string, stale: string, staleMs: number, deadline: number): void {
  const remove = () => {
    if (identityOf(lock) === stale) rmSync(lock, { force: true });
  };
  withLock(`${lock}.stale`, remove, staleMs, deadline);
}

function tryCreate(lock: string): number | undefined {
  try {
    return openSync(lock, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

/** The number of a file alone may soon be that of the next one. */
function identityOf(lock: string): string | undefined {
  const stats = statSync(lock, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino} ${stats.mtimeNs}`;
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
