/**
 * D-SAIL's `anonymize_dataset`, of a file that is in memory.
 *
 * @module
 */
import { type DicomFile, joinSegments, readFile } from "@dsail/dicom-core";
import { applyPlan } from "../apply.js";
import { planFile } from "../plan.js";
import { createPseudonymization } from "../pseudonymization.js";
import type { DsailActions } from "./action.js";
import { dsailRules } from "./rules.js";

/** What the original kept in variables of its module. */
export interface AnonymizeDatasetOptions {
  /** Secret of at least 32 bytes: the same one for all files that belong together, so that they still do afterwards. */
  readonly key: Uint8Array;
}

/**
 * Pseudonymizes a file. The one that is given is not changed.
 *
 * Four parameters: the first three are the original's, in its order.
 *
 * @param extraActions - before those of D-SAIL's table
 * @param deletePrivateTags - the original's default is `true`
 * @throws {@link PseudonymizerError}, {@link DicomError} if the file is refused
 */
export function anonymizeDataset(
  file: DicomFile,
  extraActions: DsailActions | undefined,
  deletePrivateTags: boolean,
  { key }: AnonymizeDatasetOptions,
): DicomFile {
  const rules = dsailRules(extraActions ?? new Map(), deletePrivateTags);
  const plan = planFile(file, createPseudonymization({ key, rules }));
  return readFile(joinSegments(applyPlan(file, plan), file.source));
}
