/**
 * `@dsail/converter/compose`: images and metadata made DICOM files.
 *
 * @module
 */
export { type ComposeOptions, compose } from "./compose.js";
export type { PatientIdSource } from "./patient-id.js";
