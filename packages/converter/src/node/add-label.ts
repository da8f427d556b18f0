/**
 * Writes a label into DICOM files: one element is set, all else stays byte for byte.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, type Stats } from "node:fs";
import { chmod, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DicomError, type DicomFile, isDicomError, type SegmentedBytes } from "@dsail/dicom-core";
import { DEFAULT_BUFFER_BYTES, readDicomFile, rewriteDicomFile } from "@dsail/dicom-core/node";
import { type LabelOptions, labelEdit, labelFile } from "../label/label-file.js";
import { codeOf, withoutPath } from "./file-system-error.js";
import { listInput, resolveOutput } from "./list-input.js";

/** What became of one file. */
export type LabelledFile =
  /** `path` is relative to the folder, with `/`; of a single file it is the name. */
  | { readonly path: string; readonly ok: true }
  | { readonly path: string; readonly ok: false; readonly error: unknown };

export interface AddLabelOptions extends LabelOptions {
  /** The folder to write to, where files have the paths that they have in the input. This, or `inPlace`. */
  readonly output?: string;
  /** Put the files with a label in the place of those without, each as a whole. Default false. */
  readonly inPlace?: boolean;
  /** Replace files of the output. Default false. */
  readonly overwrite?: boolean;
  /** Check and decide all, and write nothing: the result is as if. Default false. */
  readonly dryRun?: boolean;
  /** Stops between two files. */
  readonly signal?: AbortSignal;
  /** After each file; not of those that are skipped. */
  readonly onFile?: (file: LabelledFile) => void;
  /** After each file, also of those in a folder that turn out not to be meant. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How many files there were. */
export interface AddedLabels {
  readonly done: number;
  /** What is in a folder and no DICOM file: of other kinds, hidden, links; DICOMDIRs too, which cannot be edited. */
  readonly skipped: number;
  /** Of which `onFile` was told why. They are as they were, and not in the output. */
  readonly failed: number;
}

/** Codes of errors that say: this is none of the files that are meant. */
const NOT_MEANT: ReadonlySet<string> = new Set(["NOT_DICOM", "UNSUPPORTED_DICOMDIR"]);

/**
 * Gives a DICOM file, or each one in a folder and the folders in it, a label. A file that cannot be read or written does not end
 * the run.
 *
 * @param path - of a file or folder
 * @throws {@link ConverterError} `BAD_TAG`, `BAD_LABEL`, `FOLDERS_OVERLAP`, `BAD_INPUT`, all before anything is written
 * @throws {@link TypeError} unless there is either `output` or `inPlace`; the signal's reason
 */
export async function addLabel(
  path: string,
  label: string,
  options: AddLabelOptions,
): Promise<AddedLabels> {
  const { output, inPlace = false, overwrite = false, dryRun = false } = options;
  const { signal, onFile, onProgress } = options;
  if (inPlace === (output !== undefined)) {
    throw new TypeError("output: expected a folder, or inPlace");
  }
  labelEdit(label, options); // what is wrong with all files is not to be told of each
  const { folder, paths, isFolder, skipped: notListed } = await listInput(path);
  const target = output === undefined ? undefined : await resolveOutput(folder, output, isFolder);
  const rewrite = (file: DicomFile) => labelFile(file, label, options);
  const buffer = new Uint8Array(DEFAULT_BUFFER_BYTES);
  const labelOne = async (file: string) => {
    const source = join(folder, file);
    if (dryRun) {
      rewrite(await readDicomFile(source));
      if (target !== undefined) await assertMayWrite(source, join(target, file), overwrite);
      return;
    }
    if (target === undefined) return rewriteInPlace(source, rewrite, buffer);
    const to = join(target, file);
    // Named last, so that folders are made only for files that are written.
    const named = () => {
      mkdirSync(dirname(to), { recursive: true });
      return to;
    };
    await rewriteDicomFile(source, named, rewrite, { overwrite, buffer });
  };
  let [done, skipped, failed] = [0, notListed, 0];
  for (const [i, file] of paths.entries()) {
    signal?.throwIfAborted();
    const outcome = await outcomeOf(file, () => labelOne(file));
    if (!outcome.ok && isFolder && isNotMeant(outcome.error)) skipped += 1;
    else {
      if (outcome.ok) done += 1;
      else failed += 1;
      onFile?.(outcome);
    }
    onProgress?.(i + 1, paths.length);
  }
  return { done, skipped, failed };
}

async function outcomeOf(path: string, work: () => Promise<void>): Promise<LabelledFile> {
  try {
    await work();
    return { path, ok: true };
  } catch (error) {
    return { path, ok: false, error: withoutPath("a file cannot be labelled", error) };
  }
}

function isNotMeant(error: unknown): boolean {
  return isDicomError(error) && NOT_MEANT.has(error.code);
}

/** As `rewriteDicomFile` would find when it comes to name the target. */
async function assertMayWrite(source: string, target: string, overwrite: boolean): Promise<void> {
  const [from, there] = [await stat(source), await statIfThere(target)];
  if (there === undefined) return;
  if (from.dev === there.dev && from.ino === there.ino) {
    throw new DicomError("TARGET_IS_SOURCE", "source and target are one file");
  }
  if (overwrite) return;
  throw new DicomError("TARGET_EXISTS", "the target exists; replacing it has to be asked for");
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** There is the old file or the new one, never less: the new one is on the disk before it gets the name. */
async function rewriteInPlace(
  path: string,
  rewrite: (file: DicomFile) => SegmentedBytes,
  buffer: Uint8Array,
): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  await rewriteDicomFile(path, temporary, rewrite, { buffer, sync: true });
  try {
    await chmod(temporary, (await stat(path)).mode & 0o7777);
    await rename(temporary, path);
  } catch (error) {
    // The first error is the one to tell.
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}
