/**
 * Writes a label into DICOM files: one element is set, all else stays byte for byte.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { chmod, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type DicomFile, isDicomError, type SegmentedBytes } from "@dsail/dicom-core";
import { DEFAULT_BUFFER_BYTES, rewriteDicomFile } from "@dsail/dicom-core/node";
import { type LabelOptions, labelEdit, labelFile } from "../label/label-file.js";
import { withoutPath } from "./file-system-error.js";
import { listFiles } from "./list-files.js";
import { realpathOfNew, resolveFolders } from "./transfer.js";

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
  /** Stops between two files. */
  readonly signal?: AbortSignal;
  /** After each file; not of those that are skipped. */
  readonly onFile?: (file: LabelledFile) => void;
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
  const { output, inPlace = false, overwrite = false, signal, onFile } = options;
  if (inPlace === (output !== undefined)) {
    throw new TypeError("output: expected a folder, or inPlace");
  }
  labelEdit(label, options); // what is wrong with all files is not to be told of each
  const { folder, paths, isFolder, skipped: notListed } = await listInput(path);
  const target = output === undefined ? undefined : await resolveOutput(folder, output, isFolder);
  const rewrite = (file: DicomFile) => labelFile(file, label, options);
  const buffer = new Uint8Array(DEFAULT_BUFFER_BYTES);
  let [done, skipped, failed] = [0, notListed, 0];
  for (const file of paths) {
    signal?.throwIfAborted();
    try {
      const source = join(folder, file);
      if (target === undefined) await rewriteInPlace(source, rewrite, buffer);
      else {
        const to = join(target, file);
        // Named last, so that folders are made only for files that are written.
        const named = () => {
          mkdirSync(dirname(to), { recursive: true });
          return to;
        };
        await rewriteDicomFile(source, named, rewrite, { overwrite, buffer });
      }
    } catch (error) {
      if (isFolder && isDicomError(error) && NOT_MEANT.has(error.code)) skipped += 1;
      else {
        failed += 1;
        onFile?.({ path: file, ok: false, error: withoutPath("a file cannot be labelled", error) });
      }
      continue;
    }
    done += 1;
    onFile?.({ path: file, ok: true });
  }
  return { done, skipped, failed };
}

interface Input {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly skipped: number;
  readonly isFolder: boolean;
}

async function listInput(path: string): Promise<Input> {
  let real: string;
  try {
    real = await realpath(path);
    if (!(await stat(real)).isDirectory()) {
      return { folder: dirname(real), paths: [basename(real)], skipped: 0, isFolder: false };
    }
  } catch (error) {
    throw withoutPath("the input cannot be read", error);
  }
  return { folder: real, ...(await listFiles(real)), isFolder: true };
}

/** Of a single file, the output may be near it: only another file is written there. */
async function resolveOutput(folder: string, output: string, isFolder: boolean): Promise<string> {
  if (isFolder) return (await resolveFolders(folder, output)).output;
  try {
    return await realpathOfNew(output);
  } catch (error) {
    throw withoutPath("the output cannot be used", error);
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
