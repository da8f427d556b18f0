/**
 * The command line: options in, exit code out.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import { isConverterError } from "../errors.js";
import type { Perform } from "./command-action.js";
import { addCompose } from "./compose-command.js";
import { addCompress } from "./compress-command.js";
import { addDatasetCommands } from "./dataset-commands.js";
import { addDecompose, addRender } from "./decompose-command.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";
import { failureOf, formatFailure } from "./failure.js";
import { addLabelCommands } from "./label-commands.js";
import { printable } from "./printable.js";
import { createReport, type Ended, type Report, type Streams } from "./report.js";
import { addTranscode } from "./transcode-command.js";

/** What a command may be told besides its arguments. */
export interface CommandOptions {
  /** Once aborted, no further file is begun. */
  readonly signal?: AbortSignal;
  /** What `--version` prints. */
  readonly version?: string;
}

const NAME = "dsail-convert";

/**
 * Runs a command.
 *
 * @param args - without the names of node and of the bin
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  streams: Streams,
  { signal, version = "unknown" }: CommandOptions = {},
): Promise<number> {
  const { out, error: err } = streams;
  let exitCode = EXIT_OK;
  const perform: Perform = async (work) => {
    const report = await createReport(streams);
    let ended: Ended;
    try {
      ended = await work(report, signal);
      report.close();
    } catch (error) {
      report.close();
      ended = endedBy(error, report, signal);
      if (ended.exitCode !== EXIT_STOPPED) err.write(`${NAME}: ${messageOf(error)}\n`);
    }
    for (const line of ended.lines) out.write(`${line}\n`);
    exitCode = ended.exitCode;
  };
  const program = new Command(NAME)
    .description("Turns DICOM into training data, and back.")
    .version(version)
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      // What is not understood is shown as it was typed: a key may be, or a name of a file that has controls in it.
      outputError: (text, write) => write(shown(text)),
    })
    .exitOverride()
    .addHelpText(
      "after",
      "\nNothing is overwritten unless asked for. A file is there as a whole or not at all.\nExit codes: 0 nothing failed, 1 a file was refused or failed, 2 wrong usage, 130 stopped.",
    );
  const addCommands = [
    ...[addDecompose, addRender, addCompose, addCompress, addTranscode],
    ...[addLabelCommands, addDatasetCommands],
  ];
  for (const add of addCommands) add(program, perform);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  }
}

function endedBy(error: unknown, report: Report, signal: AbortSignal | undefined): Ended {
  if (signal?.aborted === true && error === signal.reason) {
    return { exitCode: EXIT_STOPPED, lines: [`stopped after ${report.count()}`] };
  }
  const isUsage = isConverterError(error) || error instanceof RangeError;
  return { exitCode: isUsage && !report.hasBegun() ? EXIT_USAGE : EXIT_FAILED, lines: [] };
}

/** Of a `RangeError` it is the text only: it says which option is meant. */
function messageOf(error: unknown): string {
  return error instanceof RangeError ? error.message : formatFailure(failureOf(error));
}

function shown(text: string): string {
  return text
    .replace(/[0-9a-f]{32,}/gi, "(hidden)")
    .split("\n")
    .map(printable)
    .join("\n");
}
