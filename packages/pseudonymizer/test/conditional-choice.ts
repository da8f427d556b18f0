/**
 * What becomes of an attribute by Table E.1-1 and its type, where the table leaves a choice: a table of its own, so that the
 * rules are checked by other code than they are made with.
 *
 * @module
 */
import type { Action, BasicAction } from "../src/action.js";
import type { AttributeType } from "../src/attribute-type.js";

/** The columns of the table below. */
export const TYPES: readonly AttributeType[] = ["1", "1C", "2", "2C", "3", "absent", "unknown"];

/** A letter for each of {@link TYPES}. */
const CHOICE: {
  readonly [basic in BasicAction]: { readonly value: string; readonly sequence: string };
} = {
  D: { value: "DDDDDXD", sequence: "DDDDDXD" },
  Z: { value: "DDZZZZZ", sequence: "DDZZXXZ" },
  X: { value: "DXZXXXX", sequence: "XXZXXXX" },
  U: { value: "UUUUUUU", sequence: "UUUUUUU" },
  "Z/D": { value: "DDZZZZD", sequence: "DDDDXXD" },
  "X/Z": { value: "DDZZXXZ", sequence: "UUZZXXX" },
  "X/D": { value: "DDDDXXD", sequence: "DDDDXXD" },
  "X/Z/D": { value: "DDZZXXD", sequence: "DDZZXXD" },
  "X/Z/U*": { value: "UUUUUUU", sequence: "UUUUXXU" },
};

/** Commands, meta information, directory records, signatures, padding: whatever a row says of one of them, the group goes. */
const GROUPS_REMOVED = [0x0000, 0x0002, 0x0004, 0xfffa, 0xfffc];

/** The action for a row of the table, for a value or for a sequence. */
export function conditionalChoice(
  tag: number,
  basic: BasicAction,
  kind: "value" | "sequence",
  type: AttributeType,
): Action {
  if (GROUPS_REMOVED.includes(tag >>> 16)) return "X";
  return CHOICE[basic][kind][TYPES.indexOf(type)] as Action;
}
