/**
 * Who a file is of, before and after: what a lookup table holds.
 *
 * @module
 */
import type { DicomFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { Decision } from "./decision.js";
import { identifierText } from "./element-text.js";
import type { Plan } from "./plan.js";

/** By which a pseudonymized file can be told again. Identifying: to be kept apart from the output. */
export interface PatientLink {
  readonly oldPatientId: string;
  readonly newPatientId: string;
  readonly oldAccessionNumber: string;
  readonly newAccessionNumber: string;
}

/** The link of a file with its plan. Texts are empty where the file has none. */
export function patientLinkOf({ dataset }: DicomFile, { decisions }: Plan): PatientLink {
  const oldPatientId = identifierText(dataset, Tag.PatientID);
  const oldAccessionNumber = identifierText(dataset, Tag.AccessionNumber);
  return {
    oldPatientId,
    newPatientId: written(decisions, Tag.PatientID, oldPatientId),
    oldAccessionNumber,
    newAccessionNumber: written(decisions, Tag.AccessionNumber, oldAccessionNumber),
  };
}

/** The text that is written to an attribute; the old one if it stays. */
function written(decisions: readonly Decision[], tag: number, old: string): string {
  const edit = decisions.find(({ path }) => path.length === 1 && path[0] === tag)?.edit;
  if (edit === undefined) return old;
  return edit.kind === "set" && typeof edit.value === "string" ? edit.value : "";
}
