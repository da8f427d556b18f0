/**
 * `decompose` and `render`: images of DICOM files.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { DecomposeOptions } from "../node/folder-job.js";
import { INPUT, OUTPUT, type Perform, parseCount } from "./command-action.js";
import { type RunFlags, tellRun, withRunOptions } from "./folder-run.js";

interface ImageFlags extends RunFlags {
  readonly format: "png" | "bmp";
  readonly mode: "voi" | "dsail" | "full";
  readonly frames: "each" | "first" | "montage" | "animation";
  readonly voiIndex: number;
  readonly squarePixels: boolean;
}

export function addDecompose(program: Command, perform: Perform): void {
  const command = withImageOptions(
    program
      .command("decompose")
      .description("Makes of each DICOM file x.dcm its images, x.png, and its metadata, x.json.")
      .summary("DICOM to images and JSON"),
  )
    .option("--no-json", "images only")
    .option("--keep-image-in-json", "pixels in the JSON too, a third larger than they are", false);
  withRunOptions(command, "decompose scans images --mode full").action(
    (
      input: string,
      output: string,
      flags: ImageFlags & { readonly json: boolean; readonly keepImageInJson: boolean },
    ) =>
      perform(async (report, signal) => {
        const { json, keepImageInJson } = flags;
        if (keepImageInJson && !json) {
          throw new RangeError("--keep-image-in-json: expected without --no-json");
        }
        const options = { json, removeImageInJson: !keepImageInJson };
        const own = { ...options, ...imageOptions(flags) };
        const { decomposeFolder } = await import("../node/convert-folder.js");
        return tellRun({ done: "decomposed", flags, report, signal }, (run) =>
          decomposeFolder(input, output, { ...own, ...run }),
        );
      }),
  );
}

export function addRender(program: Command, perform: Perform): void {
  const command = withImageOptions(
    program
      .command("render")
      .description("Makes of each DICOM file x.dcm its images, x.png.")
      .summary("DICOM to images"),
  );
  withRunOptions(command, "render scans images --frames montage").action(
    (input: string, output: string, flags: ImageFlags) =>
      perform(async (report, signal) => {
        const own = { json: false, ...imageOptions(flags) };
        const { decomposeFolder } = await import("../node/convert-folder.js");
        return tellRun({ done: "rendered", flags, report, signal }, (run) =>
          decomposeFolder(input, output, { ...own, ...run }),
        );
      }),
  );
}

function withImageOptions(command: Command): Command {
  return command
    .argument("<input>", INPUT)
    .argument("<output>", OUTPUT)
    .addOption(
      new Option("--format <format>", "of the images").choices(["png", "bmp"]).default("png"),
    )
    .addOption(
      new Option(
        "--mode <mode>",
        "voi: as a viewer shows it; dsail: as D-SAIL, lowest value to highest; full: every stored bit",
      )
        .choices(["voi", "dsail", "full"])
        .default("voi"),
    )
    .addOption(
      new Option("--frames <which>", "of an image of several frames")
        .choices(["each", "first", "montage", "animation"])
        .default("each"),
    )
    .option("--voi-index <n>", "which of several windows, from 0", parseCount, 0)
    .option("--square-pixels", "enlarge images of pixels that are not square", false);
}

/** Without those that are not about images. */
function imageOptions(flags: ImageFlags): DecomposeOptions {
  const { format, mode, frames, voiIndex, squarePixels } = flags;
  return { format, mode, frames, voiIndex, squarePixels };
}
