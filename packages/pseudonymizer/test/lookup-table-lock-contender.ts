/**
 * A thread among several that want one lock, which someone left behind, again and again.
 */
import { writeFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { withTableLock } from "../src/node/lookup-table-lock.js";

const { path, counts, threads, rounds } = workerData as {
  readonly path: string;
  /** How many are at the start, and within; how often one was not alone, and how often one was within. */
  readonly counts: Int32Array;
  readonly threads: number;
  readonly rounds: number;
};

for (let round = 1; round <= rounds; round++) {
  // The last to come leaves the lock behind, and starts them all.
  if (Atomics.add(counts, 0, 1) === (2 * round - 1) * threads - 1) {
    writeFileSync(`${path}.lock`, "");
    Atomics.add(counts, 0, threads);
  }
  while (Atomics.load(counts, 0) < 2 * round * threads);
  withTableLock(
    path,
    () => {
      if (Atomics.add(counts, 1, 1) > 0) Atomics.add(counts, 2, 1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      Atomics.sub(counts, 1, 1);
      Atomics.add(counts, 3, 1);
    },
    { staleMs: 150, waitMs: 20_000 },
  );
}
parentPort?.postMessage("done");
