/**
 * How much has left a site, counted before it does.
 *
 * @module
 */
import type { Instruction } from "@dsail/fl-protocol";

/** Replies that have left, by the kind of their instruction. */
export type ReleaseCount = Readonly<Record<Instruction["kind"], number>>;

/** A count that is kept. */
export interface ReleaseCounts {
  readonly count: () => ReleaseCount;
  /** Counts one more. When it returns, the count outlives the process (if it is of a kind that does). */
  readonly add: (kind: Instruction["kind"]) => void | Promise<void>;
}

/** Nothing has left. */
export const NOTHING_LEFT: ReleaseCount = {
  getProperties: 0,
  getParameters: 0,
  fit: 0,
  evaluate: 0,
};

/** A count that ends with the process: after a restart it begins anew. */
export function createReleaseCounts(): ReleaseCounts {
  let counted = NOTHING_LEFT;
  return {
    count: () => counted,
    add: (kind) => {
      counted = { ...counted, [kind]: counted[kind] + 1 };
    },
  };
}
