/**
 * What a codec worker and its owner say to each other.
 *
 * @module
 */
import type { DicomErrorCode } from "../errors.js";
import type { CodecImage, EncodeOptions } from "../pixel-data/codecs/frame-codec.js";
import type { ImagePixel } from "../pixel-data/image-pixel.js";

export interface CodecWorkerData {
  readonly maxMemoryBytes: number;
}

export type CodecRequest =
  | {
      readonly kind: "decode";
      readonly frame: Uint8Array;
      readonly pixel: ImagePixel;
      readonly transferSyntaxUid: string;
    }
  | {
      readonly kind: "encode";
      readonly image: CodecImage;
      readonly transferSyntaxUid: string;
      readonly options: EncodeOptions;
    };

export type CodecAnswer =
  | { readonly kind: "decoded"; readonly image: CodecImage }
  | { readonly kind: "encoded"; readonly bytes: Uint8Array }
  | {
      readonly kind: "failed";
      readonly code: DicomErrorCode;
      readonly message: string;
      readonly at: string | undefined;
    };
