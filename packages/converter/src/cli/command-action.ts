/**
 * What all commands have in common.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "commander";
import type { Ended, Report } from "./report.js";

/** What is wrong with its options is a `RangeError` that names them. */
type Work = (report: Report, signal: AbortSignal | undefined) => Promise<Ended>;

/** Does the work, tells how it ended, and keeps its exit code. */
export type Perform = (work: Work) => Promise<void>;

export const INPUT = "file, or folder that is read with all in it";
export const OUTPUT = "folder to write to; paths in it are those of the input";

/** For an option: commander says which, if it is no number. */
export function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) {
    throw new InvalidArgumentError("expected a number");
  }
  return number;
}

export function parseCount(text: string): number {
  const count = parseNumber(text);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new InvalidArgumentError("expected an integer of 0 or more");
  }
  return count;
}

export function workersOption(): Option {
  return new Option(
    "--workers <n>",
    "threads, 0 for none (default: one a core, at most 8; none for one file)",
  ).argParser((text: string) => {
    const count = parseCount(text);
    if (count > 64) throw new InvalidArgumentError("expected an integer of 0 to 64");
    return count;
  });
}

/** The option, if it was given: optional properties may not be undefined. */
export function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: Value });
}

/** Asked before the first file is: it would fail each of them. */
export function assertRatio(ratio: number | undefined): void {
  if (ratio !== undefined && !(ratio > 1 && ratio <= 1000)) {
    throw new RangeError("--ratio: expected more than 1, up to 1000");
  }
}
