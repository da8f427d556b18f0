/**
 * Where a pseudonymized file goes. Names of files and folders may name patients, so that new ones are made unless the old
 * ones are asked for.
 *
 * @module
 */
import { join } from "node:path";
import type { DicomFile, TagNumber } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { codeText } from "../element-text.js";
import { patientLinkOf } from "../patient-link.js";
import type { Plan } from "../plan.js";

/** How files in the output are named. */
export type OutputNames =
  /** `PATIENT/STUDY/SERIES/INSTANCE.dcm`, of the new Patient ID and UIDs. */
  | "pseudonyms"
  /** `INSTANCE.dcm`, of the new SOP Instance UID: one folder. */
  | "flat"
  /** `PATIENT-ACCESSION_INSTANCE.dcm`, of the new Patient ID, Accession Number and UID: one folder, by examinations. */
  | "examinations"
  /** As in the input. To be used where no name there identifies anybody. */
  | "mirror";

/** The path of the output for a file, relative to the output folder. */
export function outputPath(
  names: OutputNames,
  inputPath: string,
  file: DicomFile,
  plan: Plan,
): string {
  if (names === "mirror") return inputPath;
  const instance = `${fileName(plan.sopInstanceUid, "no-instance")}.dcm`;
  if (names === "flat") return instance;
  const { newPatientId, newAccessionNumber } = patientLinkOf(file, plan);
  const patient = fileName(newPatientId, "no-patient");
  if (names === "examinations") {
    return `${patient}-${fileName(newAccessionNumber, "no-accession")}_${instance}`;
  }
  const uid = (tag: TagNumber) => {
    const edit = plan.decisions.find(({ path }) => path.length === 1 && path[0] === tag)?.edit;
    if (edit === undefined) return codeText(file.dataset, tag);
    return edit.kind === "set" ? String(edit.value) : undefined;
  };
  return join(
    patient,
    fileName(uid(Tag.StudyInstanceUID), "no-study"),
    fileName(uid(Tag.SeriesInstanceUID), "no-series"),
    instance,
  );
}

/** A name that any file system takes, and that leads nowhere else: pseudonyms may be a user's own. */
function fileName(text: string | undefined, otherwise: string): string {
  if (text === undefined || text === "") return otherwise;
  const safe = text.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+|\.+$/g, "_");
  if (safe === text && safe.length <= 64 && !DEVICE.test(safe)) return safe;
  // Different names stay different.
  return `${DEVICE.test(safe) ? "_" : ""}${safe.slice(0, 48)}-${bytesToHex(sha256(utf8ToBytes(text))).slice(0, 12)}`;
}

/** Names that Windows gives to devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
