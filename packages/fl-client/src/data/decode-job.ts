/**
 * What is said between this thread and one that decodes.
 *
 * @module
 */
import { type FlErrorCode, isFlError } from "@dsail/fl-protocol";
import { badData } from "./bad-data.js";
import type { FittedImage } from "./fit-image.js";

/** A file to decode. */
export interface DecodeJob {
  readonly jobId: number;
  readonly path: string;
}

export type DecodeAnswer = { readonly jobId: number } & (
  | { readonly image: FittedImage }
  | { readonly error: { readonly code?: FlErrorCode; readonly message: string } }
);

/** Of an error of ours all; of another nothing, since it may have a path. */
export function plainDecodeError(
  error: unknown,
): Extract<DecodeAnswer, { error: unknown }>["error"] {
  if (!isFlError(error)) return { message: "an image cannot be decoded" };
  return { code: error.code, message: error.message };
}

export function decodeErrorOf({ code, message }: ReturnType<typeof plainDecodeError>): Error {
  return badData(message, code);
}
