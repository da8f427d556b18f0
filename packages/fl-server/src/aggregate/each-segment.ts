/**
 * Reads the segments of updates side by side.
 *
 * @module
 */
import type { ReceivedUpdate } from "./received-update.js";

/** After so many bytes other work of the process has its turn: heartbeats, replies that arrive. */
const BYTES_A_TURN = 32 * 2 ** 20;

/**
 * Calls `work` for each segment with its bytes in each of `updates`, which are of one layout. Waits for the disk only
 * where something is there.
 */
export async function eachSegment(
  updates: readonly ReceivedUpdate[],
  work: (index: number, bytes: readonly Uint8Array[]) => void,
): Promise<void> {
  const [first] = updates;
  if (first === undefined) return;
  const { segments, segmentBytes } = first.layout;
  let sinceTurn = 0;
  for (const index of segments.keys()) {
    const bytes = updates.map((update) => update.segment(index));
    const isThere = bytes.every((one) => one instanceof Uint8Array);
    work(index, isThere ? bytes : await Promise.all(bytes));
    sinceTurn += updates.length * segmentBytes;
    if (!isThere || sinceTurn < BYTES_A_TURN) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    sinceTurn = 0;
  }
}
