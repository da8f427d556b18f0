/** dcmjs has no types: what the tests use of it. */
declare module "dcmjs" {
  import type { DcmjsDicomDict, DcmjsDict, DcmjsLibrary } from "../../src/adapters/dcmjs.js";

  interface DicomDict extends DcmjsDicomDict {
    write(options?: { allowInvalidVRLength?: boolean; fragmentMultiframe?: boolean }): ArrayBuffer;
  }
  interface Logger {
    setLevel(level: string): void;
  }
  interface Dcmjs extends DcmjsLibrary<DicomDict> {
    readonly data: DcmjsLibrary<DicomDict>["data"] & {
      readonly DicomMessage: {
        readFile(buffer: ArrayBufferLike, options?: { noCopy?: boolean }): DicomDict;
      };
      readonly DicomMetaDictionary: {
        naturalizeDataset(dict: DcmjsDict): Record<string, unknown>;
        denaturalizeDataset(dataset: Record<string, unknown>): DcmjsDict;
      };
    };
    readonly log: Logger & { getLogger(name: string): Logger };
  }
  const dcmjs: Dcmjs;

  export { dcmjs as default };
}
