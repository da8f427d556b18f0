/**
 * An update as parameters.
 *
 * @module
 */
import {
  BYTES_PER_ELEMENT,
  byteLengthOf,
  type ModelParameters,
  tensorOfBytes,
} from "@dsail/fl-protocol";
import { eachSegment } from "./each-segment.js";
import type { ReceivedUpdate } from "./received-update.js";

/** A copy of all of an update in memory: for a strategy that can do without streaming. */
export async function collectUpdate(update: ReceivedUpdate): Promise<ModelParameters> {
  const { specs, segments } = update.layout;
  const data = specs.map((spec) => new Uint8Array(byteLengthOf(spec)));
  await eachSegment([update], (index, [bytes]) => {
    for (const { tensorIndex, start, position, byteLength } of segments[index]!) {
      const offset = start * BYTES_PER_ELEMENT[specs[tensorIndex]!.dtype];
      data[tensorIndex]!.set(bytes!.subarray(position, position + byteLength), offset);
    }
  });
  return specs.map((spec, i) => tensorOfBytes(spec, data[i]!));
}
