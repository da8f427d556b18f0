/**
 * Pseudonymizes files that are in memory.
 *
 * @module
 */
import { joinSegments, type ReadOptions, readFile } from "@dsail/dicom-core";
import { applyPlan } from "./apply.js";
import { planFile } from "./plan.js";
import { createPseudonymization } from "./pseudonymization.js";

/** How files are pseudonymized. */
export interface PseudonymizerOptions extends ReadOptions {
  /** Secret of at least 32 bytes. The same key gives the same pseudonyms. */
  readonly key: Uint8Array;
}

/** Turns the bytes of a DICOM file into those of its pseudonymized version. */
export type Pseudonymize = (bytes: Uint8Array) => Uint8Array;

/**
 * Makes a pseudonymizer for one key: Basic Application Level Confidentiality Profile of PS3.15 2026c, keyed pseudonyms.
 *
 * The function returned throws {@link DicomError} if the bytes can't be read, {@link PseudonymizerError} if they are
 * refused; there is no half-cleaned result.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY`
 */
export function createPseudonymizer({ key, ...readOptions }: PseudonymizerOptions): Pseudonymize {
  const pseudonymization = createPseudonymization(key);
  return (bytes) => {
    const file = readFile(bytes, readOptions);
    return joinSegments(applyPlan(file, planFile(file, pseudonymization)), file.source);
  };
}
