/**
 * Calls of the file system as data, so that one text serves those who may block and those who may not.
 *
 * What reads and writes files is a generator that yields calls; {@link runSync} makes them at once (a worker, a command
 * line), {@link runAsync} one after the other without blocking (a server).
 *
 * @module
 */
import * as fs from "node:fs";
import { promisify } from "node:util";

type Name =
  | "open"
  | "close"
  | "fstat"
  | "stat"
  | "read"
  | "writev"
  | "fsync"
  | "link"
  | "rename"
  | "unlink";

/** The calls that are used: at once, and with a callback. */
const CALLS: Readonly<Record<Name, readonly [sync: unknown, callback: unknown]>> = {
  open: [fs.openSync, fs.open],
  close: [fs.closeSync, fs.close],
  fstat: [fs.fstatSync, fs.fstat],
  stat: [fs.statSync, fs.stat],
  read: [fs.readSync, fs.read],
  writev: [fs.writevSync, fs.writev],
  fsync: [fs.fsyncSync, fs.fsync],
  link: [fs.linkSync, fs.link],
  rename: [fs.renameSync, fs.rename],
  unlink: [fs.unlinkSync, fs.unlink],
};

/** A call: its name, and its arguments. */
interface Call {
  readonly name: Name;
  readonly args: readonly unknown[];
}

/** Work that makes calls. */
export type Steps<T> = Generator<Call, T, unknown>;

/** What is known of a file. Times and sizes as exact as the file system has them. */
export type FileStatus = fs.BigIntStats;

export function* open(path: string, flags: "r" | "wx"): Steps<number> {
  return (yield { name: "open", args: [path, flags] }) as number;
}

export function* close(descriptor: number): Steps<void> {
  yield { name: "close", args: [descriptor] };
}

export function* statusOfOpen(descriptor: number): Steps<FileStatus> {
  return (yield { name: "fstat", args: [descriptor, { bigint: true }] }) as FileStatus;
}

/** @returns undefined if there is no such file */
export function* statusOf(path: string): Steps<FileStatus | undefined> {
  try {
    const options = { bigint: true, throwIfNoEntry: false }; // the second for the call at once only
    return (yield { name: "stat", args: [path, options] }) as FileStatus | undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Fills `bytes` from an offset of the file, as far as the file goes. @returns how many bytes there were */
export function* read(descriptor: number, bytes: Uint8Array, byteOffset: number): Steps<number> {
  let done = 0;
  while (done < bytes.length) {
    const args = [descriptor, bytes, done, bytes.length - done, byteOffset + done];
    const count = countOf(yield { name: "read", args }, "bytesRead");
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Writes all of the pieces where the file is at. */
export function* write(descriptor: number, pieces: readonly Uint8Array[]): Steps<void> {
  let left = pieces.filter(({ length }) => length > 0);
  while (left.length > 0) {
    let count = countOf(yield { name: "writev", args: [descriptor, left] }, "bytesWritten");
    // A write may be short, when a disk is nearly full or a signal comes.
    const rest: Uint8Array[] = [];
    for (const piece of left) {
      if (count < piece.length) rest.push(piece.subarray(count));
      count = Math.max(0, count - piece.length);
    }
    left = rest;
  }
}

export function* sync(descriptor: number): Steps<void> {
  yield { name: "fsync", args: [descriptor] };
}

export function* link(from: string, to: string): Steps<void> {
  yield { name: "link", args: [from, to] };
}

export function* rename(from: string, to: string): Steps<void> {
  yield { name: "rename", args: [from, to] };
}

export function* unlink(path: string): Steps<void> {
  yield { name: "unlink", args: [path] };
}

/** The error code of a failed call, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** Makes the calls at once. */
export function runSync<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (step.done !== true) {
    const { name, args } = step.value;
    let result: unknown;
    try {
      result = (CALLS[name][0] as (...args: unknown[]) => unknown)(...args);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

/** Makes the calls one after the other, without blocking. */
export async function runAsync<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next();
  while (step.done !== true) {
    const { name, args } = step.value;
    let result: unknown;
    try {
      result = await (
        promisify(CALLS[name][1] as (...args: unknown[]) => void) as (
          ...args: unknown[]
        ) => Promise<unknown>
      )(...args);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
  return step.value;
}

/** `readSync` gives a number, `read` with promises an object. */
function countOf(result: unknown, key: "bytesRead" | "bytesWritten"): number {
  return typeof result === "number" ? result : ((result as Record<string, number>)[key] ?? 0);
}
