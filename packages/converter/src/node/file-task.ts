/**
 * What a job does to one file.
 *
 * @module
 */
import { isDicomError } from "@dsail/dicom-core";
import { createCodecWorker, hasCodecWorker } from "@dsail/dicom-core/node";
import { type FrameCodecs, LOCAL_CODECS } from "@dsail/dicom-core/pixel-data";
import { isConverterError } from "../errors.js";
import { composeFile } from "./compose-file.js";
import { compressFile } from "./compress-file.js";
import { decomposeFile } from "./decompose-file.js";
import { codeOf } from "./file-system-error.js";
import type { FileOutcome, FolderJob, WorkDone } from "./folder-job.js";
import { createFindImages, type FindImages } from "./image-names.js";
import { createOutputFiles, type OutputFiles } from "./output-files.js";
import { transcodeFile } from "./transcode-file.js";

/** Does a job's work on one file after the other. */
export interface FileTask {
  readonly run: (path: string) => Promise<FileOutcome>;
  readonly close: () => Promise<void>;
}

/** Codecs run in a thread of their own: a hostile frame fails its file, and no other. */
export function createFileTask(job: FolderJob): FileTask {
  const worker = hasCodecWorker() ? createCodecWorker() : undefined;
  const codecs = worker ?? LOCAL_CODECS;
  const findImages = createFindImages();
  const taken = new Set<string>();
  return {
    run: async (path) => {
      const files = createOutputFiles(job, path, taken);
      try {
        const outcome = await work(job, path, files, { codecs, findImages });
        if (outcome !== "skipped") await files.finish();
        return outcome === "skipped"
          ? { kind: "skipped", path }
          : { kind: "done", path, written: files.written, ...outcome };
      } catch (error) {
        await files.remove();
        return failureOf(path, error);
      }
    },
    close: async () => worker?.close(),
  };
}

function work(
  { work: { kind, options }, input }: FolderJob,
  path: string,
  files: OutputFiles,
  { codecs, findImages }: { readonly codecs: FrameCodecs; readonly findImages: FindImages },
): Promise<WorkDone> {
  switch (kind) {
    case "decompose":
      return decomposeFile(input, path, options, files, codecs);
    case "compose":
      return composeFile(input, path, options, files, findImages);
    case "compress":
      return compressFile(input, path, options, files, codecs);
    case "transcode":
      return transcodeFile(input, path, options, files, codecs);
  }
}

function failureOf(path: string, error: unknown): FileOutcome {
  if (isDicomError(error) && error.code === "NOT_DICOM") return { kind: "skipped", path };
  const failed = { kind: "failed", path } as const;
  if (isDicomError(error)) {
    return { ...failed, code: error.code, message: error.message, at: error.at };
  }
  if (isConverterError(error)) return { ...failed, code: error.code, message: error.message };
  // Other messages may have paths, or pieces of the file.
  const known: unknown = codeOf(error);
  const code = typeof known === "string" ? known : "UNEXPECTED";
  const why = error instanceof RangeError ? error.message : "the file could not be converted";
  return { ...failed, code, message: why };
}
