/**
 * Decides what becomes of a file: a plan, as data. Nothing is changed here; see `apply.ts`.
 *
 * @module
 */
import {
  type Dataset,
  DicomError,
  type DicomFile,
  type ElementInit,
  type ElementValueInit,
  findElement,
  isDicomdir,
  isLoaded,
  type Path,
  type VR,
  viewBytes,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { findReferences, listsToRemove } from "./common-instance-reference.js";
import type { Decision, PlanFinding } from "./decision.js";
import { codeText } from "./element-text.js";
import { PseudonymizerError } from "./errors.js";
import { CID_7050 } from "./generated/cid7050.js";
import { namesSomebody } from "./identifiers.js";
import { codeValueOfOption, TABLE_OPTIONS } from "./option.js";
import { createPlanContext, type PlanContext } from "./plan-context.js";
import { planDataset } from "./plan-dataset.js";
import type { Rule } from "./profile.js";
import type { Pseudonymization } from "./pseudonymization.js";

/** (0012,0063): the method, at most 64 characters. */
const METHOD = "D-SAIL: PS3.15 2026c Basic Profile, keyed pseudonyms";
const METHOD_ALLOW_LIST = "D-SAIL: only attributes of the IOD are kept";
const METHOD_RULES = "D-SAIL: rules of the user";

/** What becomes of a file. */
export interface Plan {
  /** In the order of the file, and then what is added. */
  readonly decisions: readonly Decision[];
  readonly findings: readonly PlanFinding[];
  /** (0008,0016) as it will be; undefined if the file will have none. */
  readonly sopClassUid: string | undefined;
  /** (0008,0018) as it will be. */
  readonly sopInstanceUid: string;
}

/** How a plan is made. */
export interface PlanOptions {
  /** Notes elements that stay, too: to be shown. Default false. */
  readonly explain?: boolean;
}

/** What is written again as it is must not be a text of any kind (PS3.5 9.1). */
const UID = /^[\d.]{1,64}$/;

const ADDED: Rule = { action: "D", reason: "PS3.15 E.1.1: what was done is written down" };

/**
 * Plans the pseudonymization of a file.
 *
 * @throws {@link PseudonymizerError} `DICOMDIR`, `DUPLICATE_SEQUENCE`, `PATIENT_UNKNOWN`, `BAD_RULE`; {@link DicomError}
 * `UNSUPPORTED_TRANSFER_SYNTAX`, `BAD_VALUE` if the file names its transfer syntax, or SOP class, by something that is no UID
 */
export function planFile(
  file: DicomFile,
  pseudonymization: Pseudonymization,
  { explain = false }: PlanOptions = {},
): Plan {
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
  const context = createPlanContext(dataset, pseudonymization, explain);
  const { decisions, findings, sopClassUid } = context;
  if (sopClassUid !== undefined && !UID.test(sopClassUid)) {
    throw new DicomError("BAD_VALUE", "the SOP class is no UID", { at: "(0008,0016)" });
  }
  planDataset(dataset, [], context);
  planReferenceLists(dataset, context);
  planDocumentLength(dataset, decisions);
  const sopInstanceUid = planSopInstanceUid(file, context);
  planWrittenDown(dataset, context);
  return { decisions, findings, sopClassUid: sopClassUidAfter(context), sopInstanceUid };
}

/** Decides on a whole attribute of the top level, in the place of what was decided within it. */
function decideAnew(decisions: Decision[], decision: Decision): void {
  const [tag] = decision.path;
  const index = decisions.findIndex(({ path }) => path[0] === tag);
  const others = decisions.filter(({ path }) => path[0] !== tag);
  others.splice(index === -1 ? others.length : index, 0, decision);
  decisions.length = 0;
  for (const other of others) decisions.push(other);
}

function add(decisions: Decision[], tag: number, vr: VR, value: ElementValueInit): void {
  const path: Path = [tag];
  decideAnew(decisions, { path, rule: ADDED, edit: { kind: "set", path, vr, value } });
}

/** Lists of references go with the references, unless the object consists of them (Type 1). */
function planReferenceLists(dataset: Dataset, { typeOf, decisions }: PlanContext): void {
  const removed = new Set<string>();
  for (const { path, edit } of decisions) {
    const gone = edit?.kind === "remove" || (edit?.kind === "set" && Array.isArray(edit.value));
    if (gone) removed.add(path.join());
  }
  const before = findReferences(dataset, codeText, () => false);
  if (before.listed.size === 0) return;
  const after = findReferences(dataset, codeText, (path) => removed.has(path.join()));
  for (const tag of listsToRemove(before, after)) {
    if (typeOf(tag, undefined) === "1" || findElement(dataset, tag) === undefined) continue;
    const path: Path = [tag];
    decideAnew(decisions, { path, rule: NO_REFERENCES, edit: { kind: "remove", path } });
  }
}

const NO_REFERENCES: Rule = {
  action: "X",
  reason: "a list of referenced instances, of which none is left (PS3.3 C.12.2)",
};

/** (0042,0015) is the length of the document, which is another one now. */
function planDocumentLength(dataset: Dataset, decisions: Decision[]): void {
  const path: Path = [Tag.EncapsulatedDocumentLength];
  if (findElement(dataset, Tag.EncapsulatedDocumentLength) === undefined) return;
  const decided = decisionOn(decisions, Tag.EncapsulatedDocument);
  const edit = decided?.edit;
  if (decided === undefined || edit === undefined) return;
  if (edit.kind === "remove") {
    decideAnew(decisions, { path, rule: decided.rule, edit: { kind: "remove", path } });
  } else if (edit.kind === "set" && edit.value instanceof Uint8Array) {
    add(decisions, Tag.EncapsulatedDocumentLength, "UL", edit.value.length);
  }
}

/** The decision on an attribute of the top level. */
function decisionOn(decisions: readonly Decision[], tag: number): Decision | undefined {
  return decisions.find(({ path }) => path.length === 1 && path[0] === tag);
}

/** (0008,0016) as rules of the user's leave it: the meta information has to say the same. */
function sopClassUidAfter({ decisions, sopClassUid }: PlanContext): string | undefined {
  const edit = decisionOn(decisions, Tag.SOPClassUID)?.edit;
  if (edit === undefined) return sopClassUid;
  if (edit.kind !== "set") return undefined;
  const [uid] = Array.isArray(edit.value) ? edit.value : [edit.value];
  return typeof uid === "string" && UID.test(uid) ? uid : undefined;
}

/** Of a file without (0008,0018) it is made of the meta information's, or else of what the file begins with. */
function planSopInstanceUid(file: DicomFile, context: PlanContext): string {
  const { decisions, pseudonymization } = context;
  const { replaceUid, hashUid, options } = pseudonymization;
  const path: Path = [Tag.SOPInstanceUID];
  const own = codeText(file.dataset, Tag.SOPInstanceUID);
  const decided = decisionOn(decisions, Tag.SOPInstanceUID);
  // The user's rules may keep it. Whatever else they make of it has to be a UID.
  if (own !== undefined && UID.test(own) && decided?.edit === undefined) return own;
  const uid = own ?? codeText(file.fileMetaInformation, Tag.MediaStorageSOPInstanceUID);
  const made =
    uid === undefined
      ? hashUid(beginningOf(file))
      : UID.test(uid)
        ? options.has("retainUids")
          ? uid
          : replaceUid(uid)
        : hashUid(new TextEncoder().encode(uid));
  const rule = decided?.rule ?? ADDED;
  decideAnew(decisions, { path, rule, edit: { kind: "set", path, vr: "UI", value: made } });
  return made;
}

function beginningOf({ source }: DicomFile): Uint8Array {
  const length = Math.min(source.size, 64 * 1024);
  return isLoaded(source, 0, length) ? viewBytes(source, 0, length) : new Uint8Array();
}

/** What was done, as PS3.15 E.1.1 wants it. */
function planWrittenDown(dataset: Dataset, context: PlanContext): void {
  const { decisions, pseudonymization } = context;
  add(decisions, Tag.PatientIdentityRemoved, "CS", "YES");
  add(decisions, Tag.DeidentificationMethod, "LO", methodsOf(dataset, context));
  add(decisions, Tag.DeidentificationMethodCodeSequence, "SQ", codesOf(dataset, pseudonymization));
  add(decisions, Tag.LongitudinalTemporalInformationModified, "CS", modificationOfDates(context));
}

/** (0028,0303): where some dates stay and others do not, what tells most. */
function modificationOfDates({ pseudonymization, customDates }: PlanContext): string {
  const { options } = pseudonymization;
  if (options.has("retainLongitudinalFullDates") || customDates.keeps) return "UNMODIFIED";
  if (options.has("retainLongitudinalModifiedDates") || customDates.moves) return "MODIFIED";
  return "REMOVED";
}

/** The methods that a file names already, if they name nobody, and ours behind them. */
function methodsOf(dataset: Dataset, context: PlanContext): readonly string[] {
  const { cleanText, iodAttributes, hasCustomRules, options } = context.pseudonymization;
  const ours = [
    METHOD,
    ...TABLE_OPTIONS.filter((option) => options.has(option)).map(
      (option) => codeOf(codeValueOfOption(option)).codeMeaning,
    ),
    ...(iodAttributes === undefined ? [] : [METHOD_ALLOW_LIST]),
    ...(hasCustomRules ? [METHOD_RULES] : []),
  ];
  const before = codeText(dataset, Tag.DeidentificationMethod)?.split("\\") ?? [];
  const earlier = before
    .map((text) => text.trim())
    // What can be written in any character set, and is no copy of our own.
    .filter((text) => /^[\x20-\x7e]{1,64}$/.test(text) && !ours.includes(text))
    .filter((text) => !namesSomebody(text, context.identifiers()))
    .filter(
      (text) => iodAttributes === undefined || cleanText(text, context.identifiers()) === text,
    );
  return [...earlier, ...ours];
}

/** Options about pixels that an earlier de-identification may have applied: pixels stay as they are. */
const PIXEL_OPTIONS: readonly string[] = ["113101", "113102"];

function codesOf(
  dataset: Dataset,
  { options }: Pseudonymization,
): readonly (readonly ElementInit[])[] {
  const items = findElement(dataset, Tag.DeidentificationMethodCodeSequence)?.items ?? [];
  const earlier = PIXEL_OPTIONS.filter((codeValue) =>
    items.some(
      (item) =>
        codeText(item, Tag.CodeValue) === codeValue &&
        codeText(item, Tag.CodingSchemeDesignator) === "DCM",
    ),
  );
  const applied = TABLE_OPTIONS.filter((option) => options.has(option)).map(codeValueOfOption);
  return ["113100", ...earlier, ...applied].map(codeItem);
}

function codeOf(codeValue: string) {
  const code = CID_7050.find((entry) => entry.codeValue === codeValue);
  if (code === undefined) throw new TypeError("codeValue: expected a code of CID 7050");
  return code;
}

function codeItem(codeValue: string): readonly ElementInit[] {
  const code = codeOf(codeValue);
  return [
    { tag: Tag.CodeValue, vr: "SH", value: code.codeValue },
    { tag: Tag.CodingSchemeDesignator, vr: "SH", value: code.codingSchemeDesignator },
    { tag: Tag.CodeMeaning, vr: "LO", value: code.codeMeaning },
  ];
}
