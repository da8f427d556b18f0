/**
 * Files and folders on disk, for Node: `@dsail/pseudonymizer/node`.
 *
 * @module
 */
export { type Failure, formatFailure } from "./failure.js";
export type { FileOutcome } from "./node/folder-job.js";
export { readKeyFile, writeNewKeyFile } from "./node/key-file.js";
export { pseudonymizeFile, pseudonymizeFileSync } from "./node/pseudonymize-file.js";
export {
  type FolderOptions,
  type FolderSummary,
  pseudonymizeFolder,
} from "./node/pseudonymize-folder.js";
