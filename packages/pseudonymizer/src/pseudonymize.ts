/**
 * Pseudonymizes files that are in memory.
 *
 * @module
 */
import { joinSegments, type ReadOptions, readFile } from "@dsail/dicom-core";
import { applyPlan } from "./apply.js";
import { planFile } from "./plan.js";
import { createPseudonymization, type PseudonymizationOptions } from "./pseudonymization.js";

/** How files are read and pseudonymized. */
export interface PseudonymizerOptions extends PseudonymizationOptions, ReadOptions {}

/** Turns the bytes of a DICOM file into those of its pseudonymized version. */
export type Pseudonymize = (bytes: Uint8Array) => Uint8Array;

/**
 * Makes a pseudonymizer for one key: Basic Application Level Confidentiality Profile of PS3.15 2026c and the options asked
 * for, keyed pseudonyms.
 *
 * The function returned throws {@link DicomError} if the bytes can't be read, {@link PseudonymizerError} if they are
 * refused; there is no half-cleaned result.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY`, `BAD_OPTION`, `BAD_RULE`
 */
export function createPseudonymizer(options: PseudonymizerOptions): Pseudonymize {
  const pseudonymization = createPseudonymization(options);
  return (bytes) => {
    const file = readFile(bytes, options);
    return joinSegments(applyPlan(file, planFile(file, pseudonymization)), file.source);
  };
}
