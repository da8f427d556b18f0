/**
 * Writes segments to a file: through a temporary file beside the target, so that there is a whole file or none.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { DicomError } from "../errors.js";
import type { Segment, SegmentedBytes } from "../rewrite/segments.js";
import { type OpenSource, readExactly } from "./file-source.js";
import {
  close,
  codeOf,
  link,
  open,
  rename,
  type Steps,
  sync,
  unlink,
  write,
} from "./file-system.js";

/** Pieces at least this long are written from where they lie; shorter ones are gathered first. */
const DIRECT_BYTES = 32 * 1024;
const GATHER_BYTES = 256 * 1024;

/** File systems that have no links answer with one of these. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
]);

/** How a target is written. */
export interface TargetOptions {
  /** Replace a target that exists. Default false: `TARGET_EXISTS`. */
  readonly overwrite?: boolean;
  /**
   * Wait until the disk has the file (fsync). Default false: a crash of the whole machine may lose files just written,
   * but never leaves half of one in place of an older one.
   */
  readonly sync?: boolean;
}

/**
 * Writes a file.
 *
 * @param beforeNaming - a last check, before the file gets its name
 * @throws {@link DicomError} `TARGET_EXISTS`, `SOURCE_CHANGED`; errors of the file system. Nothing is left behind.
 */
export function* writeTarget(
  target: string,
  content: SegmentedBytes,
  source: OpenSource,
  options: TargetOptions,
  beforeNaming: () => Steps<void>,
): Steps<void> {
  // The name tells nothing, since names of files may be names of patients.
  const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
  const descriptor = yield* open(temporary, "wx");
  try {
    try {
      yield* writeSegments(descriptor, content, source);
      if (options.sync === true) yield* sync(descriptor);
    } finally {
      yield* close(descriptor);
    }
    yield* beforeNaming();
    if (options.overwrite === true) yield* rename(temporary, target);
    else yield* renameUnlessThere(temporary, target);
  } catch (error) {
    try {
      yield* unlink(temporary);
    } catch {
      // The first error is the one to tell.
    }
    throw error;
  }
}

function* writeSegments(
  descriptor: number,
  { segments }: SegmentedBytes,
  source: OpenSource,
): Steps<void> {
  const gathered = new Uint8Array(bytesToGather(segments, source));
  let used = 0;
  for (const segment of segments) {
    const bytes = bytesInMemory(segment, source);
    if (bytes !== undefined && bytes.length >= DIRECT_BYTES) {
      yield* write(descriptor, [gathered.subarray(0, used), bytes]);
      used = 0;
      continue;
    }
    for (let at = 0; at < segment.length; ) {
      const end = used + Math.min(gathered.length - used, segment.length - at);
      const room = gathered.subarray(used, end);
      if (bytes !== undefined) room.set(bytes.subarray(at, at + room.length));
      else yield* readExactly(source.descriptor, room, offsetOf(segment) + at);
      used = end;
      at += room.length;
      if (used === gathered.length) {
        yield* write(descriptor, [gathered]);
        used = 0;
      }
    }
  }
  yield* write(descriptor, [gathered.subarray(0, used)]);
}

function bytesInMemory(segment: Segment, source: OpenSource): Uint8Array | undefined {
  if (segment instanceof Uint8Array) return segment;
  return source.bytes?.subarray(segment.byteOffset, segment.byteOffset + segment.length);
}

function offsetOf(segment: Segment): number {
  return segment instanceof Uint8Array ? 0 : segment.byteOffset;
}

/** No more than there is to gather: the header of most files is a few kilobytes. */
function bytesToGather(segments: readonly Segment[], source: OpenSource): number {
  let bytes = 0;
  for (const segment of segments) {
    const direct =
      segment.length >= DIRECT_BYTES &&
      (segment instanceof Uint8Array || source.bytes !== undefined);
    if (!direct) bytes += segment.length;
    if (bytes >= GATHER_BYTES) return GATHER_BYTES;
  }
  return bytes;
}

/** Gives a file its name, unless there is one of that name: link, not rename, since rename would replace it. */
function* renameUnlessThere(temporary: string, target: string): Steps<void> {
  try {
    yield* link(temporary, target);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw targetExists();
    if (!NO_LINKS.has(codeOf(error))) throw error;
    // Taking the name first keeps others from taking it.
    yield* takeName(target);
    try {
      yield* rename(temporary, target);
    } catch (failure) {
      yield* unlink(target);
      throw failure;
    }
    return;
  }
  yield* unlink(temporary);
}

function* takeName(target: string): Steps<void> {
  try {
    yield* close(yield* open(target, "wx"));
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw targetExists();
    throw error;
  }
}

export function targetExists(): DicomError {
  return new DicomError("TARGET_EXISTS", "the target exists; replacing it has to be asked for");
}
