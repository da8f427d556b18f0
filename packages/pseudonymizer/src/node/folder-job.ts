/**
 * What is done with each file of a folder, in this thread or in a worker.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DEFAULT_BUFFER_BYTES, type RewriteDicomFileOptions } from "@dsail/dicom-core/node";
import { type Failure, failureOf } from "../failure.js";
import { createPseudonymization } from "../pseudonymization.js";
import { pseudonymizeFile, pseudonymizeFileSync } from "./pseudonymize-file.js";

/** A job as data, so that it can be sent to a worker. */
export interface FolderJob {
  readonly input: string;
  readonly output: string;
  readonly key: Uint8Array;
  readonly options: Omit<RewriteDicomFileOptions, "buffer">;
}

/** What became of one file. Paths are relative to the input folder. */
export type FileOutcome =
  | { readonly kind: "done"; readonly path: string }
  /** No DICOM, or no regular file. */
  | { readonly kind: "skipped"; readonly path: string }
  | { readonly kind: "failed"; readonly path: string; readonly failure: Failure };

/** Makes the function that does one file after the other without blocking. */
export function createFileTask(job: FolderJob): (path: string) => Promise<FileOutcome> {
  const pseudonymization = createPseudonymization(job.key);
  const buffer = new Uint8Array(DEFAULT_BUFFER_BYTES);
  const made = new Set<string>();
  return async (path) => {
    const target = join(job.output, path);
    try {
      const folder = dirname(target);
      if (!made.has(folder)) await mkdir(folder, { recursive: true });
      made.add(folder);
      const options = { ...job.options, buffer };
      await pseudonymizeFile(join(job.input, path), target, pseudonymization, options);
      return { kind: "done", path };
    } catch (error) {
      return outcomeOf(path, error);
    }
  };
}

/** The same, at once. */
export function createFileTaskSync(job: FolderJob): (path: string) => FileOutcome {
  const pseudonymization = createPseudonymization(job.key);
  const buffer = new Uint8Array(DEFAULT_BUFFER_BYTES);
  const made = new Set<string>();
  return (path) => {
    const target = join(job.output, path);
    try {
      const folder = dirname(target);
      if (!made.has(folder)) mkdirSync(folder, { recursive: true });
      made.add(folder);
      const options = { ...job.options, buffer };
      pseudonymizeFileSync(join(job.input, path), target, pseudonymization, options);
      return { kind: "done", path };
    } catch (error) {
      return outcomeOf(path, error);
    }
  };
}

function outcomeOf(path: string, error: unknown): FileOutcome {
  const failure = failureOf(error);
  return failure.code === "NOT_DICOM"
    ? { kind: "skipped", path }
    : { kind: "failed", path, failure };
}
