/**
 * dcmjs, typed as far as the tests need it, and silent: it logs what it finds odd in a file.
 *
 * @module
 */
import untyped from "dcmjs";
import type { DcmjsDicomDict, DcmjsDict, DcmjsLibrary } from "../../src/adapters/dcmjs.js";

export interface DicomDict extends DcmjsDicomDict {
  write(options?: { readonly allowInvalidVRLength?: boolean }): ArrayBuffer;
}

interface Logger {
  setLevel(level: "silent"): void;
  getLogger(name: string): Logger;
}

interface Dcmjs {
  readonly data: DcmjsLibrary<DicomDict>["data"] & {
    readonly DicomMessage: { readFile(buffer: ArrayBufferLike): DicomDict };
    readonly DicomMetaDictionary: {
      naturalizeDataset(dict: DcmjsDict): Record<string, unknown>;
      denaturalizeDataset(dataset: Record<string, unknown>): DcmjsDict;
    };
  };
  readonly log: Logger;
}

export const dcmjs: Dcmjs = untyped as Dcmjs;
dcmjs.log.setLevel("silent");
dcmjs.log.getLogger("validation.dcmjs").setLevel("silent");
