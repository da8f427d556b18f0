/**
 * Where rendering differs from a reference, and why it stays so.
 *
 * @module
 */

/** With what a result is compared. */
export type Reference = "dcmtk" | "modality" | "voi" | "palette" | "dsail";

interface Difference {
  readonly reference: Reference;
  readonly why: string;
  readonly names: readonly string[];
}

export const DIFFERENCES: readonly Difference[] = [];
