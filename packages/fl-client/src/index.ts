/**
 * The client of a federation: what learns at a site, how it joins, and what the site lets leave.
 *
 * @module
 */

// How patient it is, and what it tells.
export type { BackOffOptions } from "./back-off.js";
// Joining.
export { type Client, type ClientOptions, createClient } from "./client.js";
export { type ClientEvent, type ClientResult, formatClientEvent } from "./client-event.js";
export type { Clock } from "./clock.js";
// Privacy of updates.
export {
  type AdaptiveClippingBitOptions,
  withClientSideAdaptiveClipping,
  withClientSideFixedClipping,
} from "./dp/client-side-clipping.js";
export { type LocalDpOptions, withLocalDp } from "./dp/local-dp.js";
// The gate.
export {
  createEgress,
  type Departure,
  type Egress,
  type EgressHook,
  type EgressOptions,
  type Leaving,
} from "./egress.js";
export { type NDArray, type NumPyClient, trainerOfNumPyClient } from "./numpy-client.js";
// What may leave.
export { parseSitePolicy } from "./policy/parse-site-policy.js";
export {
  DEFAULT_POLICY,
  type PolicyRule,
  type Refusal,
  type ScalarRule,
  type ScalarType,
  type ServerRule,
  type SitePolicy,
  type TensorRule,
} from "./policy/site-policy.js";
export { SITE_POLICY_SCHEMA } from "./policy/site-policy-schema.js";
export { createReleaseCounts, type ReleaseCount, type ReleaseCounts } from "./release-counts.js";
// What learns.
export type {
  EvaluateResult,
  FitResult,
  Trainer,
  TrainerContext,
  TrainerProgress,
} from "./trainer.js";
export { nameParameters, withNames } from "./with-names.js";
