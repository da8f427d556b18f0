/**
 * Pseudonymizes a file on disk into another.
 *
 * @module
 */
import { type RewriteDicomFileOptions, transformDicomFile } from "@dsail/dicom-core/node";
import { applyPlan } from "../apply.js";
import { planFile } from "../plan.js";
import type { Pseudonymization } from "../pseudonymization.js";

/**
 * Reads `source`, writes its pseudonymized version to `target`. The file may be of any size: only its header is held in
 * memory. There is a whole target, or none.
 *
 * @throws {@link DicomError}, {@link PseudonymizerError}; errors of the file system
 */
export async function pseudonymizeFile(
  source: string,
  target: string,
  pseudonymization: Pseudonymization,
  options: RewriteDicomFileOptions = {},
): Promise<void> {
  await transformDicomFile(
    source,
    target,
    (file) => applyPlan(file, planFile(file, pseudonymization)),
    options,
  );
}
