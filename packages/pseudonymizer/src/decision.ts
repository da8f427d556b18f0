/**
 * What is decided in one place of a file, and what is noticed.
 *
 * @module
 */
import type { Edit, Path } from "@dsail/dicom-core";
import type { Rule } from "./profile.js";

/** What is done in one place, and what says so. */
export interface Decision {
  readonly path: Path;
  readonly rule: Rule;
  /** Undefined where the element stays as it is. */
  readonly edit: Edit | undefined;
}

/** Something to know about a file that was not refused. Part of the API (semver). */
export type PlanFindingCode =
  /** An attribute of an even group that no dictionary knows was kept. */
  | "UNKNOWN_ATTRIBUTE_KEPT"
  /** The SOP class is private, unknown or missing: types of attributes, on which actions depend, are not known. */
  | "UNKNOWN_SOP_CLASS"
  /** A value that is no date or time could not be moved, and went. */
  | "BAD_DATE_REMOVED";

/** A finding. Never holds a value. */
export interface PlanFinding {
  readonly code: PlanFindingCode;
  /** Where, such as `(0008,9FF0)`; undefined of the file as a whole. */
  readonly at?: string;
}
