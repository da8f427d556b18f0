/**
 * D-SAIL's actions as rules of the engine. They come before those of PS3.15 2026c, which apply to all that they leave.
 *
 * @module
 */
import type { TagNumber } from "@dsail/dicom-core";
import type { CustomElement, CustomOutcome, CustomRule } from "../custom-rule.js";
import type { DsailAction, DsailActions } from "./action.js";
import { REPLACING } from "./actions.js";
import { replaceElement, replaceWithin } from "./element.js";
import { initializeActions } from "./generate-actions.js";
import { parseDsailTag } from "./tag.js";

/**
 * The rules, of which the later ones decide.
 *
 * @param extraActions - before those of D-SAIL's table
 */
export function dsailRules(
  extraActions: DsailActions,
  deletePrivateTags: boolean,
): readonly CustomRule[] {
  return [
    ...(deletePrivateTags ? [] : [PRIVATE_KEPT]),
    ruleOfActions("D-SAIL's table (PS3.15 2013)", initializeActions()),
    ...(extraActions.size === 0 ? [] : [ruleOfActions("an action of the user", extraActions)]),
  ];
}

/** Every element is asked about: one look into a map, where a rule for each tag would be hundreds of comparisons. */
function ruleOfActions(name: string, actions: DsailActions): CustomRule {
  const actionOf = finder(actions);
  return {
    name,
    range: { mask: 0, value: 0 },
    decide: (element, context) => {
      const action = actionOf(element.tag);
      if (action !== undefined) return action(element, context);
      // The path holds tags and indices by turns; the last tag is the element's own.
      const around = element.path.slice(0, -1).filter((_, i) => i % 2 === 0);
      const isReplaced = around.some((tag) => {
        const outer = actionOf(tag);
        return outer !== undefined && REPLACING.has(outer);
      });
      return isReplaced ? replaceWithin(element) : undefined;
    },
  };
}

/** Single tags before ranges; of ranges, the one that was added last. */
function finder(actions: DsailActions): (tag: TagNumber) => DsailAction | undefined {
  const single = new Map<TagNumber, DsailAction>();
  const ranges: { mask: number; value: number; action: DsailAction }[] = [];
  for (const [text, action] of actions) {
    const { tag, range } = parseDsailTag(text);
    if (tag !== undefined) single.set(tag, action);
    if (range !== undefined) ranges.unshift({ ...range, action });
  }
  return (tag) =>
    single.get(tag) ?? ranges.find(({ mask, value }) => (tag & mask) >>> 0 === value)?.action;
}

/** Private elements stay, but for what their VR says of them: names go, UIDs and dates are replaced. */
const PRIVATE_KEPT: CustomRule = {
  name: "private elements are kept",
  range: { mask: 0x00010000, value: 0x00010000 },
  decide: keepPrivate,
};

function keepPrivate(element: CustomElement): CustomOutcome {
  switch (element.vr) {
    case "PN":
      return { action: "remove" };
    case "DA":
    case "DT":
    case "TM":
    case "UI":
      return replaceElement(element);
    default:
      return { action: "keep" };
  }
}
