/**
 * Conditional actions of PS3.15 Table E.1-1, such as X/Z/D, made definite by the type that the attribute has in the object:
 * the strongest protection that leaves the object valid (PS3.15 E.3.1, Table E.1-1a, notes).
 *
 * @module
 */
import type { BasicAction } from "./action.js";
import type { AttributeType } from "./attribute-type.js";

/** An action that needs no option. */
export type DefiniteAction = "D" | "Z" | "X" | "U";

/** How far an attribute may be reduced: to a dummy, to nothing inside, or to nothing at all. */
type Need = "value" | "presence" | "nothing" | "unknown";

function needOf(type: AttributeType): Need {
  switch (type) {
    case "1":
    case "1C":
      return "value";
    case "2":
    case "2C":
      return "presence";
    case "3":
    case "absent":
      return "nothing";
    case "unknown":
      return "unknown";
  }
}

/**
 * The action for a value.
 *
 * Where the table asks for X or Z and the object for more, the object is served: a fixed dummy identifies nobody, and an
 * object that no reader takes serves nobody.
 */
export function actionOfValue(basic: BasicAction, type: AttributeType): DefiniteAction {
  const need = needOf(type);
  switch (basic) {
    case "U":
    case "X/Z/U*":
      return "U";
    case "X":
      if (type === "1") return "D";
      return type === "2" ? "Z" : "X";
    case "Z":
      return need === "value" ? "D" : "Z";
    case "D":
      return type === "absent" ? "X" : "D";
    case "X/Z":
      if (need === "value") return "D";
      return need === "nothing" ? "X" : "Z";
    case "X/D":
      return need === "nothing" ? "X" : "D";
    case "Z/D":
      return need === "value" || need === "unknown" ? "D" : "Z";
    case "X/Z/D":
      if (need === "nothing") return "X";
      return need === "presence" ? "Z" : "D";
  }
}

/**
 * The action for a sequence.
 *
 * An empty one is written only where the object asks for no more than that, Type 2: elsewhere "one or more items shall be
 * included". U keeps the items and replaces the UIDs in them, so that what they refer to is still referred to; so does D
 * where no dummy of the sequence is known.
 */
export function actionOfSequence(basic: BasicAction, type: AttributeType): DefiniteAction {
  const need = needOf(type);
  switch (basic) {
    case "U":
      return "U";
    case "X/Z/U*":
      return need === "nothing" ? "X" : "U";
    case "X":
      return type === "2" ? "Z" : "X";
    case "Z":
      if (need === "value") return "D";
      return need === "nothing" ? "X" : "Z";
    case "D":
      return type === "absent" ? "X" : "D";
    case "X/Z":
      if (need === "value") return "U";
      return need === "presence" ? "Z" : "X";
    case "X/D":
    case "Z/D":
      return need === "nothing" ? "X" : "D";
    case "X/Z/D":
      if (need === "nothing") return "X";
      return need === "presence" ? "Z" : "D";
  }
}
