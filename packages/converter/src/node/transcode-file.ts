/**
 * A DICOM file on disk put into another transfer syntax.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDicomdir, readFile as readDicom } from "@dsail/dicom-core";
import { type FrameCodecs, transcode } from "@dsail/dicom-core/pixel-data";
import type { TranscodeFolderOptions, WorkDone } from "./folder-job.js";
import type { OutputFiles } from "./output-files.js";

export async function transcodeFile(
  input: string,
  path: string,
  { transferSyntaxUid, ...options }: TranscodeFolderOptions,
  files: OutputFiles,
  codecs: FrameCodecs,
): Promise<WorkDone> {
  const file = readDicom(new Uint8Array(await readFile(join(input, path))));
  if (isDicomdir(file)) return "skipped";
  const bytes = await transcode(file, transferSyntaxUid, { ...options, codecs });
  await files.write(path, () => bytes);
  return {};
}
