/**
 * The bytes of TensorBoard's event files: TFRecord framing (tensorflow/core/lib/io/record_writer.h) around `Event`
 * messages (tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto).
 *
 * @module
 */
/// <reference path="./crc32c.d.ts" />
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import crc32c from "crc-32/crc32c.js";

/** A PNG and its size. */
export interface EventImage {
  readonly png: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** What an event tells. */
export type EventContent =
  | { readonly fileVersion: string }
  | { readonly tag: string; readonly step: number; readonly scalar: number }
  | { readonly tag: string; readonly step: number; readonly image: EventImage };

/** RGBA, as `Summary.Image.colorspace` counts. */
const COLORSPACE = 4;

/**
 * An `Event` message.
 *
 * @param wallTime - seconds since 1970
 */
export function encodeEvent(content: EventContent, wallTime: number): Uint8Array {
  const event = new BinaryWriter().tag(1, WireType.Bit64).double(wallTime);
  if ("fileVersion" in content) {
    return event.tag(3, WireType.LengthDelimited).string(content.fileVersion).finish();
  }
  event.tag(2, WireType.Varint).int64(content.step);
  // Event.summary, with one Summary.value.
  event.tag(5, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
  event.tag(1, WireType.LengthDelimited).string(content.tag);
  if ("scalar" in content) {
    event.tag(2, WireType.Bit32).float(content.scalar);
  } else {
    const { png, width, height } = content.image;
    event.tag(4, WireType.LengthDelimited).fork();
    event.tag(1, WireType.Varint).int32(height).tag(2, WireType.Varint).int32(width);
    event.tag(3, WireType.Varint).int32(COLORSPACE);
    event.tag(4, WireType.LengthDelimited).bytes(png).join();
  }
  return event.join().join().finish();
}

/** A record: its length, the checksum of that, the data, and the checksum of these; all little-endian. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return record;
}

/** CRC-32C, turned and moved so that the checksum of data that holds checksums is none of them. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c.buf(bytes) >>> 0;
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282_ead8) >>> 0;
}
