/**
 * The command line: options in, exit code out.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { TableOption } from "../action.js";
import { isPseudonymizerError } from "../errors.js";
import { failureOf, formatFailure } from "../failure.js";
import { writeNewKeyFile } from "../node/key-file.js";
import type { LinkedPseudonymizationOptions } from "../node/linked-pseudonymization.js";
import type { OutputNames } from "../node/output-path.js";
import { pseudonymizeFolder } from "../node/pseudonymize-folder.js";
import { formatOption, parseOption, TABLE_OPTIONS } from "../option.js";
import { dsailCommand } from "./dsail.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED, EXIT_USAGE } from "./exit-code.js";
import { reportRun } from "./report.js";
import { readSettings, type SettingsFlags } from "./settings.js";
import { outputTo, type Streams } from "./streams.js";

/** What a command may be told besides its arguments. */
export interface RunOptions {
  /** Once aborted, no further file is begun. */
  readonly signal?: AbortSignal;
  /** What `--version` prints. */
  readonly version?: string;
}

interface PseudonymizeFlags extends SettingsFlags {
  readonly keyFile?: string;
  readonly names: OutputNames;
  readonly dryRun: boolean;
  readonly showValues: boolean;
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
    .description("Pseudonymizes DICOM files by PS3.15 2026c Annex E, with pseudonyms under a key.")
    .version(version)
    .argument("<input>", "file, or folder that is read with all in it")
    .argument("[output]", "folder to write to")
    .addOption(
      new Option("--key-file <file>", "file with the key; see keygen").env("DSAIL_KEY_FILE"),
    )
    .addOption(
      new Option(
        "--option <name>",
        `an option of Annex E; may be given several times: ${TABLE_OPTIONS.map(formatOption).join(", ")}`,
      )
        .argParser((text: string, before: readonly TableOption[]) => [...before, parseOption(text)])
        .default([], "none: the Basic Profile"),
    )
    .addOption(
      new Option("--unlisted <what>", "attributes that no rule names; remove: only the IOD's stay")
        .choices(["keep", "remove"])
        .default("keep"),
    )
    .option("--rules <file>", "rules of your own, as JSON; they come before the standard's")
    .addOption(
      new Option("--names <how>", "how files of the output are named; mirror: as in the input")
        .choices(["pseudonyms", "flat", "mirror"])
        .default("pseudonyms"),
    )
    .option("--dry-run", "print what would be done to each element; write nothing", false)
    .option("--show-values", "with --dry-run: print values too, old and new", false)
    .optionsGroup("Patients:")
    .option("--lookup <file>", "table by which pseudonyms can be undone (CSV); made, or added to")
    .option("--patient-ids <file>", "pseudonyms of your own (CSV: old_patient_id,new_patient_id)")
    .option("--random-patient-ids", "pseudonyms at random, told again by --lookup only", false)
    .option("--patient-prefix <text>", "what pseudonyms of patients begin with")
    .option("--patient-length <n>", "characters after the prefix (default: 16)", parseInteger)
    .option("--patient-alphabet <text>", "their characters (default: Crockford's base 32)")
    .optionsGroup("Dates, with retain-longitudinal-modified-dates:")
    .option("--date-window <days>", "move back by up to so many days (default: 3650)", parseInteger)
    .option("--date-offset <days>", "move all patients' dates by so many days", parseInteger)
    .option("--date-offsets <file>", "days by patient (CSV: old_patient_id,days)")
    .addOption(
      new Option("--truncate-dates <to>", "cut dates down instead").choices(["month", "year"]),
    )
    .optionsGroup("Texts and private elements:")
    .addOption(
      new Option("--descriptor-level <level>", "how strictly texts are cleaned")
        .choices(["strict", "moderate"])
        .default("strict"),
    )
    .option("--safe-words <file>", "words that texts may keep besides the known ones, one a line")
    .option("--identifiers <file>", "names and numbers that no text may keep, one a line")
    .option("--safe-private <file>", "private elements to keep, such as: (0019,xx0C) CREATOR")
    .optionsGroup("Running:")
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
    .configureOutput(outputTo(streams))
    .exitOverride()
    .action(async (input: string, output: string | undefined, flags: PseudonymizeFlags) => {
      // Not a required option to commander, which would ask keygen for it too.
      const { keyFile } = flags;
      if (keyFile === undefined) {
        return program.error(
          "error: --key-file is missing; make one with: dsail-pseudonymize keygen",
        );
      }
      if (flags.dryRun) {
        exitCode = await plan(input, await readSettings(keyFile, flags), flags, streams, signal);
        return;
      }
      if (flags.showValues) return program.error("error: --show-values is for --dry-run");
      if (output === undefined) return program.error("error: the output folder is missing");
      const settings = await readSettings(keyFile, flags);
      const { names, overwrite, skipExisting, sync, workers } = flags;
      const skippedFor = skipExisting
        ? "not DICOM, links, or there already"
        : "not DICOM, or links";
      exitCode = await reportRun(streams, skippedFor, (callbacks) =>
        pseudonymizeFolder(input, output, {
          ...settings,
          ...callbacks,
          names,
          overwrite,
          skipExisting,
          sync,
          ...(workers === undefined ? {} : { workers }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
    });
  // Options that two commands have belong to the one that is named first.
  program.enablePositionalOptions();
  program.addCommand(
    dsailCommand(streams, signal, (code) => {
      exitCode = code;
    }),
  );
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
    if (error instanceof RangeError) {
      streams.error.write(`dsail-pseudonymize: ${error.message}\n`);
      return EXIT_USAGE;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    streams.error.write(`dsail-pseudonymize: ${formatFailure(failureOf(error))}\n`);
    return isPseudonymizerError(error) ? EXIT_USAGE : EXIT_FAILED;
  }
}

async function plan(
  input: string,
  settings: LinkedPseudonymizationOptions,
  { showValues }: PseudonymizeFlags,
  { out, error }: Streams,
  signal: AbortSignal | undefined,
): Promise<number> {
  // It brings the whole dictionary, which no other command needs.
  const { dryRun } = await import("./dry-run.js");
  const { planned, skipped, failed, stopped } = await dryRun(
    input,
    settings,
    { showValues, signal },
    { print: (line) => out.write(`${line}\n`), fail: (line) => error.write(`${line}\n`) },
  );
  out.write(
    `${planned} planned, ${skipped} skipped, ${failed} would be refused; nothing written\n`,
  );
  if (stopped) return EXIT_STOPPED;
  return failed === 0 ? EXIT_OK : EXIT_FAILED;
}

function parseInteger(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number)) {
    throw new InvalidArgumentError("expected an integer");
  }
  return number;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > 64) {
    throw new InvalidArgumentError("expected an integer of 0 to 64");
  }
  return count;
}
