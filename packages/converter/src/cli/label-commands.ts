/**
 * `label`, `read-label` and `classify`: labels in DICOM files, and folders of them.
 *
 * @module
 */

import { isVR, type TagNumber } from "@dsail/dicom-core";
import type { Command } from "commander";
import { isConverterError } from "../errors.js";
import { given, INPUT, type Perform } from "./command-action.js";
import { EXIT_FAILED, EXIT_OK } from "./exit-code.js";
import { failureOf } from "./failure.js";
import { printable, quoted } from "./printable.js";
import { filesOf } from "./report.js";

const TAG = "such as (0014,2016) or IndicationLabel";
const DEFAULT_TAG = "(0014,2016)";

export function addLabelCommands(program: Command, perform: Perform): void {
  addLabelCommand(program, perform);
  addReadLabel(program, perform);
  addClassify(program, perform);
}

interface LabelFlags {
  readonly tag: string;
  readonly vr?: string;
  readonly output?: string;
  readonly inPlace: boolean;
  readonly overwrite: boolean;
  readonly dryRun: boolean;
}

function addLabelCommand(program: Command, perform: Perform): void {
  program
    .command("label")
    .summary("a label into DICOM files")
    .description("Sets one element of DICOM files; all else stays byte for byte.")
    .argument("<path>", INPUT)
    .argument("<label>", "one that begins with - comes last, after --")
    .option("--tag <tag>", TAG, DEFAULT_TAG)
    .option("--vr <vr>", "its VR (default: the dictionary's)")
    .option("--output <folder>", "folder to write to; this, or --in-place")
    .option("--in-place", "replace the files, each as a whole", false)
    .option("--overwrite", "replace files that exist in the output", false)
    .option("--dry-run", "do all but writing", false)
    .addHelpText("after", "\nExample: dsail-convert label scans ill --output labelled")
    .action((path: string, label: string, flags: LabelFlags) =>
      perform(async (report, signal) => {
        const { vr, output, inPlace, overwrite, dryRun } = flags;
        if (inPlace === (output !== undefined)) {
          throw new RangeError("--output: expected a folder, or --in-place, not both");
        }
        if (inPlace && overwrite) throw new RangeError("--overwrite: expected with --output only");
        if (vr !== undefined && !isVR(vr)) throw new RangeError("--vr: expected a VR, such as LO");
        const { addLabel } = await import("../node/add-label.js");
        const { done, skipped, failed } = await addLabel(path, label, {
          ...{ tag: await parseTag(flags.tag), inPlace, overwrite, dryRun },
          ...{ ...given("vr", vr), ...given("output", output), ...given("signal", signal) },
          onProgress: report.advance,
          onFile: (file) => {
            if (!file.ok) report.problem(file.path, failureOf(file.error));
          },
        });
        const would = dryRun ? "would be " : "";
        const counts = `${done} ${would}labelled, ${skipped} skipped (not DICOM, hidden, or links), ${failed} failed`;
        return {
          exitCode: failed > 0 ? EXIT_FAILED : EXIT_OK,
          lines: [`${counts}${dryRun ? "; nothing written" : ""}`],
        };
      }),
    );
}

function addReadLabel(program: Command, perform: Perform): void {
  program
    .command("read-label")
    .summary("the label of a file")
    .description("Prints the label of a DICOM file, of a JSON file, or of an image with x.json.")
    .argument("<path>", "file")
    .option("--tag <tag>", TAG, DEFAULT_TAG)
    .addHelpText("after", "\nExample: dsail-convert read-label scan.dcm")
    .action((path: string, { tag }: { readonly tag: string }) =>
      perform(async () => {
        const { readLabelOfFile } = await import("../node/read-label-of-file.js");
        const label = await readLabelOfFile(path, await parseTag(tag));
        // Without a line, so that a script takes no message for a label.
        if (label === undefined) return { exitCode: EXIT_FAILED, lines: [] };
        return { exitCode: EXIT_OK, lines: [printable(label)] };
      }),
    );
}

interface ClassifyFlags {
  readonly tag: string;
  readonly metadata?: string;
  readonly move: boolean;
  readonly skipUnlabelled: boolean;
  readonly showLabels: boolean;
  readonly dryRun: boolean;
}

function addClassify(program: Command, perform: Perform): void {
  program
    .command("classify")
    .summary("files into folders by label")
    .description(
      "Sorts images and DICOM files into <output>/IMAGES/PNG-<label> and the like, their JSON files into METADATA.",
    )
    .argument("<input>", "folder that is read with all in it")
    .argument("<output>", "folder to write to")
    .option("--tag <tag>", TAG, DEFAULT_TAG)
    .option("--metadata <folder>", "where images' JSON files are (default: beside them)")
    .option("--move", "move files instead of copying them", false)
    .option("--skip-unlabelled", "leave files without a label, instead of refusing all", false)
    .option("--show-labels", "print how many files have which label", false)
    .option("--dry-run", "do all but writing", false)
    .addHelpText("after", "\nExample: dsail-convert classify images sorted --metadata json")
    .action((input: string, output: string, flags: ClassifyFlags) =>
      perform(async (report, signal) => {
        const { metadata, move, skipUnlabelled, showLabels, dryRun } = flags;
        const { classifyByLabel } = await import("../node/classify-by-label.js");
        const { counts, unlabelled, skipped } = await classifyByLabel(input, output, {
          ...{ tag: await parseTag(flags.tag), skipUnlabelled, dryRun },
          ...{ mode: move ? "move" : "copy", onProgress: report.advance },
          ...{ ...given("metadata", metadata), ...given("signal", signal) },
          onProblem: (path, error) => {
            if (!(skipUnlabelled && isUnlabelled(error))) report.problem(path, failureOf(error));
          },
        });
        const files = counts.reduce((total, { count }) => total + count, 0);
        const would = dryRun ? "would be " : "";
        const labels = counts.length === 1 ? "1 label" : `${counts.length} labels`;
        return {
          exitCode: EXIT_OK,
          lines: [
            ...counts
              .filter(() => showLabels)
              .map(({ label, count }) => `${quoted(label)}: ${filesOf(count)}`),
            `${filesOf(files)} of ${labels} ${would}${move ? "moved" : "copied"}, ${unlabelled} without a label, ${skipped} skipped (of other kinds, hidden, or links)${dryRun ? "; nothing written" : ""}`,
          ],
        };
      }),
    );
}

function isUnlabelled(error: unknown): boolean {
  return isConverterError(error) && error.code === "LABEL_MISSING";
}

/** The dictionary is loaded for it only. */
async function parseTag(text: string): Promise<TagNumber> {
  const { parseTagOrKeyword } = await import("../label/parse-tag-or-keyword.js");
  return parseTagOrKeyword(text);
}
