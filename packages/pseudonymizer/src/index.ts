/**
 * Pseudonymize DICOM by PS3.15 Annex E under a project key.
 *
 * @module
 */
// For those who pseudonymize files.

// For libraries that plan and apply by themselves.
export type { Action, BasicAction, OptionAction, TableOption } from "./action.js";
export { applyPlan } from "./apply.js";
export type { AttributeType } from "./attribute-type.js";
export {
  isPseudonymizerError,
  PseudonymizerError,
  type PseudonymizerErrorCode,
} from "./errors.js";
export type { IodTypes, TypeOf } from "./iod-types.js";
export { formatKey, generateKey, MIN_KEY_BYTES, parseKey } from "./key.js";
export { type Decision, type Plan, planFile } from "./plan.js";
export type { Rule, RuleOf } from "./profile.js";
export { createPseudonymization, type Pseudonymization } from "./pseudonymization.js";
export {
  createPseudonymizer,
  type Pseudonymize,
  type PseudonymizerOptions,
} from "./pseudonymize.js";
