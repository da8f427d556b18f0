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
export type { CleanText, DescriptorOptions } from "./clean-text.js";
export type { ContentItemRuleOf } from "./content-item.js";
export type {
  CustomAction,
  CustomContext,
  CustomElement,
  CustomOutcome,
  CustomRule,
  CustomRuleOf,
  RuleMatch,
} from "./custom-rule.js";
export type { Decision, PlanFinding, PlanFindingCode } from "./decision.js";
export { type DescribeOptions, describePlan } from "./describe-plan.js";
export {
  isPseudonymizerError,
  PseudonymizerError,
  type PseudonymizerErrorCode,
} from "./errors.js";
export type { IodAttributes, IsInIod } from "./iod-attributes.js";
export type { IodTypes, TypeOf } from "./iod-types.js";
export { formatKey, generateKey, MIN_KEY_BYTES, parseKey } from "./key.js";
export type { DateChange, ModifiedDates } from "./modified-dates.js";
export { formatOption, parseOption, TABLE_OPTIONS } from "./option.js";
export { type PatientLink, patientLinkOf } from "./patient-link.js";
export type { Place } from "./place.js";
export { type Plan, type PlanOptions, planFile } from "./plan.js";
export type { Rule, RuleOf } from "./profile.js";
export type { Pseudonym, PseudonymFormat } from "./pseudonym.js";
export {
  createPseudonymization,
  type PatientPseudonyms,
  type Pseudonymization,
  type PseudonymizationOptions,
} from "./pseudonymization.js";
export {
  createPseudonymizer,
  type Pseudonymize,
  type PseudonymizerOptions,
} from "./pseudonymize.js";
export type { PrivateElement, SafePrivateElement, SafePrivateOf } from "./safe-private.js";
