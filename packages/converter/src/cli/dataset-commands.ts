/**
 * `split`, `sites`, `merge` and `verify`: data sets on disk.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { ManifestCount } from "../manifest.js";
import type { SplitCategoriesOptions, SplitOnDisk } from "../node/split-categories.js";
import { DEFAULT_FRACTIONS, DEFAULT_SEED } from "../split.js";
import { DEFAULT_SITES, type Skew } from "../split-sites.js";
import { given, type Perform, parseCount, parseNumber } from "./command-action.js";
import { EXIT_FAILED, EXIT_OK } from "./exit-code.js";
import { type GroupFlags, readGroupBy } from "./group-by.js";
import { quoted } from "./printable.js";
import { type Ended, filesOf, type Report } from "./report.js";
import { parseFractions, parseNames, parseSites } from "./shares.js";

export function addDatasetCommands(program: Command, perform: Perform): void {
  addSplit(program, perform);
  addSites(program, perform);
  addMerge(program, perform);
  addVerify(program, perform);
}

interface TransferFlags {
  readonly move: boolean;
  readonly dryRun: boolean;
}

interface SplitFlags extends TransferFlags, GroupFlags {
  readonly fractions?: string;
  readonly seed: number;
}

function addSplit(program: Command, perform: Perform): void {
  const command = program
    .command("split")
    .summary("training, validation and test sets")
    .description("Splits <input>/<class>/… into <output>/<split>/<class>/…, patients whole.");
  withSplitOptions(command)
    .addHelpText("after", `\nExample: dsail-convert split classes dataset --group-by ${PATTERN}`)
    .action((input: string, output: string, flags: SplitFlags) =>
      perform(async (report, signal) => {
        const options = await splitOptions(flags, report, signal);
        const { splitCategories } = await import("../node/split-categories.js");
        return tellSplit(await splitCategories(input, output, options), flags);
      }),
    );
}

interface SitesFlags extends SplitFlags {
  readonly sites?: string;
  readonly names?: string;
  readonly skew?: Skew["kind"];
  readonly alpha?: number;
}

function addSites(program: Command, perform: Perform): void {
  const command = program
    .command("sites")
    .summary("a data set shared out among hospitals")
    .description(
      "Divides <input>/<class>/… into <output>/<site>/<split>/<class>/…, patients whole.",
    );
  withSplitOptions(command)
    .option(
      "--sites <n or shares>",
      `how many that share equally, or the share of each (default: ${DEFAULT_SITES.join(",")})`,
    )
    .option("--names <names>", "of the sites (default: site-1,site-2,…)")
    .addOption(
      new Option(
        "--skew <what>",
        "sites differ in their classes, or in how much they have (default: in nothing)",
      ).choices(["label", "quantity"]),
    )
    .option("--alpha <x>", "with --skew: 100 is all but equal, 0.1 very unequal", parseNumber)
    .addHelpText("after", `\nExample: dsail-convert sites classes sites --group-by ${PATTERN}`)
    .action((input: string, output: string, flags: SitesFlags) =>
      perform(async (report, signal) => {
        const { sites, names } = flags;
        const options = {
          ...(await splitOptions(flags, report, signal)),
          ...(sites === undefined ? {} : { sites: parseSites(sites) }),
          ...(names === undefined ? {} : { siteNames: parseNames(names) }),
          ...given("skew", skewOf(flags)),
        };
        const { splitSitesOnDisk } = await import("../node/split-categories.js");
        return tellSplit(await splitSitesOnDisk(input, output, options), flags);
      }),
    );
}

function skewOf({ skew, alpha }: SitesFlags): Skew | undefined {
  if ((skew === undefined) !== (alpha === undefined)) {
    throw new RangeError("--skew: expected together with --alpha");
  }
  if (skew === undefined || alpha === undefined) return undefined;
  if (!(alpha > 0)) throw new RangeError("--alpha: expected a number above 0");
  return { kind: skew, alpha };
}

const PATTERN = "'/^([^_]+)_/'";

function withSplitOptions(command: Command): Command {
  const fractions = Object.entries(DEFAULT_FRACTIONS).map(([name, share]) => `${name}=${share}`);
  const withGroups = command
    .argument("<input>", "folder with a folder for each class")
    .argument("<output>", "folder to write to; empty, or not there")
    .requiredOption(
      "--group-by <how>",
      `which files are of one patient: ${PATTERN} by their names; tag:PatientID by that element; table:FILE.csv by a table; file if no patient has two`,
    )
    .option("--metadata <folder>", "for tag: where images' JSON files are (default: beside them)")
    .option("--file-column <name>", 'for table: the column of files (default: "file")')
    .option("--group-column <name>", 'for table: the column of patients (default: "group")')
    .option("--fractions <shares>", `splits and their shares (default: ${fractions.join(",")})`)
    .option("--seed <n>", "which of the possible divisions", parseCount, DEFAULT_SEED);
  return withTransferOptions(withGroups);
}

function withTransferOptions(command: Command): Command {
  return command
    .option("--move", "move files instead of copying them", false)
    .option("--dry-run", "do all but writing", false);
}

async function splitOptions(
  flags: SplitFlags,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<SplitCategoriesOptions> {
  const { fractions, seed, move, dryRun } = flags;
  return {
    groupBy: await readGroupBy(flags),
    ...(fractions === undefined ? {} : { fractions: parseFractions(fractions) }),
    ...{ seed, mode: move ? "move" : "copy", dryRun },
    ...{ onProgress: report.advance, ...given("signal", signal) },
  };
}

function tellSplit({ manifest, skipped }: SplitOnDisk, flags: TransferFlags): Ended {
  return {
    exitCode: EXIT_OK,
    lines: [
      ...manifest.counts.map(formatCount),
      transferred(manifest.entries.length, skipped, flags),
    ],
  };
}

/** `"site-1" "train" "ill": 12 files`. */
function formatCount({ site, split, label, count }: ManifestCount): string {
  const names = [site, split, label].filter((name) => name !== undefined);
  return `${names.map(quoted).join(" ")}: ${filesOf(count)}`;
}

function transferred(files: number, skipped: number, { move, dryRun }: TransferFlags): string {
  const done = `${dryRun ? "would be " : ""}${move ? "moved" : "copied"}`;
  return `${filesOf(files)} ${done}, ${skipped} skipped (hidden, or links)${dryRun ? "; nothing written" : ""}`;
}

function addMerge(program: Command, perform: Perform): void {
  const command = program
    .command("merge")
    .summary("undo split, or sites")
    .description("Puts <input>/<split>/<class>/… together again, as <output>/<class>/….")
    .argument("<input>", "folder that split or sites wrote")
    .argument("<output>", "folder to write to; it may have other files")
    .addOption(
      new Option("--levels <n>", "folders above the class: 1 after split, 2 after sites")
        .choices(["1", "2"])
        .default("1"),
    );
  withTransferOptions(command)
    .addHelpText("after", "\nExample: dsail-convert merge dataset classes --move")
    .action(
      (input: string, output: string, flags: TransferFlags & { readonly levels: "1" | "2" }) =>
        perform(async (report, signal) => {
          const { levels, move, dryRun } = flags;
          const { mergeCategories } = await import("../node/split-categories.js");
          const { files, skipped } = await mergeCategories(input, output, {
            ...{ levels: levels === "1" ? 1 : 2, mode: move ? "move" : "copy", dryRun },
            ...{ onProgress: report.advance, ...given("signal", signal) },
          });
          return { exitCode: EXIT_OK, lines: [transferred(files, skipped, flags)] };
        }),
    );
}

function addVerify(program: Command, perform: Perform): void {
  program
    .command("verify")
    .summary("whether a data set is what its manifest says")
    .description("Compares each file with the digest that manifest.json has of it.")
    .argument("<folder>", "folder with a manifest.json")
    .addHelpText("after", "\nExample: dsail-convert verify dataset")
    .action((folder: string) =>
      perform(async (report, signal) => {
        const { verifyManifest } = await import("../node/verify-manifest.js");
        const { ok, files, missing, changed, extra, unverified } = await verifyManifest(folder, {
          ...{ onProgress: report.advance, onProblem: report.problem, ...given("signal", signal) },
        });
        const counts = `${missing} missing, ${changed} changed, ${extra} extra, ${unverified} without a digest`;
        return {
          exitCode: ok ? EXIT_OK : EXIT_FAILED,
          lines: [`${filesOf(files)} in the manifest: ${ok ? "all as they should be" : counts}`],
        };
      }),
    );
}
