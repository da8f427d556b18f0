/**
 * Krum's scores (Blanchard et al. 2017, arXiv:1703.02757, section 4).
 *
 * @module
 */

/**
 * For each of `members` the sum of its squared distances to the n − f − 2 others that are nearest to it, but one at least.
 *
 * @param distances - squared, of all updates
 * @param members - indices of those who take part
 * @param numMalicious - f
 */
export function krumScores(
  distances: readonly Float64Array[],
  members: readonly number[],
  numMalicious: number,
): readonly number[] {
  const closest = Math.max(1, members.length - numMalicious - 2);
  return members.map((member) => {
    const row = Float64Array.from(members, (other) => distances[member]![other]!).sort();
    // The first is its own.
    let sum = 0;
    for (let i = 1; i <= closest && i < row.length; i++) sum += row[i]!;
    return sum;
  });
}

/** The positions of the scores from the least to the greatest; of equal ones in their order. */
export function ranked(scores: readonly number[]): readonly number[] {
  return [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);
}
