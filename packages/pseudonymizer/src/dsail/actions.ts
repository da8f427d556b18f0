/**
 * The actions of D-SAIL by their names. What depends on the object, such as X/Z/D, depends on it here, too: D-SAIL always
 * took the weakest.
 *
 * @module
 */
import * as Tag from "@dsail/dicom-core/tags";
import type { BasicAction } from "../action.js";
import { actionOfSequence, actionOfValue } from "../conditional-action.js";
import type { CustomElement, CustomOutcome } from "../custom-rule.js";
import { dummyItems } from "../dummy.js";
import { PseudonymizerError } from "../errors.js";
import type { DsailAction } from "./action.js";
import { deleteElement, emptyElement, replaceElement, replaceElementUid } from "./element.js";

/** D: replaced by a dummy. */
export const replace: DsailAction = byType("D");
/** Z: left without a value; a dummy, where the object has to have one. */
export const empty: DsailAction = byType("Z");
/** X: removed; emptied, or replaced by a dummy, where the object has to have the attribute. Exported as `delete`. */
export const remove: DsailAction = byType("X");
/** U: UIDs replaced. */
export const replaceUid: DsailAction = byType("U");
/** Z/D. */
export const emptyOrReplace: DsailAction = byType("Z/D");
/** X/Z. */
export const deleteOrEmpty: DsailAction = byType("X/Z");
/** X/D. */
export const deleteOrReplace: DsailAction = byType("X/D");
/** X/Z/D. */
export const deleteOrEmptyOrReplace: DsailAction = byType("X/Z/D");
/** X/Z/U*. */
export const deleteOrEmptyOrReplaceUid: DsailAction = byType("X/Z/U*");

/** K: kept as it is; of a sequence, its items, to which the rules apply. */
export const keep: DsailAction = () => ({ action: "keep" });

/** C: only known words stay of a text, dates are moved. What is left without a value is treated as by {@link remove}. */
export const clean: DsailAction = (element, context) => {
  const outcome = remove(element, context);
  const isEmpty = outcome !== undefined && "action" in outcome && outcome.action === "empty";
  const isRemoved = outcome !== undefined && "action" in outcome && outcome.action === "remove";
  return { action: "clean", otherwise: isEmpty ? "empty" : isRemoved ? "remove" : "dummy" };
};

/**
 * P: a Patient ID, and with it the Accession Number, by pseudonyms that the lookup table keeps.
 *
 * Throws {@link PseudonymizerError} `BAD_RULE` for other attributes: D-SAIL left them as they were.
 */
export const replaceAndKeepCorrespondence: DsailAction = ({ tag }) => {
  if (tag === Tag.PatientID || tag === Tag.AccessionNumber) return { action: "dummy" };
  throw new PseudonymizerError(
    "BAD_RULE",
    "replaceAndKeepCorrespondence: is for (0010,0020) and (0008,0050)",
  );
};

/** The actions of sequences whose items are replaced, where the sequence has to stay. */
export const REPLACING: ReadonlySet<DsailAction> = new Set([
  replace,
  empty,
  remove,
  emptyOrReplace,
  deleteOrEmpty,
  deleteOrReplace,
  deleteOrEmptyOrReplace,
]);

/** An action of Table E.1-1, made definite by what the object has to have. */
function byType(basic: BasicAction): DsailAction {
  return (element, context) => {
    const type = context.attributeType();
    if (element.vr !== "SQ") return outcomeOf(actionOfValue(basic, type), element);
    const action = actionOfSequence(basic, type);
    const isRequired = type === "1" || type === "1C";
    // Such as the content of a report, which is none without it.
    const standsFor = action === "X" && isRequired && dummyItems(element.tag) !== undefined;
    return outcomeOf(standsFor ? "D" : action, element);
  };
}

function outcomeOf(action: "D" | "Z" | "X" | "U", element: CustomElement): CustomOutcome {
  switch (action) {
    case "D":
      return replaceElement(element);
    case "Z":
      return emptyElement(element);
    case "X":
      return deleteElement(element);
    case "U":
      return replaceElementUid(element);
  }
}
