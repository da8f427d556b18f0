/**
 * `transcode`: DICOM files in another transfer syntax.
 *
 * @module
 */
import type { Command } from "commander";
import {
  assertRatio,
  given,
  INPUT,
  OUTPUT,
  type Perform,
  parseCount,
  parseNumber,
} from "./command-action.js";
import { type RunFlags, tellRun, withRunOptions } from "./folder-run.js";
import { parseTransferSyntax, TRANSFER_SYNTAX_NAMES } from "./transfer-syntax-name.js";

interface TranscodeFlags extends RunFlags {
  readonly to: string;
  readonly ratio?: number;
  readonly maxError?: number;
}

export function addTranscode(program: Command, perform: Perform): void {
  const command = program
    .command("transcode")
    .summary("DICOM to another transfer syntax")
    .description("Puts each DICOM file into another transfer syntax; without loss, unless asked.")
    .argument("<input>", INPUT)
    .argument("<output>", OUTPUT)
    .requiredOption("--to <syntax>", `${TRANSFER_SYNTAX_NAMES.join(", ")}, or the UID of one`)
    .option(
      "--ratio <n>",
      "jpeg-2000-lossy: how many times smaller (default: no loss)",
      parseNumber,
    )
    .option(
      "--max-error <n>",
      "jpeg-ls-near: how far a sample may be off (default: 0)",
      parseCount,
    );
  withRunOptions(command, "transcode scans small --to jpeg-2000").action(
    (input: string, output: string, flags: TranscodeFlags) =>
      perform(async (report, signal) => {
        const { to, ratio, maxError } = flags;
        const transferSyntaxUid = parseTransferSyntax(to);
        assertRatio(ratio);
        if (ratio !== undefined && transferSyntaxUid !== parseTransferSyntax("jpeg-2000-lossy")) {
          throw new RangeError("--ratio: expected with --to jpeg-2000-lossy only");
        }
        if (maxError !== undefined && transferSyntaxUid !== parseTransferSyntax("jpeg-ls-near")) {
          throw new RangeError("--max-error: expected with --to jpeg-ls-near only");
        }
        if (maxError !== undefined && maxError > 255) {
          throw new RangeError("--max-error: expected an integer of 0 to 255");
        }
        const own = { ...given("compressionRatio", ratio), ...given("maxError", maxError) };
        const { transcodeFolder } = await import("../node/convert-folder.js");
        return tellRun({ done: "transcoded", flags, report, signal }, (run) =>
          transcodeFolder(input, output, { transferSyntaxUid, ...own, ...run }),
        );
      }),
  );
}
