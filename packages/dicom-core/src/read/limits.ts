/**
 * How far a reader goes before it refuses, and what it lets pass.
 *
 * @module
 */

/** Limits against hostile or damaged files. Reaching one is a `LIMIT_EXCEEDED`. */
export interface ReadLimits {
  /** Sequences within sequences, at most 500. Default 64. */
  readonly maxDepth: number;
  /** Items of all sequences together. Default 1,000,000. */
  readonly maxItems: number;
  /** Elements of all data sets together. Default 4,000,000, which take some 500 MB. */
  readonly maxElements: number;
  /** Bytes of header that are held in memory: all but skipped values and pixel data. Default 512 MiB. */
  readonly maxHeaderBytes: number;
  /** Bytes of one text value. Default 16 MiB. */
  readonly maxTextBytes: number;
  /** Bytes that a deflated data set may inflate to. Default 2 GiB. */
  readonly maxInflatedBytes: number;
  /** Findings kept; what comes after is not listed. Default 1,000. */
  readonly maxFindings: number;
}

export const DEFAULT_READ_LIMITS: ReadLimits = {
  maxDepth: 64,
  maxItems: 1_000_000,
  maxElements: 4_000_000,
  maxHeaderBytes: 512 * 1024 * 1024,
  maxTextBytes: 16 * 1024 * 1024,
  maxInflatedBytes: 2 * 1024 * 1024 * 1024,
  maxFindings: 1_000,
};

/** How to read. Every leniency is off unless named. */
export interface ReadOptions {
  /** Limits that differ from {@link DEFAULT_READ_LIMITS}. */
  readonly limits?: Partial<ReadLimits>;
  /** Read data that ends inside an element up to its end, with the finding `TRUNCATED`. Default false. */
  readonly allowTruncated?: boolean;
  /**
   * Let an element reach beyond the item or sequence that holds it, with the finding `LENGTH_MISMATCH`. Default false.
   */
  readonly allowLengthMismatch?: boolean;
}

/** More would exhaust the stack before the limit is reached. */
const MAX_DEPTH = 500;

/** @throws {@link RangeError} if a limit is no number of 0 or more, or `maxDepth` is above 500 */
export function limitsOf(options: ReadOptions): ReadLimits {
  const limits: ReadLimits = { ...DEFAULT_READ_LIMITS, ...options.limits };
  for (const [name, limit] of Object.entries(limits) as [keyof ReadLimits, number][]) {
    const most = name === "maxDepth" ? MAX_DEPTH : Number.MAX_VALUE;
    if (!(limit >= 0 && limit <= most)) {
      throw new RangeError(`limits.${name}: expected a number of 0 to ${most}, got ${limit}`);
    }
  }
  return limits;
}
