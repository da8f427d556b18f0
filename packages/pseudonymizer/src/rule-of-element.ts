/**
 * Which rule decides on an element: the user's own, that of safe private elements, or that of PS3.15 and its options.
 *
 * @module
 */
import {
  type DataElement,
  type Dataset,
  findElement,
  formatPath,
  isPrivateCreatorTag,
  isPrivateTag,
  isVR,
  type Path,
  privateCreatorTagOf,
  type TagNumber,
  type VR,
  VRS,
  vrOfTag,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { VRS_TREATED_ALIKE } from "./annex-e-departures.js";
import { bytesText, MAX_TEXT_BYTES, textsOrBytes } from "./element-text.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";
import { namesSomebody } from "./identifiers.js";
import type { IsInIod } from "./iod-attributes.js";
import { isLegalValue } from "./legal-value.js";
import type { Place } from "./place.js";
import type { PlanContext } from "./plan-context.js";
import { KEEP, type Rule } from "./profile.js";
import { privateElementOf } from "./safe-private.js";
import { isTemporal } from "./shift-date.js";

/** Finds the rule of an element; `ofPlace` is that of what surrounds it, which only the user's own outrank. */
export type RuleOfElement = (place: Place, ofPlace: Rule | undefined) => Rule;

/** Makes the function for the elements of a data set. */
export function rulesOfDataset(dataset: Dataset, path: Path, context: PlanContext): RuleOfElement {
  const privateRules = rulesOfPrivate(dataset, path, context);
  return (place, ofPlace) => {
    const { element } = place;
    return (
      privateRules?.rules.get(element) ??
      (privateRules?.creators.has(element) === true ? CREATOR : undefined) ??
      customRule(place, context) ??
      ofPlace ??
      (element.tag === Tag.SpecificCharacterSet ? characterSetRule(place) : undefined) ??
      standardRule(place, context)
    );
  };
}

/** What the dictionary says: files may say UN, or be wrong (PS3.5 6.2.2). */
export function vrToTreat(element: DataElement): VR {
  const known = vrOfTag(element.tag);
  return known !== undefined && isVR(known) ? known : element.vr;
}

/** The attributes whose types the tables know. */
const ANNEX_E_TAGS: ReadonlySet<TagNumber> = new Set(ANNEX_E_ROWS.map(({ tag }) => tag));

/** Groups to which no rule of the user's is applied: what stands there is no part of a data set. */
function isOutside(group: number): boolean {
  return group < 0x0008 || group >= 0xfff0;
}

/** The user's own. */
function customRule(place: Place, context: PlanContext): Rule | undefined {
  const { customRuleOf, patientPseudonym } = context.pseudonymization;
  if (customRuleOf === undefined || isOutside(place.element.tag >>> 16)) return undefined;
  const { element, path } = place;
  const rule = customRuleOf(place, {
    sopClassUid: context.sopClassUid,
    patientPseudonym,
    attributeType: () =>
      ANNEX_E_TAGS.has(element.tag)
        ? context.typeOf(element.tag, path[path.length - 3])
        : "unknown",
  });
  if (rule !== undefined && isTemporal(place.vr) && place.element.valueLength > 0) {
    if (rule.action === "K") context.customDates.keeps = true;
    if (rule.action === "C") context.customDates.moves = true;
  }
  return rule;
}

/** That of PS3.15 and its options, for attributes of even groups. */
function standardRule({ element, vr, path }: Place, context: PlanContext): Rule {
  const { options, ruleOf } = context.pseudonymization;
  const type = context.typeOf(element.tag, path[path.length - 3]);
  let rule = ruleOf(element.tag, vr, type);
  if (rule === KEEP && element.vr !== vr && VRS_TREATED_ALIKE.has(element.vr)) {
    // The dictionary says, say, LO, but the file PN: then it is a name.
    rule = ruleOf(element.tag, element.vr, type);
  }
  if (context.isListed !== undefined) {
    const asListed = listed(rule, element, vr, context.isListed);
    return asListed === LISTED_UID && options.has("retainUids") ? rule : asListed;
  }
  if (rule === KEEP && vrOfTag(element.tag) === undefined) {
    if (vr === "UI" && !options.has("retainUids")) return UNKNOWN_UID;
    context.findings.push({ code: "UNKNOWN_ATTRIBUTE_KEPT", at: formatPath(path) });
  }
  return rule;
}

const UNKNOWN_UID: Rule = { action: "U", reason: "no attribute that is known, but VR UI" };
const NOT_LISTED: Rule = { action: "X", reason: "not of the object's IOD, unlisted attributes go" };
const LISTED_UID: Rule = { action: "U", reason: "a UID of the object's IOD" };
const LISTED_TEXT: Rule = {
  action: "C",
  reason: "text of the object's IOD, in which any word may stand",
  otherwise: "D",
};
const LISTED_NUMBER: Rule = { ...LISTED_TEXT, otherwise: "Z" };

/** Without which a file cannot be read: a private SOP class names a maker's format. */
const STRUCTURAL: ReadonlySet<TagNumber> = new Set([Tag.SpecificCharacterSet, Tag.SOPClassUID]);

/** In allow-list mode: what is foreign to the IOD goes, and of its texts, what is not known to be safe. */
function listed(rule: Rule, { tag, vr: fileVR }: DataElement, vr: VR, isListed: IsInIod): Rule {
  if (rule.action === "X") return rule;
  if (!isListed(tag)) return NOT_LISTED;
  // Said to be text, where the dictionary has numbers or bytes.
  if (VRS[fileVR].kind === "text" && VRS[vr].kind !== "text") return NOT_LISTED;
  if (rule !== KEEP || STRUCTURAL.has(tag)) return rule;
  if (vr === "UI") return LISTED_UID;
  if (VRS[vr].kind !== "text") return rule;
  return vr === "DS" || vr === "IS" || vr === "AS" ? LISTED_NUMBER : LISTED_TEXT;
}

/** The rules of the private elements of a data set. */
interface PrivateRules {
  /** By element, since a damaged file may have a tag twice. */
  readonly rules: ReadonlyMap<DataElement, Rule>;
  /** Creators of which something stays, and that stay with it. */
  readonly creators: ReadonlySet<DataElement>;
}

/** @returns undefined where no private element may stay */
function rulesOfPrivate(
  dataset: Dataset,
  path: Path,
  context: PlanContext,
): PrivateRules | undefined {
  const { customRuleOf } = context.pseudonymization;
  if (context.safePrivate === undefined && customRuleOf === undefined) return undefined;
  const rules = new Map<DataElement, Rule>();
  const creators = new Set<DataElement>();
  for (const element of dataset.elements) {
    if (!isPrivateTag(element.tag) || isPrivateCreatorTag(element.tag)) continue;
    const place: Place = { dataset, element, vr: element.vr, path: [...path, element.tag] };
    const rule =
      customRule(place, context) ??
      ruleOfSafePrivate(place, context) ??
      standardRule(place, context);
    rules.set(element, rule);
    const tag = rule.action === "X" ? undefined : privateCreatorTagOf(element.tag);
    const creator = tag === undefined ? undefined : findElement(dataset, tag);
    if (creator !== undefined) creators.add(creator);
  }
  return { rules, creators };
}

const CREATOR: Rule = { action: "K", reason: "the creator of private elements that stay" };

/** A private element that is safe: kept, but dates, names and UIDs are treated by VR. */
function ruleOfSafePrivate(place: Place, context: PlanContext): Rule | undefined {
  const { dataset, element } = place;
  const known = privateElementOf(dataset, element.tag);
  const safe = known === undefined ? undefined : context.safePrivate?.(known);
  if (safe === undefined || known === undefined) return undefined;
  if (namesSomebody(known.creator, context.identifiers())) return undefined;
  const vr = element.vr === "UN" && safe.vr !== undefined ? safe.vr : element.vr;
  const reason = `PS3.15 E.3.10 retain-safe-private, by ${SOURCES[safe.source]}`;
  if (vr === "UI") {
    const keeps = context.pseudonymization.options.has("retainUids");
    return { action: keeps ? "K" : "U", reason };
  }
  if (vr === "PN") return undefined;
  if (VRS_TREATED_ALIKE.has(vr)) {
    const { action } = context.pseudonymization.ruleOf(NO_ROW, vr, "3");
    return action === "D" ? undefined : { action, reason, otherwise: "X" };
  }
  if (vr === "SQ") return element.items === undefined ? undefined : { action: "K", reason };
  // Of bytes, only the standard's table, or the user, can know what they are.
  if (VRS[vr].kind === "bytes" && safe.source === "file") return undefined;
  // What the table knows as something else is something else.
  if (safe.vr !== undefined && VRS[safe.vr].kind !== VRS[vr].kind) return undefined;
  if (vr === "DS" || vr === "IS") {
    const isNumber = (value: string) =>
      isLegalValue(value, vr) && !context.identifiers().has(value.trim());
    const values = textsOrBytes(dataset, element).flatMap((text) => text.split(/[\\ ]+/));
    return values.every(isNumber) ? { action: "K", reason } : undefined;
  }
  const text = VRS[vr].kind === "text" || element.valueLength <= MAX_TEXT_BYTES;
  const isOpaque = VRS[vr].kind !== "number" || VRS[element.vr].kind === "bytes";
  const told = text && isOpaque ? textsOrBytes(dataset, element).join(" ") : "";
  return namesSomebody(told, context.identifiers()) ? undefined : { action: "K", reason };
}

const SOURCES = {
  table: "Table E.3.10-1",
  file: "the file's own declaration (0008,0300)",
  user: "the user's list",
} as const;

/** A tag of an even group that is in no dictionary, and in no row. */
const NO_ROW: TagNumber = 0x00080000 | 0xfffe;

/** The terms for character sets (PS3.3 C.12.1.1.2), and how some misspell them: what else stands there is none. */
const CHARACTER_SET = /^(?:|ISO[ _-]?(?:2022[ _-]?)?IR[ _-]?\d{1,3}|GB18030|GBK|UTF-?8)$/i;

function characterSetRule({ dataset, element }: Place): Rule | undefined {
  const terms = bytesText(dataset, element)
    .split("\\")
    .map((term) => term.trim());
  const known = terms.filter((term) => CHARACTER_SET.test(term));
  return known.length === terms.length
    ? undefined
    : { ...BAD_CHARACTER_SET, value: known.join("\\") };
}

const BAD_CHARACTER_SET: Rule = {
  action: "D",
  reason: "a character set that PS3.3 C.12.1.1.2 does not define",
};
