/**
 * Rules of the user's own as JSON: `@dsail/pseudonymizer/rules`.
 *
 * Apart from the rest, since keywords need the whole dictionary.
 *
 * @module
 */
import { isVR, type Path, parseTag, type TagNumber } from "@dsail/dicom-core";
import { tagOfKeyword } from "@dsail/dicom-core/dictionary";
import { CUSTOM_ACTIONS, type CustomAction, type CustomRule, customRules } from "./custom-rule.js";
import { PseudonymizerError } from "./errors.js";
import { parsePrivateElement } from "./safe-private.js";
import { parseTagPattern } from "./tag-pattern.js";

/** A rule as JSON has it. */
const FIELDS: ReadonlySet<string> = new Set([
  ...["tag", "keyword", "vr", "creator", "element", "path"],
  ...["action", "value", "find", "replace", "name"],
]);

/**
 * Reads rules: a list of objects, or an object with such a list under `rules`.
 *
 * Which elements: `tag` such as `"(0008,1030)"` or, with an `x` for any digit, `"(60xx,3000)"`; `keyword`; `vr`; `creator`
 * and `element` such as `"(0019,xx0C)"`; `path` such as `"(0040,A730)[*].(0040,A160)"`. What to do: `action`, one of
 * `keep`, `remove`, `empty`, `dummy`, `clean`, `replaceUid`; or `value`; or `find` and `replace`.
 *
 * @throws {@link PseudonymizerError} `BAD_RULE`, with the number of the rule
 */
export function parseRules(json: string): readonly CustomRule[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch {
    throw new PseudonymizerError("BAD_RULE", "rules: expected JSON");
  }
  const list = isRecord(parsed) ? parsed["rules"] : parsed;
  if (!Array.isArray(list)) throw new PseudonymizerError("BAD_RULE", "rules: expected a list");
  const rules = list.map((entry: unknown, index) => parseRule(entry, index + 1));
  customRules(rules); // what remains to be wrong is told now, not at the first file
  return rules;
}

function parseRule(entry: unknown, number: number): CustomRule {
  const refuse = (why: string) => new PseudonymizerError("BAD_RULE", `rule ${number}: ${why}`);
  if (!isRecord(entry)) throw refuse("expected an object");
  const text = (name: string): string | undefined => {
    const value = entry[name];
    if (value !== undefined && typeof value !== "string") throw refuse(`${name}: expected a text`);
    return value;
  };
  for (const name of Object.keys(entry)) {
    if (!FIELDS.has(name)) throw refuse(`expected no fields but ${[...FIELDS].join(", ")}`);
  }
  const rule: { -readonly [field in keyof CustomRule]: CustomRule[field] } = {};
  const tag = text("tag");
  if (tag !== undefined)
    Object.assign(
      rule,
      parseTagPattern(tag) ?? fail("tag: expected such as (0008,1030) or (60xx,3000)"),
    );
  const keyword = text("keyword");
  if (keyword !== undefined) {
    if (tag !== undefined) throw refuse("expected tag or keyword, got both");
    Object.assign(rule, matchOfKeyword(keyword) ?? fail("keyword: PS3.6 has no such keyword"));
  }
  const vr = text("vr");
  if (vr !== undefined) {
    if (!isVR(vr)) throw refuse("vr: expected a VR of PS3.5");
    rule.vr = vr;
  }
  const creator = text("creator");
  const element = text("element");
  if ((creator === undefined) !== (element === undefined)) {
    throw refuse("expected creator and element together");
  }
  if (creator !== undefined && element !== undefined) {
    rule.private =
      parsePrivateElement(creator, element) ?? fail("element: expected such as (0019,xx0C)");
  }
  const path = text("path");
  if (path !== undefined) {
    rule.path = parsePathPattern(path) ?? fail("path: expected such as (0040,A730)[*].(0040,A160)");
  }
  const action = text("action");
  if (action !== undefined) {
    if (!(CUSTOM_ACTIONS as readonly string[]).includes(action)) {
      throw refuse(`action: expected one of ${CUSTOM_ACTIONS.join(", ")}`);
    }
    rule.action = action as CustomAction;
  }
  for (const name of ["value", "find", "replace", "name"] as const) {
    const given = text(name);
    if (given !== undefined) rule[name] = given;
  }
  if (rule.replace !== undefined && rule.find === undefined)
    throw refuse("expected find with replace");
  return rule;

  function fail(why: string): never {
    throw refuse(why);
  }
}

/** Of a repeating element, such as `OverlayData`, those of all groups. */
function matchOfKeyword(keyword: string): Pick<CustomRule, "tag" | "range"> | undefined {
  const tag = tagOfKeyword(keyword);
  if (tag === undefined) return undefined;
  const repeats = tag >>> 24 === 0x50 || tag >>> 24 === 0x60;
  return repeats ? { range: { mask: 0xff00ffff, value: tag } } : { tag };
}

/** As a path, but with `[*]` for every item, which is -1. */
function parsePathPattern(text: string): Path | undefined {
  const path: number[] = [];
  const steps = text.trim().split(".");
  for (const [i, step] of steps.entries()) {
    const match = /^(\([0-9a-f]{4},[0-9a-f]{4}\))(?:\[(\*|\d{1,9})\])?$/i.exec(step);
    const isLast = i === steps.length - 1;
    if (match === null || (match[2] === undefined) !== isLast) return undefined;
    path.push(parseTag(match[1] as string) as TagNumber);
    if (match[2] !== undefined) path.push(match[2] === "*" ? -1 : Number(match[2]));
  }
  return path;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
