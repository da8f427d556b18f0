/**
 * What a command tells while it works, and when it has ended.
 *
 * @module
 */
import type { FileOutcome } from "../node/folder-job.js";
import type { Failure } from "./failure.js";
import { formatFailure } from "./failure.js";
import { quoted } from "./printable.js";
import { createProgress } from "./progress.js";

/** Where the command writes to. */
export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly error: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** How a command ended, and the lines of the standard output. */
export interface Ended {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

/** Work on files, as it is told. */
export interface Report {
  readonly start: (files: number) => void;
  readonly step: () => void;
  /** In one: for functions that tell how many are done. */
  readonly advance: (done: number, total: number) => void;
  /** A file, by its path relative to the input, and what is wrong with it: a line of the standard error. */
  readonly problem: (path: string, what: string | Failure) => void;
  /** Steps a file, and tells why it failed, if it did. */
  readonly outcome: (outcome: FileOutcome) => void;
  /** Whether a file was done, or is to blame. */
  readonly hasBegun: () => boolean;
  /** Takes the bar away, and then writes the problems. */
  readonly close: () => void;
  /** `12 of 60 files`; `12 files` if nobody knows of how many. */
  readonly count: () => string;
}

export async function createReport({ error }: Streams): Promise<Report> {
  const progress = await createProgress(error);
  const problems: string[] = [];
  let done = 0;
  let total: number | undefined;
  const start = (files: number) => {
    total = files;
    progress.start(files);
  };
  const step = () => {
    done += 1;
    progress.step();
  };
  const problem = (path: string, what: string | Failure) => {
    // Quoted, so that no name can move the cursor or forge a line.
    problems.push(`${quoted(path)}: ${typeof what === "string" ? what : formatFailure(what)}`);
  };
  return {
    start,
    step,
    advance: (_, files) => {
      if (total === undefined) start(files);
      step();
    },
    problem,
    outcome: (outcome) => {
      step();
      if (outcome.kind === "failed") problem(outcome.path, outcome);
    },
    hasBegun: () => done > 0 || problems.length > 0,
    close: () => {
      progress.stop();
      // Threads end in any order; the lines are the same each time.
      for (const line of problems.sort()) error.write(`${line}\n`);
    },
    count: () => `${total === undefined ? "" : `${done} of `}${filesOf(total ?? done)}`,
  };
}

/** `1 file`, `2 files`. */
export function filesOf(count: number): string {
  return `${count} ${count === 1 ? "file" : "files"}`;
}
