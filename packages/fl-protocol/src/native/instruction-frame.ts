/**
 * What the server answers to a client that waits: an instruction, or that it may go.
 *
 * @module
 */
import type { Limits } from "../limits.js";
import type { Instruction } from "../message.js";
import type { SessionEnd } from "../transport.js";
import { badMessage, countOf, decodeFrame, encodeFrame, fieldsOf } from "./frame.js";
import { decodeScalars, encodeScalars } from "./scalars-json.js";

/** Parameters of an instruction: here, or to be fetched. */
export interface ParametersReference {
  /** SHA-256 of the manifest, hexadecimal. */
  readonly id: string;
  readonly byteLength: number;
  /** All bytes, if there are few. */
  readonly inline: Uint8Array | undefined;
}

/** An instruction on its way. */
export interface Delivery {
  /** From 1; larger with every request of the session. */
  readonly number: number;
  /** How often a client that works has to say so, milliseconds. */
  readonly heartbeatMs: number;
  /** Without parameters, which are apart. */
  readonly instruction: Omit<Instruction, "parameters">;
  readonly parameters: ParametersReference | undefined;
}

/** What a client that waited is told. */
export type ServerWord =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "release"; readonly end: SessionEnd };

const KINDS = new Set<unknown>(["getProperties", "getParameters", "fit", "evaluate"]);

export function encodeDelivery(delivery: Delivery): Buffer {
  const { number, heartbeatMs, instruction, parameters } = delivery;
  const { kind, id, round, config } = instruction;
  return encodeFrame(
    {
      delivery: number,
      heartbeatMs,
      instruction: { kind, id, round, config: encodeScalars(config) },
      ...(parameters && {
        parameters: {
          id: parameters.id,
          byteLength: parameters.byteLength,
          isInline: parameters.inline !== undefined,
        },
      }),
    },
    parameters?.inline && [parameters.inline],
  );
}

export function encodeRelease({ reconnectAfterSeconds }: SessionEnd): Buffer {
  return encodeFrame({ release: { reconnectAfterSeconds } });
}

/** @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED` */
export function decodeServerWord(bytes: Uint8Array, limits: Required<Limits>): ServerWord {
  const frame = decodeFrame(bytes);
  const header = fieldsOf(frame.header);
  if (header["release"] !== undefined) {
    const { reconnectAfterSeconds: seconds } = fieldsOf(header["release"]) as Partial<SessionEnd>;
    if (seconds !== undefined && !(seconds >= 0)) throw badMessage("seconds that are none");
    return { kind: "release", end: { reconnectAfterSeconds: seconds } };
  }
  const { kind, id, round, config } = fieldsOf(header["instruction"]);
  if (!KINDS.has(kind)) throw badMessage("an instruction of no kind that is known");
  if (typeof id !== "string") throw badMessage("an instruction without an id");
  const hasParameters = kind === "fit" || kind === "evaluate";
  const parameters = hasParameters ? referenceOf(header["parameters"], frame.body) : undefined;
  const heartbeatMs = countOf(header["heartbeatMs"], "heartbeatMs");
  const delivery: Delivery = {
    number: countOf(header["delivery"], "delivery"),
    heartbeatMs: Math.max(100, Math.min(heartbeatMs, 2 ** 30)),
    instruction: {
      kind: kind as Instruction["kind"],
      id,
      ...(round !== undefined && { round: countOf(round, "round") }),
      config: decodeScalars(config, limits),
    },
    parameters,
  };
  return { kind: "delivery", delivery };
}

function referenceOf(value: unknown, body: Uint8Array): ParametersReference {
  const { id, byteLength, isInline } = fieldsOf(value);
  if (!isHash(id)) throw badMessage("parameters without an id");
  const length = countOf(byteLength, "byteLength");
  if (isInline === true && body.length !== length) throw badMessage("parameters of another length");
  return { id, byteLength: length, inline: isInline === true ? body : undefined };
}

/** Whether it can be a SHA-256. */
export function isHash(text: unknown): text is string {
  return typeof text === "string" && /^[\da-f]{64}$/.test(text);
}
