/**
 * What becomes of an attribute by Table E.1-1 where the table leaves a choice: a table of its own, so that the rules are
 * checked by other code than they are made with.
 *
 * @module
 */
import type { BasicAction } from "../src/action.js";
import type { Action } from "../src/profile.js";

/** Of a value the strongest action: it fits whatever the object asks. Of a sequence none at all, where that is offered. */
const FIXED_CHOICE: {
  readonly [basic in BasicAction]: { readonly value: Action; readonly sequence: Action };
} = {
  D: { value: "D", sequence: "D" },
  Z: { value: "Z", sequence: "Z" },
  X: { value: "X", sequence: "X" },
  U: { value: "U", sequence: "U" },
  "Z/D": { value: "D", sequence: "D" },
  "X/Z": { value: "Z", sequence: "X" },
  "X/D": { value: "D", sequence: "X" },
  "X/Z/D": { value: "D", sequence: "X" },
  "X/Z/U*": { value: "U", sequence: "U" },
};

/** Commands, meta information, directory records: whatever a row says of one of them, the group goes. */
const GROUPS_REMOVED = [0x0000, 0x0002, 0x0004];

/** The action for a row of the table, for a value or for a sequence. */
export function fixedChoice(tag: number, basic: BasicAction, kind: "value" | "sequence"): Action {
  return GROUPS_REMOVED.includes(tag >>> 16) ? "X" : FIXED_CHOICE[basic][kind];
}
