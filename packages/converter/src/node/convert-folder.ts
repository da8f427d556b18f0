/**
 * Work on all files of a folder, in worker threads.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { assertPatientIdSource } from "../compose/patient-id.js";
import { assertRatio } from "../compress/compress-image.js";
import { createFileTask } from "./file-task.js";
import type {
  ComposeFolderOptions,
  CompressOptions,
  DecomposeOptions,
  FileOutcome,
  FolderJob,
  RunOptions,
  RunSummary,
  TranscodeFolderOptions,
  Work,
} from "./folder-job.js";
import { listInput, resolveOutput } from "./list-input.js";
import { pathsByName } from "./shared-names.js";
import { hasWorkers, runInWorkers } from "./worker-pool.js";

const MAX_DEFAULT_WORKERS = 8;

/**
 * Makes of each DICOM file `x.dcm` its images, `x.png` or `x.0001.png`, `x.0002.png`, …, and its metadata, `x.json`.
 *
 * @param input - a folder, with the folders in it, or a file
 * @param output - a folder, in which files have the paths that they have in the input
 * @throws {@link ConverterError} `FOLDERS_OVERLAP`, `BAD_INPUT`, before anything is written; {@link RangeError} for an option that is none
 */
export async function decomposeFolder(
  input: string,
  output: string,
  options: DecomposeOptions & RunOptions = {},
): Promise<RunSummary> {
  const { format = "png", mode = "voi", frames = "each" } = options;
  if (format === "bmp" && (mode === "full" || frames === "animation")) {
    throw new RangeError("format: expected png, since bmp has neither 16 bits nor animations");
  }
  if (mode === "full" && frames === "montage") {
    throw new RangeError("frames: expected no montage of mode full, since it has 8 bits");
  }
  const { voiIndex = 0, squarePixels = false, json = true, removeImageInJson = true } = options;
  const own = { format, mode, frames, voiIndex, squarePixels, json, removeImageInJson };
  return run({ kind: "decompose", options: own }, input, output, options);
}

/**
 * Makes a DICOM file `x.dcm` of each `x.json` and its images, `x.png`, `x.bmp`, or `x.0001.png`, …; without images, of
 * the pixels in the JSON. With `metadata`, of each image.
 *
 * @throws as {@link decomposeFolder}
 */
export async function composeFolder(
  input: string,
  output: string,
  options: ComposeFolderOptions & RunOptions = {},
): Promise<RunSummary> {
  const { metadata, images, patientId, allowResized } = options;
  if (patientId !== undefined) assertPatientIdSource(patientId);
  const own = {
    ...(metadata === undefined ? {} : { metadata }),
    ...(images === undefined ? {} : { images }),
    ...(patientId === undefined ? {} : { patientId }),
    ...(allowResized === undefined ? {} : { allowResized }),
  };
  return run({ kind: "compose", options: own }, input, output, options);
}

/**
 * Compresses each PNG or BMP by JPEG 2000, and writes what is left of it as PNG.
 *
 * @throws as {@link decomposeFolder}
 */
export async function compressFolder(
  input: string,
  output: string,
  options: CompressOptions & RunOptions = {},
): Promise<RunSummary> {
  const { ratio, keepCodestream = false } = options;
  assertRatio(ratio);
  const own = { keepCodestream, ...(ratio === undefined ? {} : { ratio }) };
  return run({ kind: "compress", options: own }, input, output, options);
}

/**
 * Puts each DICOM file into another transfer syntax.
 *
 * @throws as {@link decomposeFolder}
 */
export async function transcodeFolder(
  input: string,
  output: string,
  options: TranscodeFolderOptions & RunOptions,
): Promise<RunSummary> {
  const { transferSyntaxUid, compressionRatio, maxError } = options;
  const own = {
    transferSyntaxUid,
    ...(compressionRatio === undefined ? {} : { compressionRatio }),
    ...(maxError === undefined ? {} : { maxError }),
  };
  return run({ kind: "transcode", options: own }, input, output, options);
}

async function run(
  work: Work,
  input: string,
  output: string,
  { workers, overwrite = false, dryRun = false, signal, onStart, onFile }: RunOptions,
): Promise<RunSummary> {
  const most = workers ?? Math.min(availableParallelism(), MAX_DEFAULT_WORKERS);
  if (!Number.isInteger(most) || most < 0 || most > 64) {
    throw new RangeError(`workers: expected an integer of 0 to 64, got ${most}`);
  }
  const { folder, paths, isFolder, skipped: notListed } = await listInput(input);
  const target = await resolveOutput(folder, output, isFolder);
  const job: FolderJob = { work, input: folder, output: target, overwrite, dryRun };
  const counts = { done: 0, skipped: notListed, failed: 0 };
  onStart?.(paths.length);
  const take = (outcome: FileOutcome) => {
    counts[outcome.kind]++;
    onFile?.(outcome);
  };
  let begun = 0;
  const queueOf = (some: readonly string[]): Queue => {
    const queue = some[Symbol.iterator]();
    return () => {
      if (signal?.aborted === true) return undefined;
      const { value, done } = queue.next();
      if (done === true) return undefined;
      begun++;
      return value;
    };
  };
  const threads = Math.min(most, paths.length);
  if (threads > 1 && hasWorkers()) {
    // Elsewhere it is the file system that tells that a name is taken.
    const isTold = overwrite || dryRun;
    const { alone, shared } = isTold ? pathsByName(paths, work) : { alone: paths, shared: [] };
    await runInWorkers(job, queueOf(alone), threads, take);
    await runHere(job, queueOf(shared), take);
  } else {
    await runHere(job, queueOf(paths), take);
  }
  return { ...counts, left: paths.length - begun };
}

/** The next path, if there is one. */
type Queue = () => string | undefined;

async function runHere(
  job: FolderJob,
  next: Queue,
  take: (outcome: FileOutcome) => void,
): Promise<void> {
  const task = createFileTask(job);
  try {
    for (let path = next(); path !== undefined; path = next()) take(await task.run(path));
  } finally {
    await task.close();
  }
}
