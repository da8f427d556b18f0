/**
 * Inflates a deflated data set (PS3.5 A.5), never beyond a limit.
 *
 * @module
 */
import { Inflate } from "fflate";
import { DicomError } from "../errors.js";

/** Input is handed over in steps, each of which grows a thousandfold at the most, so that a bomb is noticed in time. */
const STEP_BYTES = 2 * 1024;

/**
 * The inflated bytes of a raw deflate stream (RFC 1951).
 *
 * @throws {@link DicomError} `LIMIT_EXCEEDED` beyond `maxBytes`, `BAD_DEFLATE` if the stream is damaged or cut off
 */
export function inflateDataset(
  deflated: Uint8Array,
  maxBytes: number,
  byteOffset: number,
): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((chunk) => {
    length += chunk.length;
    if (length > maxBytes) {
      throw new DicomError("LIMIT_EXCEEDED", `data set inflates to more than ${maxBytes} bytes`, {
        byteOffset,
      });
    }
    chunks.push(chunk);
  });
  try {
    for (let at = 0; at < deflated.length; at += STEP_BYTES) {
      inflate.push(deflated.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= deflated.length);
    }
  } catch (error) {
    if (error instanceof DicomError) throw error;
    throw new DicomError("BAD_DEFLATE", "the deflated data set is damaged or cut off", {
      byteOffset,
      cause: error,
    });
  }
  const inflated = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    inflated.set(chunk, at);
    at += chunk.length;
  }
  return inflated;
}
