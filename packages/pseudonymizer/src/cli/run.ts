/**
 * The command line: options in, exit code out.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { isPseudonymizerError } from "../errors.js";
import { failureOf, formatFailure } from "../failure.js";
import { readKeyFile, writeNewKeyFile } from "../node/key-file.js";
import { type FolderSummary, pseudonymizeFolder } from "../node/pseudonymize-folder.js";
import { createProgress } from "./progress.js";

/** Nothing failed. */
export const EXIT_OK = 0;
/** A file was refused, or failed. */
export const EXIT_FAILED = 1;
/** The command was not understood, or cannot be done at all. */
export const EXIT_USAGE = 2;
/** Stopped by a signal: 128 and the number of SIGINT, as shells have it. */
export const EXIT_STOPPED = 130;

/** Where the command writes to. */
export interface Streams {
  readonly out: NodeJS.WritableStream;
  readonly error: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** What a command may be told besides its arguments. */
export interface RunOptions {
  /** Once aborted, no further file is begun. */
  readonly signal?: AbortSignal;
  /** What `--version` prints. */
  readonly version?: string;
}

interface PseudonymizeFlags {
  readonly keyFile?: string;
  readonly overwrite: boolean;
  readonly skipExisting: boolean;
  readonly sync: boolean;
  readonly workers?: number;
}

/**
 * Runs a command.
 *
 * @param args - without the names of node and of the bin
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  streams: Streams,
  { signal, version = "unknown" }: RunOptions = {},
): Promise<number> {
  let exitCode = EXIT_OK;
  const program = new Command("dsail-pseudonymize")
    .description("Pseudonymizes DICOM files: PS3.15 2026c Basic Profile, pseudonyms under a key.")
    .version(version)
    .argument("<input>", "file, or folder that is read with all in it")
    .argument("<output>", "folder to write to; it mirrors the input's tree")
    .addOption(
      new Option("--key-file <file>", "file with the key; see keygen").env("DSAIL_KEY_FILE"),
    )
    .option("--overwrite", "replace files that exist in the output", false)
    .option(
      "--skip-existing",
      "skip files that exist in the output: goes on with a stopped run",
      false,
    )
    .option("--sync", "wait for the disk after each file (slow)", false)
    .option(
      "--workers <n>",
      "threads, 0 for none (default: one a core, at most 4; none for few files)",
      parseCount,
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing failed, 1 a file was refused or failed, 2 wrong usage, 130 stopped.",
    )
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.error.write(text),
      // An option that is not understood is shown as it was typed, and a key may be what was typed.
      outputError: (text, write) => write(text.replace(/[0-9a-f]{32,}/gi, "(hidden)")),
    })
    .exitOverride()
    .action(async (input: string, output: string, flags: PseudonymizeFlags) => {
      // Not a required option to commander, which would ask keygen for it too.
      const { keyFile } = flags;
      if (keyFile === undefined) {
        return program.error(
          "error: --key-file is missing; make one with: dsail-pseudonymize keygen",
        );
      }
      exitCode = await pseudonymize(input, output, keyFile, flags, streams, signal);
    });
  program
    .command("keygen")
    .description("Writes a new key: 32 random bytes, readable by you only.")
    .argument("<file>", "the key file; it must not exist")
    .exitOverride()
    .action(async (file: string) => {
      await writeNewKeyFile(file);
      streams.out.write(
        "Key written. Who has it can link pseudonyms: keep it, and keep it apart.\n",
      );
    });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    streams.error.write(`dsail-pseudonymize: ${formatFailure(failureOf(error))}\n`);
    return isPseudonymizerError(error) ? EXIT_USAGE : EXIT_FAILED;
  }
}

async function pseudonymize(
  input: string,
  output: string,
  keyFile: string,
  flags: PseudonymizeFlags,
  { out, error }: Streams,
  signal: AbortSignal | undefined,
): Promise<number> {
  const key = await readKeyFile(keyFile);
  const progress = await createProgress(error);
  const failures: string[] = [];
  let summary: FolderSummary;
  try {
    summary = await pseudonymizeFolder(input, output, {
      key,
      overwrite: flags.overwrite,
      skipExisting: flags.skipExisting,
      sync: flags.sync,
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...(signal === undefined ? {} : { signal }),
      onStart: progress.start,
      onFile: (outcome) => {
        progress.step();
        if (outcome.kind !== "failed") return;
        // Quoted, so that no name can move the cursor or forge a line.
        failures.push(`${JSON.stringify(outcome.path)}: ${formatFailure(outcome.failure)}`);
      },
    });
  } finally {
    progress.stop();
  }
  for (const failure of failures) error.write(`${failure}\n`);
  const { done, skipped, failed, left } = summary;
  const reasons = flags.skipExisting ? "not DICOM, links, or there already" : "not DICOM, or links";
  const stopped = left > 0 ? `, ${left} not begun` : "";
  out.write(`${done} pseudonymized, ${skipped} skipped (${reasons}), ${failed} failed${stopped}\n`);
  if (left > 0) return EXIT_STOPPED;
  return failed === 0 ? EXIT_OK : EXIT_FAILED;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > 64) {
    throw new InvalidArgumentError("expected an integer of 0 to 64");
  }
  return count;
}
