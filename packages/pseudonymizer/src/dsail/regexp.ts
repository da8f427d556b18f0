/**
 * D-SAIL's action `regexp`: what an expression finds in a text is replaced.
 *
 * @module
 */
import { PseudonymizerError } from "../errors.js";
import type { DsailAction } from "./action.js";
import { clean } from "./actions.js";
import { expressionOfPython, replacementOfPython } from "./python-regexp.js";

/** What is found, and what is put there, both as Python writes them. */
export interface RegexpOptions {
  readonly find: string;
  readonly replace: string;
}

/**
 * Makes the action. What the expression does not look at is cleaned: a text that was named to be changed may hold more
 * than was thought of. Where nothing is found, the action leaves the element to the other rules.
 *
 * @throws {@link PseudonymizerError} `BAD_RULE` if `find` is no regular expression
 */
export function regexp({ find, replace }: RegexpOptions): DsailAction {
  const expression = compile(find);
  const replacement = replacementOfPython(replace);
  return (element, context) => {
    const text = element.values?.join("\\");
    if (text === undefined || text.search(expression) < 0) return undefined;
    const replaced = text.replace(expression, replacement);
    const isWhole = text.replace(expression, "") === "";
    const cleaned = clean(element, context);
    return isWhole || cleaned === undefined ? { value: replaced } : { ...cleaned, text: replaced };
  };
}

function compile(find: string): RegExp {
  try {
    return new RegExp(expressionOfPython(find), "gu");
  } catch {
    throw new PseudonymizerError("BAD_RULE", "regexp: find is no regular expression");
  }
}
