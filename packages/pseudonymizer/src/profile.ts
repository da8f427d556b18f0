/**
 * The Basic Application Level Confidentiality Profile and its options (PS3.15 E.2, E.3, Table E.1-1, 2026c) as one rule
 * per attribute.
 *
 * @module
 */
import { formatTag, isPrivateTag, type TagNumber, type VR } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { Action, TableOption } from "./action.js";
import {
  isRemovedGroup,
  MORE_REMOVED,
  MORE_UIDS,
  VRS_TREATED_ALIKE,
} from "./annex-e-departures.js";
import type { AttributeType } from "./attribute-type.js";
import { actionOfSequence, actionOfValue } from "./conditional-action.js";
import { ANNEX_E_ROWS, type AnnexERow } from "./generated/annex-e.js";
import { formatOption } from "./option.js";
import { isTemporal } from "./shift-date.js";

/** An action, and what says so. */
export interface Rule {
  readonly action: Action;
  /** Such as `PS3.15 E.1-1 (0010,0020) Z/D`. */
  readonly reason: string;
  /** Of C: what is done where nothing is left to keep, default X. Of K: what is done with a date that is none. */
  readonly otherwise?: Action;
  /** Of D: the text to write, several values with backslashes between them; default a dummy of the VR. Of C: to clean. */
  readonly value?: string;
}

/** The rule for what no rule names. */
export const KEEP: Rule = { action: "K", reason: "no rule names it" };

const PRIVATE: Rule = { action: "X", reason: "PS3.15 E.1-1 private attributes X" };
const GROUP: Rule = { action: "X", reason: "group removed as a whole" };
const GROUP_LENGTH: Rule = { action: "X", reason: "group length, retired (PS3.5 7.2)" };

/**
 * Tells the rule for an attribute.
 *
 * @param vr - that of the dictionary, where it has one
 * @param type - the attribute's type in the object (PS3.5 7.4)
 */
export type RuleOf = (tag: TagNumber, vr: VR, type: AttributeType) => Rule;

/** Makes the rules of the Basic Profile with options. */
export function profileRules(options: ReadonlySet<TableOption> = new Set()): RuleOf {
  const rows = new Map(ANNEX_E_ROWS.map((row) => [row.tag, ruleOfRow(row, options)]));
  const rules = new Map<TagNumber, Rule>();
  const keepsUids = options.has("retainUids");
  for (const tag of MORE_UIDS) {
    rules.set(tag, keepsUids ? RETAINED_UID : REFERENCE);
  }
  for (const [tag, reason] of MORE_REMOVED) {
    rules.set(tag, { action: "X", reason });
  }
  if (options.has("cleanGraphics")) for (const tag of TEXTS_OF_GRAPHICS) rules.set(tag, GRAPHICS);
  const byVR = new Map([...VRS_TREATED_ALIKE].map((vr) => [vr, ruleOfVR(vr, options)] as const));
  return (tag, vr, type) => {
    if (isPrivateTag(tag)) return PRIVATE;
    if (isRemovedGroup(tag >>> 16)) return GROUP;
    if ((tag & 0xffff) === 0) return GROUP_LENGTH;
    return rules.get(tag) ?? rows.get(tag)?.(vr, type) ?? byVR.get(vr) ?? KEEP;
  };
}

/** Texts about graphics that no row names. */
const TEXTS_OF_GRAPHICS: readonly TagNumber[] = [
  Tag.GraphicLayerDescription,
  Tag.GraphicGroupLabel,
  Tag.GraphicGroupDescription,
];
const GRAPHICS: Rule = {
  action: "C",
  reason: "a text about graphics (PS3.15 E.3.3), clean-graphics",
  otherwise: "D",
};

const REFERENCE: Rule = { action: "U", reason: "refers to an instance (PS3.15 E.1.1)" };
const RETAINED_UID: Rule = { action: "K", reason: "a UID, retain-uids", otherwise: "U" };

/** The rule of a row, with the reasons written once. */
function ruleOfRow(
  row: AnnexERow,
  options: ReadonlySet<TableOption>,
): (vr: VR, type: AttributeType) => Rule {
  const { tag, basic } = row;
  // Without a letter of the option's: but references to UIDs that stay have to stay.
  if (basic === "U" && options.has("retainUids")) return () => RETAINED_UID;
  const option = optionFor(row, options);
  const asked = option === undefined ? undefined : (row.options[option] ?? "C");
  const made = new Map<string, Rule>();
  const make = (action: Action, type: AttributeType): Rule => {
    const place = `PS3.15 E.1-1 ${formatTag(tag)}`;
    if (option === undefined || asked === undefined) {
      return { action, reason: `${place} ${basic}, Type ${type}` };
    }
    const reason = `${place} ${asked}, ${formatOption(option)}`;
    return { action: asked, reason, otherwise: action };
  };
  return (vr, type) => {
    const action = vr === "SQ" ? actionOfSequence(basic, type) : actionOfValue(basic, type);
    let rule = made.get(`${action} ${type}`);
    if (rule === undefined) {
      rule = make(action, type);
      made.set(`${action} ${type}`, rule);
    }
    return rule;
  };
}

/** The option that decides: one that cleans before one that keeps, since dates of devices are dates. */
function optionFor(
  { tag, options: asked }: AnnexERow,
  options: ReadonlySet<TableOption>,
): TableOption | undefined {
  const chosen = (Object.keys(asked) as TableOption[]).filter((option) => options.has(option));
  const cleaning = chosen.find((option) => asked[option] === "C");
  // The text of graphic annotations has a row of its own, in which only the descriptors' column says how to clean it.
  const inGraphics = tag === Tag.UnformattedTextValue && options.has("cleanGraphics");
  return cleaning ?? chosen[0] ?? (inGraphics ? "cleanGraphics" : undefined);
}

function ruleOfVR(vr: string, options: ReadonlySet<TableOption>): Rule {
  const reason = `no row of PS3.15 E.1-1, but VR ${vr}`;
  if (isTemporal(vr)) {
    if (options.has("retainLongitudinalFullDates")) return { action: "K", reason, otherwise: "D" };
    if (options.has("retainLongitudinalModifiedDates")) {
      return { action: "C", reason, otherwise: "D" };
    }
  }
  return { action: "D", reason };
}
