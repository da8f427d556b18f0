/**
 * An action of D-SAIL: here a function that decides, as in any rule of the user's. It changes nothing by itself.
 *
 * @module
 */
import type { CustomContext, CustomElement, CustomOutcome } from "../custom-rule.js";

/** What becomes of an element; undefined leaves it to the rules that come after. */
export type DsailAction = (
  element: CustomElement,
  context: CustomContext,
) => CustomOutcome | undefined;

/** Actions by tag, as `formatDsailTag` writes it: what Python's dictionaries were. */
export type DsailActions = ReadonlyMap<string, DsailAction>;
