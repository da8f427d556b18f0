/**
 * The command line: options in, exit code out.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { TableOption } from "../action.js";
import type { PlanFindingCode } from "../decision.js";
import { isPseudonymizerError } from "../errors.js";
import { failureOf, formatFailure } from "../failure.js";
import { writeNewKeyFile } from "../node/key-file.js";
import type { LinkedPseudonymizationOptions } from "../node/linked-pseudonymization.js";
import type { OutputNames } from "../node/output-path.js";
import { type FolderSummary, pseudonymizeFolder } from "../node/pseudonymize-folder.js";
import { formatOption, parseOption, TABLE_OPTIONS } from "../option.js";
import { quoted } from "../printable.js";
import { createProgress } from "./progress.js";
import { readSettings, type SettingsFlags } from "./settings.js";

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
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.error.write(text),
      // An option that is not understood is shown as it was typed, and a key may be what was typed.
      outputError: (text, write) => write(text.replace(/[0-9a-f]{32,}/gi, "(hidden)")),
    })
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
      exitCode = await pseudonymize(input, output, settings, flags, streams, signal);
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

async function pseudonymize(
  input: string,
  output: string,
  settings: LinkedPseudonymizationOptions,
  flags: PseudonymizeFlags,
  { out, error }: Streams,
  signal: AbortSignal | undefined,
): Promise<number> {
  const progress = await createProgress(error);
  const failures: string[] = [];
  const filesWith = new Map<PlanFindingCode, number>();
  let summary: FolderSummary;
  try {
    summary = await pseudonymizeFolder(input, output, {
      ...settings,
      names: flags.names,
      overwrite: flags.overwrite,
      skipExisting: flags.skipExisting,
      sync: flags.sync,
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...(signal === undefined ? {} : { signal }),
      onStart: progress.start,
      onFile: (outcome) => {
        progress.step();
        if (outcome.kind === "done") {
          const codes = new Set(outcome.findings.map(({ code }) => code));
          for (const code of codes) filesWith.set(code, (filesWith.get(code) ?? 0) + 1);
        }
        if (outcome.kind !== "failed") return;
        // Quoted, so that no name can move the cursor or forge a line.
        failures.push(`${quoted(outcome.path)}: ${formatFailure(outcome.failure)}`);
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
  for (const [code, files] of [...filesWith].sort()) {
    out.write(`note: ${FINDINGS[code]} (${files} ${files === 1 ? "file" : "files"})\n`);
  }
  if (left > 0) return EXIT_STOPPED;
  return failed === 0 ? EXIT_OK : EXIT_FAILED;
}

/** What a finding means to who runs the command. */
const FINDINGS: { readonly [code in PlanFindingCode]: string } = {
  UNKNOWN_ATTRIBUTE_KEPT:
    "attributes that no dictionary knows were kept; --unlisted remove drops them",
  UNKNOWN_SOP_CLASS:
    "the SOP class is unknown: attributes were treated as if all of them were required",
  BAD_DATE_REMOVED: "values that are no dates could not be moved, and went",
};

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
