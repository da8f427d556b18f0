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
  type Path,
  type TagNumber,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { CONTENT_SEQUENCES, isStandardCode, valueTagOf, valueTypeOf } from "./content-item.js";
import { dummyCode, dummyItems } from "./dummy.js";
import { editElement } from "./edit-element.js";
import { codeText } from "./element-text.js";
import { PseudonymizerError } from "./errors.js";
import { namesSomebody } from "./identifiers.js";
import type { Place } from "./place.js";
import type { PlanContext } from "./plan-context.js";
import type { Rule } from "./profile.js";
import { rulesOfDataset, vrToTreat } from "./rule-of-element.js";

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
  const ruleOf = rulesOfDataset(dataset, path, context);
  const entered = new Set<TagNumber>();
  for (const element of dataset.elements) {
    const vr = vrToTreat(element);
    const place: Place = { dataset, element, vr, path: [...path, element.tag] };
    const ofPlace =
      ruleOfPlace?.(element.tag) ??
      (cleansCodes && element.tag === Tag.TextValue ? STRAY_TEXT : undefined);
    const rule = ruleOf(place, ofPlace);
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
