/**
 * A message as bytes: its length as JSON, the JSON, and what goes along.
 *
 * @module
 */
import { FlError } from "../errors.js";

/** A message as it arrived. */
export interface Frame {
  /** Of any form. */
  readonly header: unknown;
  /** What goes along. */
  readonly body: Uint8Array;
}

const PREFIX_BYTES = 4;

/** A message, ready to be sent. */
export function encodeFrame(header: unknown, body: readonly Uint8Array[] = []): Buffer {
  const json = Buffer.from(JSON.stringify(header), "utf8");
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(json.length);
  return Buffer.concat([prefix, json, ...body]);
}

/** Takes a message apart. @throws {@link FlError} `BAD_MESSAGE` */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < PREFIX_BYTES) throw badMessage("it has no length");
  const { buffer, byteOffset } = bytes;
  const end =
    PREFIX_BYTES + new DataView(buffer, byteOffset, PREFIX_BYTES).getUint32(0, /* LE */ true);
  if (end > bytes.length) throw badMessage("it ends early");
  return { header: parseJson(bytes.subarray(PREFIX_BYTES, end)), body: bytes.subarray(end) };
}

/** Reads JSON. @throws {@link FlError} `BAD_MESSAGE` for what is none */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw badMessage("it is not JSON");
  }
}

/** Fields of what may be anything. @throws {@link FlError} `BAD_MESSAGE` if it has none */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badMessage("an object is expected");
  }
  return value as Record<string, unknown>;
}

/** Reads an integer of 0 or more. @throws {@link FlError} `BAD_MESSAGE` */
export function countOf(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || Object.is(value, -0)) {
    throw badMessage(`${what}: expected an integer of 0 or more`);
  }
  return value as number;
}

/** Why something is no message. */
export function badMessage(what: string): FlError {
  return new FlError("BAD_MESSAGE", `not a message: ${what}`);
}
