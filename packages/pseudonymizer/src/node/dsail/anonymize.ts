/**
 * D-SAIL's `anonymize`: a file or a folder.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { DsailActions } from "../../dsail/action.js";
import { dsailRules } from "../../dsail/rules.js";
import { failureOf } from "../../failure.js";
import { assertApart, assertOutside } from "../apart.js";
import type { FileOutcome } from "../folder-job.js";
import { unusable } from "../list-files.js";
import {
  type FolderOptions,
  type FolderSummary,
  pseudonymizeFolder,
} from "../pseudonymize-folder.js";
import { type AnonymizeFileOptions, anonymizeDicomFile, linkBy } from "./anonymize-dicom-file.js";
import { keyOfRun } from "./run-key.js";

/** What the original had no parameters for. */
export interface AnonymizeOptions
  extends AnonymizeFileOptions,
    Pick<FolderOptions, "signal" | "onStart" | "onFile"> {}

/**
 * Pseudonymizes `input`, a file or a folder with all that is in it, into `output`. A file that fails does not stop the
 * others: look at the summary.
 *
 * Six parameters in the original's order, for those who know it; what is new is in the options.
 *
 * @param output - a folder, which is made; of a single file, also a file that it is to become
 * @param lookup - path of the lookup table; undefined: none is written, and pseudonyms are made under the key
 * @param actions - before those of D-SAIL's table; an empty map for none
 * @param deletePrivateTags - whether private elements go
 * @param renameFiles - whether files are named by the new Patient ID, Accession Number and SOP Instance UID, and not as in
 *   the input
 * @throws {@link PseudonymizerError} `BAD_KEY`, `BAD_RULE`, `LOOKUP_TABLE`, `BAD_INPUT`, `FOLDERS_OVERLAP`; no image is
 * written then
 */
export async function anonymize(
  input: string,
  output: string,
  lookup: string | undefined,
  actions: DsailActions,
  deletePrivateTags: boolean,
  renameFiles: boolean,
  options: AnonymizeOptions = {},
): Promise<FolderSummary> {
  const isFolder = await isDirectory(input);
  await assertApart(input, output);
  if (lookup !== undefined) await assertOutside(output, lookup);
  const rules = dsailRules(actions, deletePrivateTags);
  const key = options.key ?? (await keyOfRun(lookup));
  if (isFolder || /[\\/]$/.test(output) || (await isThere(output))) {
    const names = renameFiles ? "examinations" : "mirror";
    return pseudonymizeFolder(input, output, { ...options, ...linkBy(lookup), key, rules, names });
  }
  const { signal, onStart, onFile, ...rest } = options;
  onStart?.(1);
  if (signal?.aborted === true) return { done: 0, skipped: 0, failed: 0, left: 1 };
  const outcome = await outcomeOf(basename(input), basename(output), () =>
    anonymizeDicomFile(input, output, lookup, actions, deletePrivateTags, renameFiles, {
      ...rest,
      key,
    }),
  );
  onFile?.(outcome);
  return { done: 0, skipped: 0, failed: 0, left: 0, [outcome.kind]: 1 };
}

async function outcomeOf(
  path: string,
  target: string,
  work: () => ReturnType<typeof anonymizeDicomFile>,
): Promise<FileOutcome> {
  try {
    const { findings } = await work();
    return { kind: "done", path, target, findings };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === "NOT_DICOM") return { kind: "skipped", path };
    return { kind: "failed", path, failure };
  }
}

async function isDirectory(input: string): Promise<boolean> {
  try {
    return (await stat(input)).isDirectory();
  } catch (error) {
    throw unusable("input", error);
  }
}

/** Whether the output is a folder already. */
async function isThere(output: string): Promise<boolean> {
  try {
    return (await stat(output)).isDirectory();
  } catch {
    return false;
  }
}
