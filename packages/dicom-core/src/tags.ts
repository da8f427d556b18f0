/**
 * `@dsail/dicom-core/tags`: every tag of PS3.6 2025b as a constant named by its keyword.
 *
 * `import * as Tag from "@dsail/dicom-core/tags"` gives `Tag.PatientName`, and a bundler keeps what is
 * used. The main entry does not export them: of a namespace that is re-exported, all would be kept.
 *
 * @module
 */
export * from "./generated/tags.js";
