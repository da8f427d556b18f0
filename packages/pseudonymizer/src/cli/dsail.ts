/**
 * The command `dsail`: the command line of D-SAIL's `anonymizer.py`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { Command, Option } from "commander";
import type { DsailActions } from "../dsail/action.js";
import { PseudonymizerError } from "../errors.js";
import { readKeyFile } from "../node/key-file.js";
import { reportRun } from "./report.js";
import { outputTo, type Streams } from "./streams.js";

interface DsailFlags {
  readonly t: readonly string[];
  readonly lookup?: string;
  readonly dictionary?: string;
  readonly keepPrivateTags: boolean;
  readonly renameFiles: boolean;
  readonly keyFile?: string;
  readonly overwrite: boolean;
}

/** Makes the command; `onEnd` takes its exit code. */
export function dsailCommand(
  streams: Streams,
  signal: AbortSignal | undefined,
  onEnd: (exitCode: number) => void,
): Command {
  return (
    new Command("dsail")
      .description(
        "The command line of D-SAIL's anonymizer.py: its table (PS3.15 2013) and your actions, before the standard's rules.",
      )
      .argument("<input>", "file, or folder that is read with all in it")
      .argument("<output>", "folder to write to; of a single file, also the file")
      // Spelt as the original has them.
      .addOption(
        new Option(
          "-t <tag action find replace...>",
          "an action for a tag, such as: -t '(0x0008, 0x1030)' empty; or: -t '(0008,1030)' regexp FIND REPLACE; several times",
        ).default([], "none"),
      )
      .option(
        "--lookup <csv>",
        "table by which pseudonyms can be undone; made, or added to, with its key beside it (.key)",
      )
      .option("--dictionary <json>", "actions by tags, as a JSON object")
      .option(
        "--keepPrivateTags",
        "keep private elements, but for names, dates and UIDs in them",
        false,
      )
      .option("--renameFiles", "name files by new Patient ID, Accession Number and UID", false)
      .optionsGroup("Not of the original:")
      .addOption(
        new Option(
          "--key-file <file>",
          "file with the key (default: that beside the lookup table; or one for this run)",
        ).env("DSAIL_KEY_FILE"),
      )
      .option("--overwrite", "replace files that exist in the output", false)
      .configureOutput(outputTo(streams))
      .exitOverride()
      .action(async (input: string, output: string, flags: DsailFlags) => {
        // The whole table, which no other command needs.
        const { anonymize } = await import("../node/dsail/anonymize.js");
        const { keyFile, keepPrivateTags, renameFiles, overwrite, lookup } = flags;
        const actions = await actionsOf(flags);
        const key = keyFile === undefined ? undefined : await readKeyFile(keyFile);
        const exitCode = await reportRun(streams, "not DICOM, or links", (callbacks) =>
          anonymize(input, output, lookup, actions, !keepPrivateTags, renameFiles, {
            ...callbacks,
            overwrite,
            ...(key === undefined ? {} : { key }),
            ...(signal === undefined ? {} : { signal }),
          }),
        );
        onEnd(exitCode);
      })
  );
}

/** Those of `-t`, and those of the dictionary, which come first, as in the original. */
async function actionsOf({ t, dictionary }: DsailFlags): Promise<DsailActions> {
  const { merged, parseActionArguments, parseActions } = await import("../dsail/parse-actions.js");
  const given = parseActionArguments(t);
  if (dictionary === undefined) return given;
  return merged([given, parseActions(await readDictionary(dictionary))]);
}

async function readDictionary(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PseudonymizerError(
      "BAD_INPUT",
      `the file of --dictionary cannot be read (${code ?? "unknown"})`,
    );
  }
}
