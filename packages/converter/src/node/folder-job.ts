/**
 * What is done to each file of a folder, as plain data: it is sent to worker threads.
 *
 * @module
 */
import type { PatientIdSource } from "../compose/patient-id.js";
import type { RenderMode } from "../render/render-frame.js";

/** What of an image is written: each frame, the first one, all in one image, or all as an animation (PNG only). */
export type Frames = "each" | "first" | "montage" | "animation";

export interface DecomposeOptions {
  /** Of the images. `bmp` has 8 bits only. Default `png`. */
  readonly format?: "png" | "bmp";
  /** Default `voi`. Mode `full` keeps every bit. */
  readonly mode?: RenderMode;
  /** Default `each`. */
  readonly frames?: Frames;
  /** Which of several windows or VOI LUTs, from 0. Default 0. */
  readonly voiIndex?: number;
  /** Whether images of pixels that are not square are enlarged until theirs are. Default false. */
  readonly squarePixels?: boolean;
  /** Whether metadata are written, as DICOM JSON. Default true. */
  readonly json?: boolean;
  /** Whether the JSON is without pixels. With them it is a third larger than the pixels. Default true. */
  readonly removeImageInJson?: boolean;
}

export interface ComposeFolderOptions {
  /**
   * A DICOM file or DICOM JSON that all images get their metadata from. Default: of `x.png`, `x.0001.png`, … it is `x.json`.
   * Each file is then an instance of its own.
   */
  readonly metadata?: string;
  /** As `ComposeOptions` has it. */
  readonly images?: "stored" | "rendered";
  /** As `ComposeOptions` has it. */
  readonly patientId?: PatientIdSource;
  /** As `ComposeOptions` has it. */
  readonly allowResized?: boolean;
}

export interface CompressOptions {
  /** How many times smaller than the samples, more than 1, up to 1000. Default: no loss. */
  readonly ratio?: number;
  /** Whether the codestream is written too, as `x.j2c`. Default false. */
  readonly keepCodestream?: boolean;
}

export interface TranscodeFolderOptions {
  /** As `transcode` of `@dsail/dicom-core/pixel-data` has it. */
  readonly transferSyntaxUid: string;
  readonly compressionRatio?: number;
  readonly maxError?: number;
}

/** Which work, and how. */
export type Work =
  | { readonly kind: "decompose"; readonly options: DecomposeOptions }
  | { readonly kind: "compose"; readonly options: ComposeFolderOptions }
  | { readonly kind: "compress"; readonly options: CompressOptions }
  | { readonly kind: "transcode"; readonly options: TranscodeFolderOptions };

/** Work on the files of a folder. */
export interface FolderJob {
  readonly work: Work;
  readonly input: string;
  readonly output: string;
  /** Replace files of the output. */
  readonly overwrite: boolean;
  /** Tell what would be written, and write nothing. */
  readonly dryRun: boolean;
}

/** What compression did to an image. */
export interface CompressionReport {
  readonly originalBytes: number;
  readonly compressedBytes: number;
  /** Of the PNG that was written. */
  readonly pngBytes: number;
  /** In decibels; infinite if nothing is lost. */
  readonly psnr: number;
}

/** What became of a file; `path` is relative to the input, with `/`. */
export type FileOutcome =
  | {
      readonly kind: "done";
      readonly path: string;
      /** What was written, relative to the output. */
      readonly written: readonly string[];
      readonly compression?: CompressionReport;
    }
  /** No file of the kind that is meant. */
  | { readonly kind: "skipped"; readonly path: string }
  | {
      readonly kind: "failed";
      readonly path: string;
      /** Of a `DicomError` or `ConverterError`, or of the file system, such as `ENOSPC`. */
      readonly code: string;
      readonly message: string;
      /** Which element, if one is to blame. */
      readonly at?: string | undefined;
    };

/** What is told of a file beside its output; `skipped` if it is of another kind. */
export type WorkDone = "skipped" | Pick<Extract<FileOutcome, { kind: "done" }>, "compression">;

/** How a run over a folder is done. */
export interface RunOptions {
  /** Threads; 0 is none beside the caller's. Default: one for each core, up to 8. */
  readonly workers?: number;
  /** Replace files of the output. Default false. */
  readonly overwrite?: boolean;
  /** Tell what would be written, and write nothing. Default false. */
  readonly dryRun?: boolean;
  /** Stops between files. */
  readonly signal?: AbortSignal;
  /** Once, when the files are listed. */
  readonly onStart?: (files: number) => void;
  /** After each file. */
  readonly onFile?: (outcome: FileOutcome) => void;
}

/** How a run ended. */
export interface RunSummary {
  readonly done: number;
  /** Files of other kinds, hidden files, links. */
  readonly skipped: number;
  readonly failed: number;
  /** Not begun, since the run was stopped. */
  readonly left: number;
}
