/**
 * Decides what becomes of the elements of a data set, and of those in its sequences.
 *
 * @module
 */
import {
  type DataElement,
  type Dataset,
  type Edit,
  findElement,
  formatPath,
  type Item,
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
import { CONTENT_SEQUENCES, isStandardCode, valueTagOf, valueTypeOf } from "./content-item.js";
import { dummyCode, dummyItems } from "./dummy.js";
import { editElement, type Place } from "./edit-element.js";
import { bytesText, codeText, textValues } from "./element-text.js";
import { PseudonymizerError } from "./errors.js";
import { namesSomebody } from "./identifiers.js";
import type { IsInIod } from "./iod-attributes.js";
import { isLegalValue } from "./legal-value.js";
import type { PlanContext } from "./plan-context.js";
import { KEEP, type Rule } from "./profile.js";
import { privateElementOf } from "./safe-private.js";
import { isTemporal } from "./shift-date.js";

/** Adds the decisions on a data set to those of the context. */
export function planDataset(dataset: Dataset, path: Path, context: PlanContext): void {
  planElements(dataset, path, context);
}

/** What surrounds a data set, as far as it matters. */
interface Surroundings {
  /** A rule that comes before all others. */
  readonly ruleOfPlace?: (tag: TagNumber) => Rule | undefined;
  /** Whether codes in it are cleaned. */
  readonly cleansCodes?: boolean;
}

function planElements(
  dataset: Dataset,
  path: Path,
  context: PlanContext,
  surroundings: Surroundings = {},
): void {
  const { ruleOfPlace, cleansCodes = false } = surroundings;
  const privateRules = rulesOfPrivate(dataset, path, context);
  const entered = new Set<TagNumber>();
  for (const element of dataset.elements) {
    const vr = vrToTreat(element);
    const place: Place = { dataset, element, vr, path: [...path, element.tag] };
    const rule =
      privateRules?.rules.get(element) ??
      (privateRules?.creators.has(element) === true ? CREATOR : undefined) ??
      customRule(place, context) ??
      ruleOfPlace?.(element.tag) ??
      (cleansCodes && element.tag === Tag.TextValue ? STRAY_TEXT : undefined) ??
      (element.tag === Tag.SpecificCharacterSet ? characterSetRule(place) : undefined) ??
      standardRule(place, context);
    if (
      rule.action === "K" &&
      vr === "SQ" &&
      element.items === undefined &&
      element.valueLength > 0
    ) {
      // Said to be a sequence, but not to be read as one: what it holds can't be cleaned.
      decide(context, place.path, UNREADABLE, { kind: "remove", path: place.path });
      continue;
    }
    const edit = editElement(place, rule, context);
    if (edit !== undefined || context.explain) decide(context, place.path, rule, edit);
    if (edit !== undefined || element.items === undefined) continue;
    if (entered.has(element.tag)) {
      throw new PseudonymizerError(
        "DUPLICATE_SEQUENCE",
        `a sequence occurs twice in a data set: ${formatPath(place.path)}`,
      );
    }
    entered.add(element.tag);
    const cleans = cleansCodes || rule.action === "C";
    planItems(element, element.items, place.path, rule, cleans, context);
  }
}

function decide(context: PlanContext, path: Path, rule: Rule, edit: Edit | undefined): void {
  context.decisions.push({ path, rule, edit });
}

const UNREADABLE: Rule = { action: "X", reason: "a sequence that cannot be read" };

/** What the dictionary says: files may say UN, or be wrong (PS3.5 6.2.2). */
function vrToTreat(element: DataElement): VR {
  const known = vrOfTag(element.tag);
  return known !== undefined && isVR(known) ? known : element.vr;
}

/** Groups to which no rule of the user's is applied: what stands there is no part of a data set. */
function isOutside(group: number): boolean {
  return group < 0x0008 || group >= 0xfff0;
}

/** The user's own. */
function customRule(place: Place, context: PlanContext): Rule | undefined {
  const { customRuleOf, patientPseudonym } = context.pseudonymization;
  if (customRuleOf === undefined || isOutside(place.element.tag >>> 16)) return undefined;
  const rule = customRuleOf(place, { sopClassUid: context.sopClassUid, patientPseudonym });
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
    return textOrBytes(place)
      .split(/[\\ ]+/)
      .every(isNumber)
      ? { action: "K", reason }
      : undefined;
  }
  const text = VRS[vr].kind === "text" || element.valueLength <= MAX_TEXT_BYTES;
  const isOpaque = VRS[vr].kind !== "number" || VRS[element.vr].kind === "bytes";
  const told = text && isOpaque ? textOrBytes(place) : "";
  return namesSomebody(told, context.identifiers()) ? undefined : { action: "K", reason };
}

/** Bytes that are looked into as if they were text; more are hardly a name. */
const MAX_TEXT_BYTES = 65_536;

function textOrBytes({ dataset, element, vr }: Place): string {
  const texts = VRS[vr].kind === "text" ? textValues(dataset, element) : undefined;
  return texts?.join(" ") ?? bytesText(dataset, element);
}

const SOURCES = {
  table: "Table E.3.10-1",
  file: "the file's own declaration (0008,0300)",
  user: "the user's list",
} as const;

/** A tag of an even group that is in no dictionary, and in no row. */
const NO_ROW: TagNumber = 0x00080000 | 0xfffe;

/** The terms for character sets (PS3.3 C.12.1.1.2): what else stands there is none. */
const CHARACTER_SET = /^(?:|ISO_IR \d{1,3}|ISO 2022 IR \d{1,3}|GB18030|GBK)$/;

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

function planItems(
  element: DataElement,
  items: readonly Item[],
  path: Path,
  rule: Rule,
  cleansCodes: boolean,
  context: PlanContext,
): void {
  const isListing = context.isListed !== undefined;
  const cleansContent = context.pseudonymization.options.has("cleanStructuredContent");
  if (cleansContent && CONTENT_SEQUENCES.has(element.tag)) {
    planContentItems(element, items, path, rule, context);
    return;
  }
  for (const [index, item] of items.entries()) {
    const here = [...path, index];
    if (cleansContent && element.tag === Tag.ConceptNameCodeSequence) {
      planMeaning(item, here, rule, context);
    } else if ((cleansCodes || isListing) && isCode(item)) planCode(item, here, rule, context);
    else planElements(item, here, context, { cleansCodes });
  }
}

function isCode(item: Item): boolean {
  return [Tag.CodeValue, Tag.LongCodeValue, Tag.URNCodeValue, Tag.CodeMeaning].some(
    (tag) => findElement(item, tag) !== undefined,
  );
}

/** A code: that of a standard stays, but for its meaning, which is a text; one that a hospital made is replaced. */
function planCode(item: Item, path: Path, rule: Rule, context: PlanContext): void {
  if (isStandardCode(item) && !isIdentifier(item, context)) {
    planMeaning(item, path, rule, context);
  } else {
    decide(context, path, rule, { kind: "setItem", path, elements: dummyCode() });
  }
}

/** Codes are numbers, mostly: only letters in them can tell a name. */
function isIdentifier(item: Item, context: PlanContext): boolean {
  const letters = (codeText(item, Tag.CodeValue) ?? "").replace(/[^A-Za-z]+/g, " ").trim();
  return letters.length > 3 && namesSomebody(letters, context.identifiers());
}

/** The meaning of a code is a text, and may be anybody's. Its other parts are, of a standard's, known. */
function planMeaning(item: Item, path: Path, { reason }: Rule, context: PlanContext): void {
  const isStandard = isStandardCode(item);
  const cleaned: Rule = { action: "C", reason, otherwise: "D" };
  planElements(item, path, context, {
    cleansCodes: true,
    ruleOfPlace: (tag) => {
      if (tag === Tag.CodeMeaning) return cleaned;
      return isStandard && CODE_PARTS.has(tag) ? STANDARD_CODE : undefined;
    },
  });
}

/** Attributes of a code (PS3.3 Table 8.8-1a) that its standard, or DICOM, has made. */
const CODE_PARTS: ReadonlySet<TagNumber> = new Set([
  Tag.CodeValue,
  Tag.CodingSchemeDesignator,
  Tag.CodingSchemeVersion,
  Tag.LongCodeValue,
  Tag.URNCodeValue,
  Tag.ContextIdentifier,
  Tag.MappingResource,
]);
const STANDARD_CODE: Rule = { action: "K", reason: "a code of a standard" };

/** Content items by their concept names (PS3.15 E.3.4). */
function planContentItems(
  element: DataElement,
  items: readonly Item[],
  path: Path,
  rule: Rule,
  context: PlanContext,
): void {
  const rules = items.map((item) => context.pseudonymization.contentItemRuleOf(item));
  const mayGo = !context.refersByPlace();
  if (mayGo && items.length > 0 && rules.every(({ action }) => action === "X")) {
    // An empty sequence is legal nowhere; at the top one item has to be.
    const dummy = path.length === 1 ? dummyItems(element.tag) : undefined;
    const mayBeEmpty = context.typeOf(element.tag, path[path.length - 3]) === "2";
    const value = dummy ?? (mayBeEmpty ? [] : undefined);
    const edit: Edit =
      value === undefined ? { kind: "remove", path } : { kind: "set", path, vr: "SQ", value };
    decide(context, path, rules[0] ?? rule, edit);
    return;
  }
  for (const [index, item] of items.entries()) {
    const here = [...path, index];
    const itemRule = rules[index] ?? rule;
    if (itemRule.action === "X" && mayGo) {
      decide(context, here, itemRule, { kind: "remove", path: here });
    } else {
      planContentItem(item, here, itemRule, context);
    }
  }
}

/** The value by the item's rule, and all else as anywhere. An item that has to stay though it should go loses its value. */
function planContentItem(item: Item, path: Path, rule: Rule, context: PlanContext): void {
  const isLost = rule.action === "X" || rule.action === "D";
  const valueTag = valueTagOf(valueTypeOf(item));
  const valueRule: Rule = isLost
    ? { ...rule, action: "D" }
    : rule.action === "C"
      ? { ...rule, otherwise: "D" }
      : rule;
  planElements(item, path, context, {
    cleansCodes: true,
    ruleOfPlace: (tag) => {
      if (tag === valueTag) return valueRule;
      // Where the value is of another type, it has no business here.
      if (tag === Tag.TextValue) return STRAY_TEXT;
      if (tag === Tag.ConceptCodeSequence) return isLost ? LOST_CODE : CLEANED_CODE;
      if (isLost && tag === Tag.MeasuredValueSequence) return { ...rule, action: "Z" };
      return isLost && NUMBERS.has(tag) ? { ...rule, action: "X" } : undefined;
    },
  });
}

/** Where numbers stand in content items that have no measured value, such as those of acquisition context. */
const NUMBERS: ReadonlySet<TagNumber> = new Set([
  Tag.NumericValue,
  Tag.FloatingPointValue,
  Tag.RationalNumeratorValue,
  Tag.RationalDenominatorValue,
]);

const STRAY_TEXT: Rule = {
  action: "C",
  reason: "a text in a content item of another type",
  otherwise: "X",
};
const LOST_CODE: Rule = { action: "D", reason: "the value of a content item that goes" };
const CLEANED_CODE: Rule = { action: "C", reason: "PS3.15 E.3.4: a coded value" };
