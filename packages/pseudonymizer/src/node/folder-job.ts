/**
 * What is done with each file of a folder, in this thread or in a worker.
 *
 * @module
 */
import { mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFAULT_BUFFER_BYTES, type RewriteDicomFileOptions } from "@dsail/dicom-core/node";
import { PseudonymizerError } from "../errors.js";
import { type Failure, failureOf } from "../failure.js";
import { createPseudonymization } from "../pseudonymization.js";
import { isWithin } from "./is-within.js";
import { pseudonymizeFile, pseudonymizeFileSync } from "./pseudonymize-file.js";

/** A job as data, so that it can be sent to a worker. */
export interface FolderJob {
  readonly input: string;
  readonly output: string;
  readonly key: Uint8Array;
  /** A target that exists is skipped, not failed. */
  readonly skipExisting: boolean;
  readonly options: Omit<RewriteDicomFileOptions, "buffer">;
}

/** What became of one file. Paths are relative to the input folder. */
export type FileOutcome =
  | { readonly kind: "done"; readonly path: string }
  /** No DICOM; no regular file, such as a link; or done before, with `skipExisting`. */
  | { readonly kind: "skipped"; readonly path: string }
  | { readonly kind: "failed"; readonly path: string; readonly failure: Failure };

/** Makes the function that does one file after the other without blocking. */
export function createFileTask(job: FolderJob): (path: string) => Promise<FileOutcome> {
  const pseudonymization = createPseudonymization(job.key);
  const buffer = new Uint8Array(DEFAULT_BUFFER_BYTES);
  const makeFolder = createFolders(job);
  return async (path) => {
    const target = join(job.output, path);
    try {
      makeFolder(dirname(target));
      const options = { ...job.options, buffer };
      await pseudonymizeFile(join(job.input, path), target, pseudonymization, options);
      return { kind: "done", path };
    } catch (error) {
      return outcomeOf(job, path, error);
    }
  };
}

/** The same, at once. */
export function createFileTaskSync(job: FolderJob): (path: string) => FileOutcome {
  const pseudonymization = createPseudonymization(job.key);
  const buffer = new Uint8Array(DEFAULT_BUFFER_BYTES);
  const makeFolder = createFolders(job);
  return (path) => {
    const target = join(job.output, path);
    try {
      makeFolder(dirname(target));
      const options = { ...job.options, buffer };
      pseudonymizeFileSync(join(job.input, path), target, pseudonymization, options);
      return { kind: "done", path };
    } catch (error) {
      return outcomeOf(job, path, error);
    }
  };
}

/** Makes folders, each once; none that a link puts into the input. */
function createFolders({ input }: FolderJob): (folder: string) => void {
  let source: string | undefined;
  const made = new Set<string>();
  return (folder) => {
    if (made.has(folder)) return;
    source ??= realpathSync(input);
    mkdirSync(folder, { recursive: true });
    if (isWithin(source, realpathSync(folder))) {
      throw new PseudonymizerError("FOLDERS_OVERLAP", "a link leads from the output to the input");
    }
    made.add(folder);
  };
}

function outcomeOf({ skipExisting }: FolderJob, path: string, error: unknown): FileOutcome {
  const failure = failureOf(error);
  const { code } = failure;
  return code === "NOT_DICOM" || (skipExisting && code === "TARGET_EXISTS")
    ? { kind: "skipped", path }
    : { kind: "failed", path, failure };
}
