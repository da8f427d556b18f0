/**
 * Files on disk, for Node: `@dsail/dicom-core/node`.
 *
 * @module
 */
export {
  type CodecWorker,
  type CodecWorkerOptions,
  createCodecWorker,
  hasCodecWorker,
} from "./node/codec-worker.js";
export type { TargetOptions } from "./node/file-sink.js";
export { readDicomFile, readDicomFileSync } from "./node/file-source.js";
export {
  DEFAULT_BUFFER_BYTES,
  type Rewrite,
  type RewriteDicomFileOptions,
  type RewriteTarget,
  rewriteDicomFile,
  rewriteDicomFileSync,
} from "./node/rewrite-dicom-file.js";
