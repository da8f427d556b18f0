/**
 * Between dicom-parser's data sets and ours: `@dsail/dicom-core/dicom-parser`.
 *
 * Tested with dicom-parser 1.8.21, which is an optional peer: nothing of it is imported but types.
 *
 * @module
 */
export {
  type FromDicomParserOptions,
  fromDicomParser,
  type IndexedDataset,
} from "./from-dicom-parser.js";
export { type DicomParserLibrary, toDicomParser } from "./to-dicom-parser.js";
