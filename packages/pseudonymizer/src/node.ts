/**
 * Files and folders on disk, for Node: `@dsail/pseudonymizer/node`.
 *
 * @module
 */
export { type Failure, formatFailure } from "./failure.js";
export { readDateOffsetTable } from "./node/date-offset-table.js";
export type { FileOutcome } from "./node/folder-job.js";
export { readKeyFile, writeNewKeyFile } from "./node/key-file.js";
export {
  createLinkedPseudonymization,
  type LinkedPseudonymization,
  type LinkedPseudonymizationOptions,
} from "./node/linked-pseudonymization.js";
export { type LookupRow, type LookupTable, openLookupTable } from "./node/lookup-table.js";
export type { OutputNames } from "./node/output-path.js";
export { readPatientTable } from "./node/patient-table.js";
export {
  type FileTarget,
  pseudonymizeFile,
  pseudonymizeFileSync,
  type RecordingPseudonymization,
} from "./node/pseudonymize-file.js";
export {
  type FolderOptions,
  type FolderSummary,
  pseudonymizeFolder,
} from "./node/pseudonymize-folder.js";
