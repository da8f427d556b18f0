/**
 * The Basic Application Level Confidentiality Profile (PS3.15 E.2, Table E.1-1, 2026c) as one rule per attribute.
 *
 * @module
 */
import { formatTag, isPrivateTag, type TagNumber, type VR } from "@dsail/dicom-core";
import type { BasicAction } from "./action.js";
import {
  isRemovedGroup,
  MORE_REMOVED,
  MORE_UIDS,
  VRS_TREATED_ALIKE,
} from "./annex-e-departures.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";

/** What is done to an attribute: an action of Table E.1-1a that leaves no choice. */
export type Action = "D" | "Z" | "X" | "U" | "K";

/** An action, and what says so. */
export interface Rule {
  readonly action: Action;
  /** Such as `PS3.15 E.1-1 (0010,0020) Z/D`. */
  readonly reason: string;
}

const PRIVATE: Rule = { action: "X", reason: "PS3.15 E.1-1 private attributes X" };
const GROUP: Rule = { action: "X", reason: "group removed as a whole" };
const GROUP_LENGTH: Rule = { action: "X", reason: "group length, retired (PS3.5 7.2)" };
const KEEP: Rule = { action: "K", reason: "no rule names it" };

/** Tells the rule for an attribute. `vr` is the one of the dictionary, where it has one. */
export type RuleOf = (tag: TagNumber, vr: VR) => Rule;

/** Makes the rules of the Basic Profile. */
export function basicProfile(): RuleOf {
  const rules = new Map<TagNumber, readonly [value: Rule, sequence: Rule]>();
  for (const { tag, basic } of ANNEX_E_ROWS) {
    const reason = `PS3.15 E.1-1 ${formatTag(tag)} ${basic}`;
    rules.set(tag, [
      { action: actionOfValue(basic), reason },
      { action: actionOfSequence(basic), reason },
    ]);
  }
  for (const tag of MORE_UIDS) {
    const rule: Rule = { action: "U", reason: "refers to an instance (PS3.15 E.1.1)" };
    rules.set(tag, [rule, rule]);
  }
  for (const [tag, reason] of MORE_REMOVED) {
    const rule: Rule = { action: "X", reason };
    rules.set(tag, [rule, rule]);
  }
  const byVR = new Map([...VRS_TREATED_ALIKE].map((vr) => [vr, ruleOfVR(vr)] as const));
  return (tag, vr) => {
    if (isPrivateTag(tag)) return PRIVATE;
    if (isRemovedGroup(tag >>> 16)) return GROUP;
    if ((tag & 0xffff) === 0) return GROUP_LENGTH;
    const rule = rules.get(tag);
    if (rule === undefined) return byVR.get(vr) ?? KEEP;
    return vr === "SQ" ? rule[1] : rule[0];
  };
}

function ruleOfVR(vr: string): Rule {
  return { action: "D", reason: `no row of PS3.15 E.1-1, but VR ${vr}` };
}

/**
 * One choice for all kinds of objects: the strongest action offered, since a value fits whatever the object asks, Type 1,
 * 2 or 3 (PS3.5 7.4).
 */
function actionOfValue(basic: BasicAction): Action {
  if (basic.includes("D")) return "D";
  if (basic.includes("U")) return "U";
  return basic.includes("Z") ? "Z" : "X";
}

/** Of a sequence an empty one fits few objects (PS3.3: "one or more items"), none at all most of them. */
function actionOfSequence(basic: BasicAction): Action {
  if (basic.includes("U")) return "U";
  return basic.includes("X") ? "X" : actionOfValue(basic);
}
