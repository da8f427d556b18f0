/**
 * What is done with each file of a folder, in this thread or in a worker.
 *
 * @module
 */
import { mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFAULT_BUFFER_BYTES, type RewriteDicomFileOptions } from "@dsail/dicom-core/node";
import type { PlanFinding } from "../decision.js";
import { PseudonymizerError } from "../errors.js";
import { type Failure, failureOf } from "../failure.js";
import { isWithin } from "./is-within.js";
import {
  createLinkedPseudonymization,
  type LinkedPseudonymizationOptions,
} from "./linked-pseudonymization.js";
import { type OutputNames, outputPath } from "./output-path.js";
import { type FileTarget, pseudonymizeFile, pseudonymizeFileSync } from "./pseudonymize-file.js";

/** A job as data, so that it can be sent to a worker. */
export interface FolderJob {
  readonly input: string;
  readonly output: string;
  readonly pseudonymization: LinkedPseudonymizationOptions;
  readonly names: OutputNames;
  /** A target that exists is skipped, not failed. */
  readonly skipExisting: boolean;
  readonly options: Omit<RewriteDicomFileOptions, "buffer">;
}

/** What became of one file. Paths are relative to the input folder. */
export type FileOutcome =
  | {
      readonly kind: "done";
      readonly path: string;
      /** Where it was written, relative to the output folder. */
      readonly target: string;
      readonly findings: readonly PlanFinding[];
    }
  /** No DICOM; no regular file, such as a link; or done before, with `skipExisting`: then it has a target. */
  | { readonly kind: "skipped"; readonly path: string; readonly target?: string }
  | { readonly kind: "failed"; readonly path: string; readonly failure: Failure };

/** Makes the function that does one file after the other without blocking. */
export function createFileTask(job: FolderJob): (path: string) => Promise<FileOutcome> {
  const prepare = createPreparation(job);
  return async (path) => {
    const work = prepare(path);
    try {
      const { source, target, pseudonymization, options } = work;
      const { findings } = await pseudonymizeFile(source, target, pseudonymization, options);
      return { kind: "done", path, target: work.named(), findings };
    } catch (error) {
      return outcomeOf(job, path, work.named(), error);
    }
  };
}

/** The same, at once. */
export function createFileTaskSync(job: FolderJob): (path: string) => FileOutcome {
  const prepare = createPreparation(job);
  return (path) => {
    const work = prepare(path);
    try {
      const { source, target, pseudonymization, options } = work;
      const { findings } = pseudonymizeFileSync(source, target, pseudonymization, options);
      return { kind: "done", path, target: work.named(), findings };
    } catch (error) {
      return outcomeOf(job, path, work.named(), error);
    }
  };
}

/** What all files of a lane share is made once; what a file needs, for each. */
function createPreparation(job: FolderJob) {
  const { input, output, names } = job;
  const pseudonymization = createLinkedPseudonymization(job.pseudonymization);
  const options = { ...job.options, buffer: new Uint8Array(DEFAULT_BUFFER_BYTES) };
  const makeFolder = createFolders(job);
  return (path: string) => {
    let named = names === "mirror" ? path : "";
    const target: FileTarget = (file, plan) => {
      named = outputPath(names, path, file, plan);
      const whole = join(output, named);
      makeFolder(dirname(whole));
      return whole;
    };
    return { source: join(input, path), target, pseudonymization, options, named: () => named };
  };
}

/** Makes folders, each once; none that a link puts into the input. */
function createFolders({ input }: FolderJob): (folder: string) => void {
  let source: string | undefined;
  const made = new Set<string>();
  return (folder) => {
    if (made.has(folder)) return;
    source ??= realpathSync(input);
    if (isWithin(source, realpathOfNearest(folder))) {
      throw new PseudonymizerError("FOLDERS_OVERLAP", "a link leads from the output to the input");
    }
    mkdirSync(folder, { recursive: true });
    made.add(folder);
  };
}

/** Of a folder that need not exist: that of the nearest one above it that does. */
function realpathOfNearest(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
    return realpathOfNearest(dirname(folder));
  }
}

function outcomeOf(
  { skipExisting }: FolderJob,
  path: string,
  target: string,
  error: unknown,
): FileOutcome {
  const failure = failureOf(error);
  const { code } = failure;
  if (code === "NOT_DICOM") return { kind: "skipped", path };
  if (skipExisting && code === "TARGET_EXISTS") return { kind: "skipped", path, target };
  return { kind: "failed", path, failure };
}
