/**
 * Pseudonymizes a file on disk into another.
 *
 * @module
 */
import type { DicomFile } from "@dsail/dicom-core";
import {
  type Rewrite,
  type RewriteDicomFileOptions,
  type RewriteTarget,
  rewriteDicomFile,
  rewriteDicomFileSync,
} from "@dsail/dicom-core/node";
import { applyPlan } from "../apply.js";
import { type PatientLink, patientLinkOf } from "../patient-link.js";
import { type Plan, planFile } from "../plan.js";
import type { Pseudonymization } from "../pseudonymization.js";

/** A path, or a function that names it, by what is planned. */
export type FileTarget = string | ((file: DicomFile, plan: Plan) => string);

/** A {@link Pseudonymization} that may want to know who became who, before it is written. */
export type RecordingPseudonymization = Pseudonymization & {
  readonly record?: (link: PatientLink) => void;
};

/**
 * Reads `source`, writes its pseudonymized version to `target`. The file may be of any size: only its header is held in
 * memory. There is a whole target, or none.
 *
 * @returns what was done
 * @throws {@link DicomError}, {@link PseudonymizerError}; errors of the file system
 */
export async function pseudonymizeFile(
  source: string,
  target: FileTarget,
  pseudonymization: RecordingPseudonymization,
  options: RewriteDicomFileOptions = {},
): Promise<Plan> {
  const work = workOn(target, pseudonymization);
  await rewriteDicomFile(source, work.target, work.rewrite, options);
  return work.plan();
}

/** As {@link pseudonymizeFile}, at once: for workers and command lines. */
export function pseudonymizeFileSync(
  source: string,
  target: FileTarget,
  pseudonymization: RecordingPseudonymization,
  options: RewriteDicomFileOptions = {},
): Plan {
  const work = workOn(target, pseudonymization);
  rewriteDicomFileSync(source, work.target, work.rewrite, options);
  return work.plan();
}

interface Work {
  readonly rewrite: Rewrite;
  readonly target: RewriteTarget;
  /** To be called after the rewrite. */
  readonly plan: () => Plan;
}

function workOn(target: FileTarget, pseudonymization: RecordingPseudonymization): Work {
  let done: { readonly plan: Plan; readonly path: string } | undefined;
  const doneWork = () => {
    if (done === undefined) throw new TypeError("the file was not rewritten");
    return done;
  };
  return {
    rewrite: (file) => {
      const plan = planFile(file, pseudonymization);
      const segments = applyPlan(file, plan);
      // A link without a file harms nobody; a file without its link could not be told again.
      pseudonymization.record?.(patientLinkOf(file, plan));
      done = { plan, path: typeof target === "string" ? target : target(file, plan) };
      return segments;
    },
    target: typeof target === "string" ? target : () => doneWork().path,
    plan: () => doneWork().plan,
  };
}
