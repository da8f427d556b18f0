/**
 * A run over a folder: its options, and what is told of it.
 *
 * @module
 */
import type { Command } from "commander";
import type { FileOutcome, RunOptions, RunSummary } from "../node/folder-job.js";
import { given, workersOption } from "./command-action.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED } from "./exit-code.js";
import { type Ended, filesOf, type Report } from "./report.js";

/** Options of all runs over a folder. */
export interface RunFlags {
  readonly workers?: number;
  readonly overwrite: boolean;
  readonly dryRun: boolean;
}

export type DoneOutcome = Extract<FileOutcome, { readonly kind: "done" }>;

/** The options of {@link RunFlags}, after the command's own; and its example. */
export function withRunOptions(command: Command, example: string): Command {
  return command
    .optionsGroup("Running:")
    .addOption(workersOption())
    .option("--overwrite", "replace files that exist in the output", false)
    .option("--dry-run", "do all but writing", false)
    .addHelpText("after", `\nExample: dsail-convert ${example}`);
}

/** Of what is told. */
export interface Telling {
  /** What was done to files: `decomposed`. */
  readonly done: string;
  readonly flags: RunFlags;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
  /** What files are that are skipped, besides hidden ones and links. Default: of other kinds. */
  readonly others?: string;
  readonly onDone?: (outcome: DoneOutcome) => void;
}

/** Does the work, and says how many files became how many. */
export async function tellRun(
  { done, flags, report, signal, others = "of other kinds", onDone }: Telling,
  work: (options: RunOptions) => Promise<RunSummary>,
): Promise<Ended> {
  const { workers, overwrite, dryRun } = flags;
  let written = 0;
  const onFile = (outcome: FileOutcome) => {
    report.outcome(outcome);
    if (outcome.kind !== "done") return;
    written += outcome.written.length;
    onDone?.(outcome);
  };
  const summary = await work({
    ...{ ...given("workers", workers), overwrite, dryRun, ...given("signal", signal) },
    ...{ onStart: report.start, onFile },
  });
  const { skipped, failed, left } = summary;
  const files = `${dryRun ? `would be ${done}` : done} into ${filesOf(written)}`;
  const stopped = left > 0 ? `, ${left} not begun` : "";
  const nothing = dryRun ? "; nothing written" : "";
  const rest = `${skipped} skipped (${others}, hidden, or links), ${failed} failed`;
  return {
    exitCode: left > 0 ? EXIT_STOPPED : failed > 0 ? EXIT_FAILED : EXIT_OK,
    lines: [`${summary.done} ${files}, ${rest}${stopped}${nothing}`],
  };
}
