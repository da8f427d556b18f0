/**
 * D-SAIL's `anonymize_dicom_file`.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { RewriteDicomFileOptions } from "@dsail/dicom-core/node";
import type { DsailActions } from "../../dsail/action.js";
import { dsailRules } from "../../dsail/rules.js";
import type { Plan } from "../../plan.js";
import { assertApart, assertOutside } from "../apart.js";
import {
  createLinkedPseudonymization,
  type LinkedPseudonymizationOptions,
} from "../linked-pseudonymization.js";
import { outputPath } from "../output-path.js";
import { pseudonymizeFile } from "../pseudonymize-file.js";
import { keyOfRun } from "./run-key.js";

/** What the original had no parameters for. */
export interface AnonymizeFileOptions extends Omit<RewriteDicomFileOptions, "buffer"> {
  /**
   * Secret of at least 32 bytes, by which UIDs and accession numbers are replaced. Default: that in the file beside the
   * lookup table, with `.key` behind its name, which is made if there is neither; without a table, one that is forgotten,
   * so that files that are done one by one no longer belong together.
   */
  readonly key?: Uint8Array;
}

/**
 * Pseudonymizes a file into another one.
 *
 * Six parameters in the original's order, for those who know it; what is new is in the options.
 *
 * @param lookup - path of the lookup table; default: none is written, and pseudonyms are made under the key
 * @param extraActions - before those of D-SAIL's table
 * @param deletePrivateTags - default true
 * @param renameFiles - whether `outFile` names only the folder, and the file is named by the new Patient ID, Accession
 *   Number and SOP Instance UID. Default false
 * @throws {@link PseudonymizerError}, {@link DicomError} if the file is refused; errors of the file system
 */
export async function anonymizeDicomFile(
  inFile: string,
  outFile: string,
  lookup?: string,
  extraActions: DsailActions = new Map(),
  deletePrivateTags: boolean = true,
  renameFiles: boolean = false,
  { key, ...options }: AnonymizeFileOptions = {},
): Promise<Plan> {
  await assertApart(inFile, outFile);
  if (lookup !== undefined) await assertOutside(outFile, lookup);
  const rules = dsailRules(extraActions, deletePrivateTags);
  const pseudonymization = createLinkedPseudonymization({
    key: key ?? (await keyOfRun(lookup)),
    rules,
    ...linkBy(lookup),
  });
  const folder = dirname(outFile);
  await mkdir(folder, { recursive: true });
  const names = renameFiles ? "examinations" : "mirror";
  return pseudonymizeFile(
    inFile,
    (file, plan) => join(folder, outputPath(names, basename(outFile), file, plan)),
    pseudonymization,
    options,
  );
}

/** At random, as the original's, where a table tells them again. */
export function linkBy(
  lookup: string | undefined,
): Pick<LinkedPseudonymizationOptions, "lookup" | "patientPseudonyms"> {
  return lookup === undefined ? {} : { lookup, patientPseudonyms: { kind: "random" } };
}
