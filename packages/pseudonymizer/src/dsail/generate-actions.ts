/**
 * Actions by tag: those of D-SAIL's table, and those that a user adds.
 *
 * @module
 */
import { PseudonymizerError } from "../errors.js";
import type { DsailAction, DsailActions } from "./action.js";
import * as actions from "./actions.js";
import { type RegexpOptions, regexp } from "./regexp.js";
import { type DsailTag, formatDsailTag } from "./tag.js";
import * as groups from "./tag-groups.js";

/** The actions that need nothing more, as D-SAIL's command line has them. */
const BY_NAME: Readonly<Record<string, DsailAction>> = {
  replace: actions.replace,
  empty: actions.empty,
  delete: actions.remove,
  replace_UID: actions.replaceUid,
  empty_or_replace: actions.emptyOrReplace,
  delete_or_empty: actions.deleteOrEmpty,
  delete_or_replace: actions.deleteOrReplace,
  delete_or_empty_or_replace: actions.deleteOrEmptyOrReplace,
  delete_or_empty_or_replace_UID: actions.deleteOrEmptyOrReplaceUid,
  replace_and_keep_correspondence: actions.replaceAndKeepCorrespondence,
  // So spelt in D-SAIL's own list.
  replace_and_keep_correspondance: actions.replaceAndKeepCorrespondence,
  keep: actions.keep,
  clean: actions.clean,
};

/** The names of actions on a command line. */
export const ACTION_NAMES: readonly string[] = [
  ...Object.keys(BY_NAME).filter((name) => name !== "replace_and_keep_correspondance"),
  "regexp",
];

/** `replace_UID` and `replaceUid` are one. */
const plain = (name: string) => name.replaceAll("_", "").toLowerCase();

/**
 * The same action for all these tags.
 *
 * @param action - a name, in Python's spelling or in this package's; or a function
 * @param options - of `regexp`
 * @throws {@link PseudonymizerError} `BAD_RULE` if there is no such action, a tag is none, or the options are of no use
 */
// Three parameters, in the original's order.
export function generateActions(
  tags: readonly DsailTag[],
  action: string | DsailAction,
  options?: RegexpOptions,
): DsailActions {
  const made = typeof action === "string" ? actionNamed(action, options) : action;
  if (typeof action !== "string" && options !== undefined) {
    throw new PseudonymizerError("BAD_RULE", "options: are for the action regexp");
  }
  return new Map(tags.map((tag) => [formatDsailTag(tag), made]));
}

/**
 * Actions of a dictionary: names, or functions, by tag.
 *
 * @param definedActions - names of the caller's own, which come first
 * @throws {@link PseudonymizerError} `BAD_RULE` as {@link generateActions}
 */
export function generateActionsDictionary(
  actionsByTag: Readonly<Record<string, string | DsailAction>>,
  definedActions: Readonly<Record<string, DsailAction>> = {},
): DsailActions {
  const made = Object.entries(actionsByTag).map(([tag, action]) => {
    const isDefined = typeof action === "string" && Object.hasOwn(definedActions, action);
    return generateActions([tag], (isDefined ? definedActions[action] : undefined) ?? action);
  });
  return new Map(made.flatMap((actionOfTag) => [...actionOfTag]));
}

/** The actions of D-SAIL's table. */
export function initializeActions(): DsailActions {
  return new Map([
    ...generateActions(groups.D_TAGS, actions.replace),
    ...generateActions(groups.Z_TAGS, actions.empty),
    ...generateActions(groups.X_TAGS, actions.remove),
    ...generateActions(groups.U_TAGS, actions.replaceUid),
    ...generateActions(groups.Z_D_TAGS, actions.emptyOrReplace),
    ...generateActions(groups.X_Z_TAGS, actions.deleteOrEmpty),
    ...generateActions(groups.X_D_TAGS, actions.deleteOrReplace),
    ...generateActions(groups.X_Z_D_TAGS, actions.deleteOrEmptyOrReplace),
    ...generateActions(groups.X_Z_U_STAR_TAGS, actions.deleteOrEmptyOrReplaceUid),
    ...generateActions(groups.P_TAGS, actions.replaceAndKeepCorrespondence),
  ]);
}

function actionNamed(name: string, options: RegexpOptions | undefined): DsailAction {
  if (plain(name) === "regexp") {
    if (options !== undefined) return regexp(options);
    throw new PseudonymizerError("BAD_RULE", "regexp: expected what to find and what to put there");
  }
  if (options !== undefined) {
    throw new PseudonymizerError("BAD_RULE", "find, replace: are for the action regexp");
  }
  // Looked up, never evaluated; and what is not known is not taken for `keep`.
  const found = Object.entries(BY_NAME).find(([known]) => plain(known) === plain(name));
  if (found !== undefined) return found[1];
  throw new PseudonymizerError("BAD_RULE", `action: expected one of ${ACTION_NAMES.join(", ")}`);
}
