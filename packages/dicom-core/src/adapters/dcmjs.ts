/**
 * Between dcmjs's data sets and ours: `@dsail/dicom-core/dcmjs`.
 *
 * Tested with dcmjs 0.52.2, which is an optional peer: nothing of it is imported. It has no types; those of it that are
 * needed are in `dcmjs-model.ts`.
 *
 * @module
 */
export type { DcmjsDicomDict, DcmjsDict, DcmjsElement, DcmjsLibrary } from "./dcmjs-model.js";
export { type DcmjsToElementsOptions, dcmjsToElements, fromDcmjs } from "./from-dcmjs.js";
export { datasetToDcmjs, toDcmjs } from "./to-dcmjs.js";
