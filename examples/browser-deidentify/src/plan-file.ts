/**
 * What will become of a file: shown first, saved later.
 *
 * @module
 */
import {
  type Dataset,
  findElement,
  formatPath,
  isDicomError,
  readHeader,
  segmentsToBlob,
} from "@dsail/dicom-core";
import { lookupTag } from "@dsail/dicom-core/dictionary";
import * as Tag from "@dsail/dicom-core/tags";
import {
  applyPlan,
  type Decision,
  isPseudonymizerError,
  type Plan,
  type Pseudonymization,
  planFile,
} from "@dsail/pseudonymizer";
import { pixelWarning } from "./pixel-warning.ts";

/** What happens to an element. */
export type Verb = "removed" | "emptied" | "replaced" | "cleaned" | "added";

/** One line of the plan. */
export interface Change {
  /** Such as `(0010,0010)`. */
  readonly place: string;
  /** Such as `Patient's Name`. */
  readonly name: string;
  readonly verb: Verb;
  /** Which rule says so. */
  readonly why: string;
}

/** A file that can be saved. */
export interface PlannedFile {
  readonly kind: "planned";
  /** As the user calls it: for the screen only. */
  readonly name: string;
  readonly changes: readonly Change[];
  /** Codes of what is to be known, and where. */
  readonly findings: readonly string[];
  readonly warning: string | undefined;
  /** The new name, of pseudonyms alone: `PATIENT/STUDY/SERIES/INSTANCE.dcm`. */
  readonly target: string;
  /** The new file: new bytes, and slices of the old one. */
  readonly content: Blob;
}

/** A file that is not pseudonymized. */
export interface RefusedFile {
  readonly kind: "refused";
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** Plans a file. Reads its header only, however large it is. Never rejects. */
export async function planOf(
  file: File,
  pseudonymization: Pseudonymization,
): Promise<PlannedFile | RefusedFile> {
  const name = file.webkitRelativePath || file.name;
  try {
    const header = await readHeader(file.size, async ({ byteOffset, length }) => {
      const range = file.slice(byteOffset, byteOffset + length);
      return new Uint8Array(await range.arrayBuffer());
    });
    const plan = planFile(header, pseudonymization);
    return {
      kind: "planned",
      name,
      changes: changesOf(header.dataset, plan),
      findings: plan.findings.map(({ code, at }) => (at === undefined ? code : `${code} ${at}`)),
      warning: pixelWarning(header.dataset),
      target: targetOf(plan),
      content: segmentsToBlob(applyPlan(header, plan), file),
    };
  } catch (error) {
    return { kind: "refused", name, ...reasonOf(error) };
  }
}

/** Errors of the libraries hold no value of the file; the text of others might. */
function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  if (isDicomError(error) || isPseudonymizerError(error)) {
    const at = isDicomError(error) && error.at ? `, at ${error.at}` : "";
    return { code: error.code, message: `${error.message}${at}` };
  }
  return { code: "UNEXPECTED", message: "the file could not be read" };
}

function changesOf(dataset: Dataset, { decisions }: Plan): readonly Change[] {
  return decisions
    .filter(({ edit }) => edit !== undefined)
    .sort((a, b) => comparePaths(a.path, b.path))
    .map((decision) => ({
      place: formatPath(decision.path),
      name: nameOf(decision.path),
      verb: verbOf(dataset, decision),
      why: decision.rule.reason,
    }));
}

function comparePaths(a: Decision["path"], b: Decision["path"]): number {
  const at = a.findIndex((step, i) => step !== b[i]);
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Tags and indices of items take turns in a path. */
function nameOf(path: Decision["path"]): string {
  const tag = path.at(path.length % 2 === 0 ? -2 : -1) ?? 0;
  if ((tag & 0xffff) === 0) return "Group Length";
  return lookupTag(tag)?.name || ((tag >>> 16) % 2 === 1 ? "Private element" : "Unknown element");
}

function verbOf(dataset: Dataset, { path, edit, rule }: Decision): Verb {
  if (edit?.kind === "remove") return "removed";
  if (path.length === 1 && findElement(dataset, path[0] ?? 0) === undefined) return "added";
  if (edit?.kind === "set" && isEmpty(edit.value)) return "emptied";
  return rule.action === "C" ? "cleaned" : "replaced";
}

function isEmpty(value: unknown): boolean {
  return value === "" || ((Array.isArray(value) || value instanceof Uint8Array) && !value.length);
}

/** Made of what the plan writes, never of what the file has. */
function targetOf({ decisions, sopInstanceUid }: Plan): string {
  const written = (tag: number) => {
    const edit = decisions.find(({ path }) => path.length === 1 && path[0] === tag)?.edit;
    return edit?.kind === "set" ? String(edit.value) : "";
  };
  return [
    written(Tag.PatientID) || "no-patient",
    written(Tag.StudyInstanceUID) || "no-study",
    written(Tag.SeriesInstanceUID) || "no-series",
    `${sopInstanceUid}.dcm`,
  ]
    .map((name) => name.replace(/[^A-Za-z0-9.-]/g, "_"))
    .join("/");
}
