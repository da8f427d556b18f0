/**
 * The Basic Application Level Confidentiality Profile (PS3.15 E.2, Table E.1-1, 2026c) as one rule per attribute.
 *
 * @module
 */
import { formatTag, isPrivateTag, type TagNumber, type VR } from "@dsail/dicom-core";
import type { Action, BasicAction } from "./action.js";
import {
  isRemovedGroup,
  MORE_REMOVED,
  MORE_UIDS,
  VRS_TREATED_ALIKE,
} from "./annex-e-departures.js";
import type { AttributeType } from "./attribute-type.js";
import { actionOfSequence, actionOfValue } from "./conditional-action.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";

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

/**
 * Tells the rule for an attribute.
 *
 * @param vr - that of the dictionary, where it has one
 * @param type - the attribute's type in the object (PS3.5 7.4)
 */
export type RuleOf = (tag: TagNumber, vr: VR, type: AttributeType) => Rule;

/** Makes the rules of the Basic Profile. */
export function basicProfile(): RuleOf {
  const rows = new Map(ANNEX_E_ROWS.map(({ tag, basic }) => [tag, conditionalRule(tag, basic)]));
  const rules = new Map<TagNumber, Rule>();
  for (const tag of MORE_UIDS) {
    rules.set(tag, { action: "U", reason: "refers to an instance (PS3.15 E.1.1)" });
  }
  for (const [tag, reason] of MORE_REMOVED) {
    rules.set(tag, { action: "X", reason });
  }
  const byVR = new Map([...VRS_TREATED_ALIKE].map((vr) => [vr, ruleOfVR(vr)] as const));
  return (tag, vr, type) => {
    if (isPrivateTag(tag)) return PRIVATE;
    if (isRemovedGroup(tag >>> 16)) return GROUP;
    if ((tag & 0xffff) === 0) return GROUP_LENGTH;
    return rules.get(tag) ?? rows.get(tag)?.(vr, type) ?? byVR.get(vr) ?? KEEP;
  };
}

/** The rule of a row, with the reasons written once. */
function conditionalRule(
  tag: TagNumber,
  basic: BasicAction,
): (vr: VR, type: AttributeType) => Rule {
  const made = new Map<string, Rule>();
  return (vr, type) => {
    const action = vr === "SQ" ? actionOfSequence(basic, type) : actionOfValue(basic, type);
    const reason = `PS3.15 E.1-1 ${formatTag(tag)} ${basic}, Type ${type}`;
    let rule = made.get(`${action} ${type}`);
    if (rule === undefined) {
      rule = { action, reason };
      made.set(`${action} ${type}`, rule);
    }
    return rule;
  };
}

function ruleOfVR(vr: string): Rule {
  return { action: "D", reason: `no row of PS3.15 E.1-1, but VR ${vr}` };
}
