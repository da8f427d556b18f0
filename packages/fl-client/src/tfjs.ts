/**
 * Training on TensorFlow.js: `@dsail/fl-client/tfjs`.
 *
 * @module
 */

// What computes.
export {
  type BackendEvent,
  type SelectBackendOptions,
  selectBackend,
} from "./tfjs/backend/select-backend.js";
export {
  BACKEND_NAMES,
  type BackendName,
  describeBackend,
  type SelectedBackend,
  type SkippedBackend,
} from "./tfjs/backend/selected-backend.js";
