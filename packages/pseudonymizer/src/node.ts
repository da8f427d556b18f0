/**
 * Files and folders on disk, for Node: `@dsail/pseudonymizer/node`.
 *
 * @module
 */
export { readKeyFile, writeNewKeyFile } from "./node/key-file.js";
export { pseudonymizeFile } from "./node/pseudonymize-file.js";
export {
  type FileOutcome,
  type FolderOptions,
  type FolderSummary,
  pseudonymizeFolder,
} from "./node/pseudonymize-folder.js";
