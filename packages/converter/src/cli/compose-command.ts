/**
 * `compose`: DICOM files of images and metadata.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { PatientIdSource } from "../compose/patient-id.js";
import type { ComposeFolderOptions } from "../node/folder-job.js";
import { given, INPUT, OUTPUT, type Perform } from "./command-action.js";
import { type RunFlags, tellRun, withRunOptions } from "./folder-run.js";
import { readKeyFile } from "./key-file.js";

interface ComposeFlags extends RunFlags {
  readonly metadata?: string;
  readonly images?: "stored" | "rendered";
  readonly patientId: PatientIdSource["kind"];
  readonly keyFile?: string;
  readonly allowResized: boolean;
}

export function addCompose(program: Command, perform: Perform): void {
  const command = program
    .command("compose")
    .summary("images and JSON to DICOM")
    .description("Makes a DICOM file x.dcm of each x.json and its images: what decompose undid.")
    .argument("<input>", INPUT)
    .argument("<output>", OUTPUT)
    .option(
      "--metadata <file>",
      "DICOM or JSON file that all images get their metadata from (default: x.json for x.png)",
    )
    .addOption(
      new Option(
        "--images <what>",
        "stored: of mode full; rendered: another instance (default: stored where they can be)",
      ).choices(["stored", "rendered"]),
    )
    .addOption(
      new Option("--patient-id <how>", "keyed: pseudonyms under the key")
        .choices(["keep", "random", "keyed"])
        .default("keep"),
    )
    .addOption(
      new Option("--key-file <file>", "for keyed: as dsail-pseudonymize keygen writes it").env(
        "DSAIL_KEY_FILE",
      ),
    )
    .option("--allow-resized", "rendered images may have another size than the metadata", false);
  withRunOptions(command, "compose images scans --metadata reference.dcm").action(
    (input: string, output: string, flags: ComposeFlags) =>
      perform(async (report, signal) => {
        const { metadata, images, allowResized } = flags;
        if (allowResized && images === "stored") {
          throw new RangeError("--allow-resized: expected with rendered images only");
        }
        const isKeyGiven = command.getOptionValueSource("keyFile") === "cli";
        const own: ComposeFolderOptions = {
          ...{ ...given("metadata", metadata), ...given("images", images), allowResized },
          patientId: await patientIdSource(flags, isKeyGiven),
        };
        const { composeFolder } = await import("../node/convert-folder.js");
        // Those images are read with the JSON files, not on their own.
        const others = metadata === undefined ? "images, or of other kinds" : "of other kinds";
        return tellRun({ done: "composed", flags, report, signal, others }, (run) =>
          composeFolder(input, output, { ...own, ...run }),
        );
      }),
  );
}

/** The environment may name a key file for other commands; on the command line it would be believed to have an effect. */
async function patientIdSource(
  { patientId, keyFile }: ComposeFlags,
  isKeyGiven: boolean,
): Promise<PatientIdSource> {
  if (patientId !== "keyed") {
    if (isKeyGiven) throw new RangeError("--key-file: expected with --patient-id keyed only");
    return { kind: patientId };
  }
  if (keyFile === undefined) throw new RangeError("--key-file: expected with --patient-id keyed");
  return { kind: "keyed", key: await readKeyFile(keyFile) };
}
