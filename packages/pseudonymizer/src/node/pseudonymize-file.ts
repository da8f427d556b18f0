/**
 * Pseudonymizes a file on disk into another.
 *
 * @module
 */
import {
  type RewriteDicomFileOptions,
  rewriteDicomFile,
  rewriteDicomFileSync,
} from "@dsail/dicom-core/node";
import { applyPlan } from "../apply.js";
import { planFile } from "../plan.js";
import type { Pseudonymization } from "../pseudonymization.js";

/**
 * Reads `source`, writes its pseudonymized version to `target`. The file may be of any size: only its header is held in
 * memory. There is a whole target, or none.
 *
 * @throws {@link DicomError}, {@link PseudonymizerError}; errors of the file system
 */
export function pseudonymizeFile(
  source: string,
  target: string,
  pseudonymization: Pseudonymization,
  options: RewriteDicomFileOptions = {},
): Promise<void> {
  return rewriteDicomFile(
    source,
    target,
    (file) => applyPlan(file, planFile(file, pseudonymization)),
    options,
  );
}

/** As {@link pseudonymizeFile}, at once: for workers and command lines. */
export function pseudonymizeFileSync(
  source: string,
  target: string,
  pseudonymization: Pseudonymization,
  options: RewriteDicomFileOptions = {},
): void {
  rewriteDicomFileSync(
    source,
    target,
    (file) => applyPlan(file, planFile(file, pseudonymization)),
    options,
  );
}
