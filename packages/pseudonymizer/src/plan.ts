/**
 * Decides what becomes of a file: a plan, as data. Nothing is changed here; see `apply.ts`.
 *
 * @module
 */
import {
  type DataElement,
  type Dataset,
  DicomError,
  type DicomFile,
  type Edit,
  findElement,
  formatPath,
  isDicomdir,
  isLoaded,
  isVR,
  type Path,
  type VR,
  viewBytes,
  vrOfTag,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { findReferences, listsToRemove } from "./common-instance-reference.js";
import { dummyItems, dummyValue } from "./dummy.js";
import { PseudonymizerError } from "./errors.js";
import { CID_7050 } from "./generated/cid7050.js";
import type { TypeOf } from "./iod-types.js";
import { typesOfObject } from "./object-types.js";
import type { Rule } from "./profile.js";
import type { Pseudonymization } from "./pseudonymization.js";

/** (0012,0063): the method, at most 64 characters. */
const METHOD = "D-SAIL: PS3.15 2026c Basic Profile, keyed pseudonyms";

/** What is done in one place, and what says so. */
export interface Decision {
  readonly edit: Edit;
  readonly rule: Rule;
}

/** What becomes of a file. */
export interface Plan {
  readonly decisions: readonly Decision[];
  /** (0008,0016) as it is; undefined if the file has none. */
  readonly sopClassUid: string | undefined;
  /** (0008,0018) as it will be. */
  readonly sopInstanceUid: string;
}

/** What is written again as it is must not be a text of any kind (PS3.5 9.1). */
const UID = /^[\d.]{1,64}$/;

const ADDED: Rule = { action: "D", reason: "PS3.15 E.1.1: what was done is written down" };

/**
 * Plans the pseudonymization of a file.
 *
 * @throws {@link PseudonymizerError} `DICOMDIR`, `DUPLICATE_SEQUENCE`; {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX`, `BAD_VALUE` if the file
 * names its transfer syntax, or SOP class, by something that is no UID
 */
export function planFile(file: DicomFile, pseudonymization: Pseudonymization): Plan {
  if (isDicomdir(file)) {
    throw new PseudonymizerError(
      "DICOMDIR",
      "a DICOMDIR is not pseudonymized: make it anew from the pseudonymized files",
    );
  }
  if (!UID.test(file.transferSyntax.uid)) {
    throw new DicomError("UNSUPPORTED_TRANSFER_SYNTAX", "the transfer syntax is no UID", {
      at: "(0002,0010)",
    });
  }
  const { dataset } = file;
  const decisions: Decision[] = [];
  const sopClassUid = textOf(dataset, Tag.SOPClassUID);
  if (sopClassUid !== undefined && !UID.test(sopClassUid)) {
    throw new DicomError("BAD_VALUE", "the SOP class is no UID", { at: "(0008,0016)" });
  }
  const typeOf = typesOfObject(dataset, pseudonymization.iodTypes.ofSopClass(sopClassUid));
  const context: Context = { ...pseudonymization, typeOf, decisions };
  planDataset(dataset, [], context);
  planReferenceLists(dataset, context);
  const sopInstanceUid = newSopInstanceUid(file, pseudonymization);
  const add = (tag: number, vr: VR, value: (Edit & { kind: "set" })["value"]) =>
    decide(decisions, { edit: { kind: "set", path: [tag], vr, value }, rule: ADDED });
  add(Tag.SOPInstanceUID, "UI", sopInstanceUid);
  add(Tag.PatientIdentityRemoved, "CS", "YES");
  add(Tag.DeidentificationMethod, "LO", methodsOf(dataset));
  add(Tag.DeidentificationMethodCodeSequence, "SQ", [codeItem("113100")]);
  add(Tag.LongitudinalTemporalInformationModified, "CS", "REMOVED");
  return { decisions, sopClassUid, sopInstanceUid };
}

/** Decides on a whole attribute of the top level, in the place of what was decided within it. */
function decide(decisions: Decision[], decision: Decision): void {
  const [tag] = decision.edit.path;
  const others = decisions.filter(({ edit: { path } }) => path.length === 1 || path[0] !== tag);
  decisions.splice(0, decisions.length, ...others, decision);
}

/** What planning one file needs besides the file. */
interface Context extends Pseudonymization {
  readonly typeOf: TypeOf;
  readonly decisions: Decision[];
}

function planDataset(dataset: Dataset, path: Path, context: Context): void {
  const { decisions } = context;
  const sequence = path[path.length - 2];
  const entered = new Set<number>();
  for (const element of dataset.elements) {
    const vr = vrToTreat(element);
    const rule = context.ruleOf(element.tag, vr, context.typeOf(element.tag, sequence));
    const here = [...path, element.tag];
    if (rule.action === "K" && element.items === undefined) {
      // Said to be a sequence, but not to be read as one: what it holds can't be cleaned.
      if (vr === "SQ" && element.valueLength > 0) {
        decisions.push({ edit: { kind: "remove", path: here }, rule: UNREADABLE });
      }
      continue;
    }
    const edit = editOf(dataset, element, vr, rule, here, context);
    if (edit !== undefined) decisions.push({ edit, rule });
    else if (element.items !== undefined) {
      if (entered.has(element.tag)) {
        throw new PseudonymizerError(
          "DUPLICATE_SEQUENCE",
          `a sequence occurs twice in a data set: ${formatPath(here)}`,
        );
      }
      entered.add(element.tag);
      for (const [index, item] of element.items.entries()) {
        planDataset(item, [...here, index], context);
      }
    }
  }
}

/** Lists of references go with the references, unless the object consists of them (Type 1). */
function planReferenceLists(dataset: Dataset, { typeOf, decisions }: Context): void {
  const removed = new Set<string>();
  for (const { edit } of decisions) {
    const gone = edit.kind === "remove" || (edit.kind === "set" && Array.isArray(edit.value));
    if (gone) removed.add(edit.path.join());
  }
  const before = findReferences(dataset, textOf, () => false);
  if (before.listed.size === 0) return;
  const after = findReferences(dataset, textOf, (path) => removed.has(path.join()));
  for (const tag of listsToRemove(before, after)) {
    if (typeOf(tag, undefined) === "1" || findElement(dataset, tag) === undefined) continue;
    decide(decisions, { edit: { kind: "remove", path: [tag] }, rule: NO_REFERENCES });
  }
}

const NO_REFERENCES: Rule = {
  action: "X",
  reason: "a list of referenced instances, of which none is left (PS3.3 C.12.2)",
};

const UNREADABLE: Rule = { action: "X", reason: "a sequence that cannot be read" };

/** What the dictionary says: files may say UN, or be wrong (PS3.5 6.2.2). */
function vrToTreat(element: DataElement): VR {
  const known = vrOfTag(element.tag);
  return known !== undefined && isVR(known) ? known : element.vr;
}

/** The edit of an element; undefined if it stays, and its items are looked at. */
function editOf(
  dataset: Dataset,
  element: DataElement,
  vr: VR,
  { action }: Rule,
  path: Path,
  pseudonymization: Pseudonymization,
): Edit | undefined {
  const { tag } = element;
  switch (action) {
    case "K":
      return undefined;
    case "X":
      return { kind: "remove", path };
    case "Z":
      return pseudonymOf(dataset, element, vr, path, pseudonymization) ?? emptied(path, vr);
    case "U":
      if (vr === "SQ") return element.items === undefined ? { kind: "remove", path } : undefined;
      return replacedUids(dataset, element, path, pseudonymization);
    case "D": {
      if (vr === "UI") return replacedUids(dataset, element, path, pseudonymization);
      if (vr !== "SQ") {
        return (
          pseudonymOf(dataset, element, vr, path, pseudonymization) ?? {
            kind: "set",
            path,
            vr,
            value: dummyValue(vr),
          }
        );
      }
      const value = dummyItems(tag);
      if (value !== undefined) return { kind: "set", path, vr, value };
      return element.items === undefined ? { kind: "remove", path } : undefined;
    }
  }
}

function emptied(path: Path, vr: VR): Edit {
  return { kind: "set", path, vr, value: vr === "SQ" ? [] : "" };
}

/** The identifiers for which there are pseudonyms, so that what belongs together stays together. */
function pseudonymOf(
  dataset: Dataset,
  element: DataElement,
  vr: VR,
  path: Path,
  { patientPseudonym, accessionPseudonym }: Pseudonymization,
): Edit | undefined {
  const set = (value: string): Edit => ({ kind: "set", path, vr, value });
  switch (element.tag) {
    case Tag.PatientID:
    case Tag.PatientName:
      return set(patientPseudonym(bytesText(dataset, findElement(dataset, Tag.PatientID))));
    case Tag.AccessionNumber: {
      const patient = bytesText(topOf(dataset), findElement(topOf(dataset), Tag.PatientID));
      const number = bytesText(dataset, element);
      return set(
        number.trim() === "" ? "" : accessionPseudonym(`${patient.trim()}\0${number.trim()}`),
      );
    }
    default:
      return undefined;
  }
}

function topOf(dataset: Dataset): Dataset {
  let top = dataset;
  while (top.parent !== undefined) top = top.parent;
  return top;
}

function replacedUids(
  dataset: Dataset,
  element: DataElement,
  path: Path,
  { replaceUid }: Pseudonymization,
): Edit {
  const uids = bytesText(dataset, element).split("\\");
  return { kind: "set", path, vr: "UI", value: uids.map((uid) => replaceUid(trimUid(uid))) };
}

/** UIDs are padded with NUL; some writers use spaces (PS3.5 6.2). */
function trimUid(uid: string): string {
  let end = uid.length;
  while (end > 0 && isPadding(uid.charCodeAt(end - 1))) end--;
  return uid.slice(0, end).trimStart();
}

/** No regular expression: one for padding at the end takes hours for a long value of spaces and a letter. */
function isPadding(code: number | undefined): boolean {
  return code === 0x20 || code === 0;
}

/** A value's bytes as text, one character each: enough to tell identifiers apart, whatever their character set. */
function bytesText(dataset: Dataset, element: DataElement | undefined): string {
  if (element === undefined) return "";
  const bytes = viewBytes(dataset.source, element.valueOffset, element.valueLength);
  let end = bytes.length;
  while (end > 0 && isPadding(bytes[end - 1])) end--;
  const CHUNK = 8192; // within the number of arguments that every engine takes
  let text = "";
  for (let i = 0; i < end; i += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, Math.min(i + CHUNK, end)));
  }
  return text;
}

function textOf(dataset: Dataset, tag: number): string | undefined {
  const text = trimUid(bytesText(dataset, findElement(dataset, tag)));
  return text === "" ? undefined : text;
}

/** Of a file without (0008,0018) it is made of the meta information's, or else of what the file begins with. */
function newSopInstanceUid(file: DicomFile, { replaceUid, hashUid }: Pseudonymization): string {
  const uid =
    textOf(file.dataset, Tag.SOPInstanceUID) ??
    textOf(file.fileMetaInformation, Tag.MediaStorageSOPInstanceUID);
  if (uid !== undefined) return replaceUid(uid);
  const length = Math.min(file.source.size, 64 * 1024);
  return hashUid(
    isLoaded(file.source, 0, length) ? viewBytes(file.source, 0, length) : new Uint8Array(),
  );
}

/** The methods that a file names already, and ours behind them. */
function methodsOf(dataset: Dataset): readonly string[] {
  const before = textOf(dataset, Tag.DeidentificationMethod)?.split("\\") ?? [];
  return [...before.map((text) => text.trim()).filter((text) => isPlain(text)), METHOD];
}

/** What can be written in any character set, and is no copy of our own. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]{1,64}$/.test(text) && text !== METHOD;
}

function codeItem(codeValue: string) {
  const code = CID_7050.find((entry) => entry.codeValue === codeValue);
  if (code === undefined) throw new TypeError(`codeValue: expected a code of CID 7050`);
  return [
    { tag: Tag.CodeValue, vr: "SH", value: code.codeValue },
    { tag: Tag.CodingSchemeDesignator, vr: "SH", value: code.codingSchemeDesignator },
    { tag: Tag.CodeMeaning, vr: "LO", value: code.codeMeaning },
  ] as const;
}
