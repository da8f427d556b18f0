/**
 * An action as an edit of one element.
 *
 * @module
 */
import {
  characterSetsOf,
  type Dataset,
  type Edit,
  type ElementValueInit,
  formatPath,
  type Path,
  type VR,
  VRS,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { Action } from "./action.js";
import { dummyItems, dummyValue } from "./dummy.js";
import { dummyDocument } from "./dummy-document.js";
import { bytesText, codeText, identifierText, textValues, trimUid } from "./element-text.js";
import { PseudonymizerError } from "./errors.js";
import { fold, withoutAccents } from "./fold.js";
import { isLegalValue } from "./legal-value.js";
import type { Place } from "./place.js";
import type { PlanContext } from "./plan-context.js";
import type { Rule } from "./profile.js";
import { changeDate, isTemporal } from "./shift-date.js";

/** The edit of an element; undefined if it stays, and its items are looked at. */
export function editElement(place: Place, rule: Rule, context: PlanContext): Edit | undefined {
  const { element, vr, path } = place;
  switch (rule.action) {
    case "K":
      return keptValue(place, rule, context);
    case "X":
      return { kind: "remove", path };
    case "Z":
      return pseudonymEdit(place, context) ?? emptied(path, vr);
    case "U":
      if (vr === "SQ") return element.items === undefined ? { kind: "remove", path } : undefined;
      return replacedUids(place, context);
    case "C":
      return cleaned(place, rule, context);
    case "D":
      return rule.value === undefined
        ? dummied(place, context)
        : { kind: "set", path, vr, value: valueOfText(rule.value, place, rule) };
  }
}

/** What an option keeps has to be a value of its VR: what else stands there may be anything. */
function keptValue(place: Place, rule: Rule, context: PlanContext): Edit | undefined {
  const { dataset, element, vr, path } = place;
  const isText = VRS[vr].kind === "text";
  if (rule.otherwise === undefined || element.items !== undefined || vr === "SQ") return undefined;
  const isAsKnown = element.vr === vr || element.vr === "UN" || VRS[element.vr].kind === "bytes";
  const isLegal =
    isAsKnown &&
    (!isText || textValues(dataset, element)?.every((value) => isLegalValue(value, vr)) === true);
  if (isLegal) return undefined;
  if (isTemporal(vr)) context.findings.push({ code: "BAD_DATE_REMOVED", at: formatPath(path) });
  return editElement(place, { action: rule.otherwise, reason: rule.reason }, context);
}

function emptied(path: Path, vr: VR): Edit {
  return { kind: "set", path, vr, value: emptyValue(vr) };
}

function emptyValue(vr: VR): "" | readonly [] | Uint8Array {
  const { kind } = VRS[vr];
  if (kind === "text") return "";
  return kind === "bytes" ? new Uint8Array() : [];
}

function dummied(place: Place, context: PlanContext): Edit | undefined {
  const { dataset, element, vr, path } = place;
  if (vr === "UI") return replacedUids(place, context);
  if (vr === "SQ") {
    const items = dummyItems(element.tag);
    if (items !== undefined) return { kind: "set", path, vr, value: items };
    return element.items === undefined ? { kind: "remove", path } : undefined;
  }
  if (element.tag === Tag.EncapsulatedDocument) {
    const mimeType = codeText(dataset, Tag.MIMETypeOfEncapsulatedDocument);
    return { kind: "set", path, vr, value: dummyDocument(mimeType) };
  }
  return pseudonymEdit(place, context) ?? { kind: "set", path, vr, value: dummyValue(vr) };
}

/** A text that a rule gives, as a value of the VR. */
function valueOfText(text: string, { dataset, vr }: Place, { reason }: Rule): ElementValueInit {
  if (text === "") return emptyValue(vr);
  const { kind, multiValued } = VRS[vr];
  const isAscii = /^[\t\n\f\r\x20-\x7e]*$/.test(text);
  if (kind === "text" && !isAscii && !isUtf8(dataset)) {
    throw new PseudonymizerError(
      "BAD_RULE",
      `${reason}: a text that is not ASCII can only be written to files in UTF-8`,
    );
  }
  const values = multiValued ? text.split("\\") : [text];
  if (kind === "text" && values.every((value) => isLegalValue(value, vr))) return text;
  const numbers = text.split("\\").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (kind === "number" && numbers.every(Number.isFinite)) return numbers;
  throw new PseudonymizerError(
    "BAD_RULE",
    `${reason}: no value of VR ${vr} can be made of its text`,
  );
}

/** The identifiers for which there are pseudonyms, so that what belongs together stays together. */
function pseudonymEdit(
  { dataset, element, vr, path }: Place,
  context: PlanContext,
): Edit | undefined {
  const { patientPseudonym, otherPatientPseudonym, accessionPseudonym } = context.pseudonymization;
  const set = (value: string): Edit => ({ kind: "set", path, vr, value });
  switch (element.tag) {
    case Tag.PatientID:
    case Tag.PatientName: {
      const id = identifierText(dataset, Tag.PatientID);
      const isOther = path.length > 1 && id !== context.patientId;
      return set((isOther ? otherPatientPseudonym : patientPseudonym)(id));
    }
    case Tag.AccessionNumber:
      return set(
        accessionPseudonym(context.patientId, identifierText(dataset, Tag.AccessionNumber)),
      );
    default:
      return undefined;
  }
}

function replacedUids({ dataset, element, vr, path }: Place, context: PlanContext): Edit {
  const { replaceUid } = context.pseudonymization;
  const uids = bytesText(dataset, element).split("\\");
  const written = VRS[vr].kind === "text" ? vr : "UI";
  return { kind: "set", path, vr: written, value: uids.map((uid) => replaceUid(trimUid(uid))) };
}

/** Action C; what cannot be cleaned is treated as the rule says otherwise. */
function cleaned(place: Place, rule: Rule, context: PlanContext): Edit | undefined {
  const { dataset, element, vr, path } = place;
  const otherwise = () => {
    const action: Action = rule.otherwise ?? "X";
    return editElement(place, { action, reason: rule.reason }, context);
  };
  if (vr === "SQ") return element.items === undefined ? otherwise() : undefined;
  if (vr === "UI") return replacedUids(place, context);
  if (element.items !== undefined || VRS[vr].kind !== "text") return otherwise();
  const old = textValues(dataset, element);
  const values = rule.value === undefined ? old : rule.value.split("\\");
  if (values === undefined || old === undefined) return otherwise();
  if (rule.value === undefined && values.every((value) => value === "")) return undefined;
  const changed: readonly (string | undefined)[] | undefined = isTemporal(vr)
    ? values.map((value) => (value === "" ? "" : changeDate(value, vr, context.dateChange())))
    : cleanedValues(place, values, context);
  if (changed === undefined) return otherwise();
  if (changed.some((value) => value === undefined)) {
    context.findings.push({ code: "BAD_DATE_REMOVED", at: formatPath(path) });
    return otherwise();
  }
  if (changed.length === old.length && changed.every((value, i) => value === old[i])) {
    return undefined;
  }
  return { kind: "set", path, vr, value: changed.join("\\") };
}

/** VRs of which each text is looked at word by word. */
const TEXTS: ReadonlySet<VR> = new Set(["AE", "LO", "LT", "SH", "ST", "UC", "UT"]);

/** Undefined if nothing is left. */
function cleanedValues(
  { dataset, element, vr }: Place,
  values: readonly string[],
  context: PlanContext,
): readonly string[] | undefined {
  if (element.tag === Tag.TimezoneOffsetFromUTC) {
    // Whole days leave it as it is. A month or a year has no time zone.
    const isZone = values.length === 1 && /^[+-]\d{4}$/.test(values[0] ?? "");
    const stays = isZone && context.dateChange().kind === "shift";
    return stays ? values : undefined;
  }
  if (vr === "AS") return values.every((value) => isLegalValue(value, vr)) ? values : undefined;
  if (vr === "DS" || vr === "IS") {
    // A long number may be anybody's; a short one numbers images.
    const isSafe = (value: string) =>
      isLegalValue(value, vr) && (value.length < 4 || !context.identifiers().has(value.trim()));
    return values.every(isSafe) ? values : undefined;
  }
  const { cleanText } = context.pseudonymization;
  if (vr === "CS") {
    // Half a code is none. A name that is a term of the standard as well is no name here.
    return knownCodes(
      values,
      (value) =>
        (isCodeString(value) && !context.identifiers().has(fold(value))) ||
        cleanText(value, NOBODY) === value,
    );
  }
  if (!TEXTS.has(vr)) return undefined;
  const left = values.map((value) => encodable(dataset, cleanText(value, context.identifiers())));
  return left.every((value) => value === "") ? undefined : left;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Terms of the standard that are names as well, and so on no list of words. */
const CODE_STRINGS: ReadonlySet<string> = new Set(["ANN", "MAR", "OCT", "WHITE"]);

/** Known terms, numbers of templates, and directions such as `AFR` (PS3.3 C.7.6.1.1.1). */
function isCodeString(value: string): boolean {
  return CODE_STRINGS.has(value) || /^(?:\d{1,5}|[AFHLPR]{1,3})$/.test(value);
}

/** Only ASCII and UTF-8 are written: in other character sets, accents go. */
function encodable(dataset: Dataset, text: string): string {
  return isUtf8(dataset) ? text : shortened(withoutAccents(text), text.length);
}

function isUtf8(dataset: Dataset): boolean {
  return characterSetsOf(dataset).terms.includes("ISO_IR 192");
}

/** No longer than it was, though a letter may have become two: whole words only. */
function shortened(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, text.lastIndexOf(" ", length)).trimEnd();
}

/** Codes that are known stay in their places; others become OTHER, a term that many attributes define. */
function knownCodes(
  values: readonly string[],
  isKnown: (value: string) => boolean,
): readonly string[] | undefined {
  const known = values.map((value) => value === "" || isKnown(value));
  if (!known.includes(true)) return undefined;
  return values.map((value, i) => (known[i] === true ? value : "OTHER"));
}
