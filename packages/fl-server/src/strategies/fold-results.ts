/**
 * Uses up results one by one.
 *
 * @module
 */
import type { FitReplies, FitResult, FoldedResult } from "../strategy.js";

/**
 * Calls `fold` for each result in order, and releases it. Returns all but the updates. What is asked only once all are
 * known, such as whether there are enough, is asked then: that costs work, and no memory.
 */
export async function foldResults(
  { results }: FitReplies,
  fold: (result: FitResult) => Promise<void>,
): Promise<readonly FoldedResult[]> {
  const folded: FoldedResult[] = [];
  for await (const result of results) {
    await fold(result);
    const { update, ...rest } = result;
    update.release();
    folded.push(rest);
  }
  return folded;
}
