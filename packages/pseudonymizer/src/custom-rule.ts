/**
 * Rules of the user's own, before those of PS3.15: where two fit, the later one decides.
 *
 * @module
 */
import type { Dataset, Path, TagNumber, VR } from "@dsail/dicom-core";
import type { Action } from "./action.js";
import type { AttributeType } from "./attribute-type.js";
import { dummyItems } from "./dummy.js";
import { textValues } from "./element-text.js";
import { PseudonymizerError } from "./errors.js";
import type { Place } from "./place.js";
import type { Rule } from "./profile.js";
import { type PrivateElement, privateElementOf } from "./safe-private.js";

/** Which elements a rule is for: those that fit all that is given. */
export interface RuleMatch {
  readonly tag?: TagNumber;
  /** The tags with `(tag & mask) === value`, such as all of group 60xx. */
  readonly range?: { readonly mask: number; readonly value: number };
  /** The VR of the dictionary, or the file's where the dictionary has none. */
  readonly vr?: VR;
  readonly private?: PrivateElement;
  /** Tags and indices by turns, as in a `Path`; index -1 stands for every item. */
  readonly path?: Path;
}

/** What a rule may do, by name. */
export type CustomAction =
  /** Keep; of a sequence, its items, to which the rules apply. */
  | "keep"
  | "remove"
  /** Leave the element without a value. */
  | "empty"
  /** Replace by a dummy that the VR allows. */
  | "dummy"
  /** Replace by a value of like meaning: words that are safe, dates that are moved. Removed where nothing is left. */
  | "clean"
  /** Replace UIDs, by the same ones wherever they occur. */
  | "replaceUid";

/** What a function decides. */
export type CustomOutcome =
  | {
      readonly action: CustomAction;
      /** Of `clean`: the text to clean, several values with backslashes between them. Default: the element's own. */
      readonly text?: string;
      /** Of `clean`: what is done where nothing is left. Default `remove`. */
      readonly otherwise?: Extract<CustomAction, "remove" | "empty" | "dummy">;
    }
  | { readonly value: string };

/** The element that a function is asked about. */
export interface CustomElement {
  readonly tag: TagNumber;
  readonly vr: VR;
  readonly path: Path;
  /** The values as text; undefined of numbers, bytes and sequences. */
  readonly values: readonly string[] | undefined;
}

/** What a function may look at besides. */
export interface CustomContext {
  /** The data set, or item, that holds the element. */
  readonly dataset: Dataset;
  /** The SOP class of the file. */
  readonly sopClassUid: string | undefined;
  /** The pseudonym of the patient, or of any text as if it were a Patient ID. */
  readonly patientPseudonym: (patientId: string) => string;
  /** What a valid object has to have of the attribute (PS3.5 7.4); `unknown` of those that Table E.1-1 does not name. */
  readonly attributeType: () => AttributeType;
}

/** A rule. One of `action`, `value`, `find` and `decide` is given. */
export interface CustomRule extends RuleMatch {
  /** How the plan calls it. Default: its number, counted from 1. */
  readonly name?: string;
  readonly action?: CustomAction;
  /** A text to write instead, several values with backslashes between them. */
  readonly value?: string;
  /**
   * A regular expression; where it is found in the text, {@link replace} takes its place. What is left of the text beside
   * it is cleaned, as by `clean`. Where it is not found, the rule does not apply.
   */
  readonly find?: string;
  /** May have `$1` and its kin. Default: nothing. */
  readonly replace?: string;
  /** Decides by itself; undefined leaves it to the other rules. */
  readonly decide?: (element: CustomElement, context: CustomContext) => CustomOutcome | undefined;
}

/** The rule for an element; undefined if none of the user's fits. */
export type CustomRuleOf = (
  place: Place,
  context: Omit<CustomContext, "dataset">,
) => Rule | undefined;

const ACTIONS: { readonly [action in CustomAction]: Action } = {
  keep: "K",
  remove: "X",
  empty: "Z",
  dummy: "D",
  clean: "C",
  replaceUid: "U",
};

/** The names of actions. */
export const CUSTOM_ACTIONS: readonly CustomAction[] = Object.keys(ACTIONS) as CustomAction[];

/**
 * Makes the function that finds the rule.
 *
 * @returns undefined if there are no rules
 * @throws {@link PseudonymizerError} `BAD_RULE`
 */
export function customRules(rules: readonly CustomRule[]): CustomRuleOf | undefined {
  if (rules.length === 0) return undefined;
  const compiled = rules.map(compile).reverse();
  return (place, context) => {
    for (const { rule, apply } of compiled) {
      if (!fits(rule, place)) continue;
      const decided = apply(place, context);
      if (decided !== undefined) return decided;
    }
    return undefined;
  };
}

interface CompiledRule {
  readonly rule: CustomRule;
  readonly apply: CustomRuleOf;
}

function compile(rule: CustomRule, index: number): CompiledRule {
  const reason = rule.name ?? `rule ${index + 1} of the user`;
  const refuse = (why: string) => new PseudonymizerError("BAD_RULE", `rule ${index + 1}: ${why}`);
  const { tag, range, vr, private: privateElement, path } = rule;
  if ([tag, range, vr, privateElement, path].every((part) => part === undefined)) {
    throw refuse("expected a tag, a range, a VR, a private element or a path");
  }
  const given = [rule.action, rule.value, rule.find, rule.decide];
  if (given.filter((part) => part !== undefined).length !== 1) {
    throw refuse("expected one of action, value, find and decide");
  }
  const ofOutcome = (outcome: CustomOutcome): Rule => {
    if ("value" in outcome) return { action: "D", reason, value: outcome.value };
    if (!Object.hasOwn(ACTIONS, outcome.action)) {
      throw refuse(`expected an action of ${CUSTOM_ACTIONS.join(", ")}`);
    }
    // Without the pseudonyms that an action of the standard would leave in some attributes.
    if (outcome.action === "empty") return { action: "D", reason, value: "" };
    const action = ACTIONS[outcome.action];
    if (outcome.action !== "clean") return { action, reason };
    const { text, otherwise } = outcome;
    return {
      action,
      reason,
      ...(text === undefined ? {} : { value: text }),
      ...(otherwise === undefined ? {} : { otherwise: ACTIONS[otherwise] }),
    };
  };
  const { action, value, find, replace = "", decide } = rule;
  if (action !== undefined) {
    const fixed = ofOutcome({ action });
    return { rule, apply: (place) => inPlace(fixed, place) };
  }
  if (value !== undefined) return { rule, apply: () => ofOutcome({ value }) };
  if (find !== undefined) {
    let expression: RegExp;
    try {
      expression = new RegExp(find, "gu");
    } catch {
      throw refuse("find is no regular expression");
    }
    return {
      rule,
      apply: ({ dataset, element }) => {
        const text = textValues(dataset, element)?.join("\\");
        const replaced = text?.replace(expression, replace);
        if (text === undefined || replaced === undefined || text.search(expression) < 0) {
          return undefined;
        }
        // What the expression did not look at is as it was: only known words of it may stay.
        const isWhole = text.replace(expression, "") === "";
        return { action: isWhole ? "D" : "C", reason, value: replaced };
      },
    };
  }
  return {
    rule,
    apply: ({ dataset, element, vr: vrOfElement, path: at }, context) => {
      const asked: CustomElement = {
        tag: element.tag,
        vr: vrOfElement,
        path: at,
        // Decoded only when asked for: a function may be asked about every element.
        get values() {
          return element.items === undefined ? textValues(dataset, element) : undefined;
        },
      };
      const outcome = decide?.(asked, { ...context, dataset });
      return outcome === undefined
        ? undefined
        : inPlace(ofOutcome(outcome), { element, vr: vrOfElement });
    },
  };
}

/** Of a sequence without a dummy of its own nothing can stand for the items: it goes. */
function inPlace(rule: Rule, { element, vr }: Pick<Place, "element" | "vr">): Rule {
  const hasNoDummy = vr === "SQ" && dummyItems(element.tag) === undefined;
  return rule.action === "D" && rule.value === undefined && hasNoDummy
    ? { ...rule, action: "X" }
    : rule;
}

function fits(rule: CustomRule, { dataset, element, vr, path }: Place): boolean {
  const { tag } = element;
  if (rule.tag !== undefined && rule.tag !== tag) return false;
  if (rule.range !== undefined && (tag & rule.range.mask) >>> 0 !== rule.range.value) return false;
  if (rule.vr !== undefined && rule.vr !== vr) return false;
  if (rule.private !== undefined && !isPrivateElement(dataset, tag, rule.private)) return false;
  return rule.path === undefined || fitsPath(rule.path, path);
}

function isPrivateElement(dataset: Dataset, tag: TagNumber, wanted: PrivateElement): boolean {
  if (tag >>> 16 !== wanted.group || (tag & 0xff) !== wanted.element) return false;
  return privateElementOf(dataset, tag)?.creator === wanted.creator.trim();
}

function fitsPath(wanted: Path, path: Path): boolean {
  return (
    wanted.length === path.length &&
    wanted.every((step, i) => step === path[i] || (i % 2 === 1 && step === -1))
  );
}
