/**
 * `ServerMessage`: what the server sends.
 *
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Scalars } from "../message.js";
import type { ModelParameters } from "../tensor.js";
import { DIALECTS, type FlowerDialect } from "./dialect.js";
import { decoding, delimited, fieldsOf, varint } from "./fields.js";
import { decodeParameters, encodeParameters } from "./parameters.js";
import { fieldOf, joined, type Pieces, piecesOf } from "./pieces.js";
import { addEntry, decodeScalars, encodeScalars } from "./scalars.js";

/** An instruction without an id, or the end. `P` is {@link ModelParameters}, or npy files where it arrives. */
export type ServerMessage<P> =
  | {
      readonly kind: "reconnect";
      /** 0: don't come back. */
      readonly seconds: number;
    }
  | { readonly kind: "getProperties" | "getParameters"; readonly config: Scalars }
  | { readonly kind: "fit" | "evaluate"; readonly parameters: P; readonly config: Scalars };

/**
 * The message; undefined if the dialect has none (`getProperties` in `flower.transport`). The config of `getParameters`
 * has no place in `flower.transport`, and is left out.
 *
 * @throws {@link FlError} `BAD_TENSOR`, `BAD_MESSAGE` if something can't be said
 */
export function encodeServerMessage(
  message: ServerMessage<ModelParameters>,
  dialect: FlowerDialect,
  limits: Required<Limits>,
): Pieces | undefined {
  const table = DIALECTS[dialect];
  if (message.kind === "reconnect") {
    const writer = new BinaryWriter();
    if (message.seconds !== 0) writer.tag(1, WireType.Varint).int64(BigInt(message.seconds));
    return fieldOf(table.members.session, piecesOf([writer.finish()]));
  }
  const member = table.members[message.kind];
  if (member === undefined) return undefined;
  if (message.kind === "fit" || message.kind === "evaluate") {
    const parameters = fieldOf(1, encodeParameters(message.parameters));
    return fieldOf(member, joined([parameters, encodeScalars(2, message.config, table, limits)]));
  }
  const config = message.kind === "getProperties" ? 1 : table.getParametersIns.config;
  return fieldOf(
    member,
    config === undefined ? piecesOf([]) : encodeScalars(config, message.config, table, limits),
  );
}

/**
 * Reads a message of a server. Tensors are views of it.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED`
 */
export function decodeServerMessage(
  bytes: Uint8Array,
  dialect: FlowerDialect,
  limits: Required<Limits>,
): ServerMessage<readonly Uint8Array[]> {
  const { members, getParametersIns } = DIALECTS[dialect];
  return decoding("a message of the server", () => {
    let kind: keyof typeof members | undefined;
    let body: Uint8Array = new Uint8Array(0);
    for (const { tag, reader } of fieldsOf(bytes)) {
      // The last member of a oneof counts. (Protobuf would merge two of the same; no sender writes it twice.)
      const found = KINDS.find((name) => tag === delimited(members[name] ?? 0));
      if (found === undefined) continue;
      [kind, body] = [found, reader.bytes()];
    }
    if (kind === undefined) throw new FlError("BAD_MESSAGE", "no instruction that is known");
    if (kind === "session") return { kind: "reconnect", seconds: decodeSeconds(body) };
    if (kind === "fit" || kind === "evaluate") return decodeIns(kind, body, limits);
    const config = kind === "getProperties" ? 1 : getParametersIns.config;
    const entries: Uint8Array[] = [];
    for (const { tag, reader } of fieldsOf(body)) {
      if (tag === delimited(config ?? 0)) addEntry(entries, reader.bytes(), limits);
    }
    return { kind, config: decodeScalars(entries, limits) };
  });
}

const KINDS = ["session", "getProperties", "getParameters", "fit", "evaluate"] as const;

function decodeSeconds(body: Uint8Array): number {
  let seconds = 0n;
  for (const { tag, reader } of fieldsOf(body)) {
    if (tag === varint(1)) seconds = BigInt(reader.int64());
  }
  if (seconds > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new FlError("BAD_MESSAGE", "more seconds until reconnecting than there are");
  }
  // As Flower: only what is above 0 is a wish to see the client again.
  return Math.max(0, Number(seconds));
}

function decodeIns(
  kind: "fit" | "evaluate",
  body: Uint8Array,
  limits: Required<Limits>,
): ServerMessage<readonly Uint8Array[]> {
  let parameters: readonly Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  for (const { tag, reader } of fieldsOf(body)) {
    if (tag === delimited(1)) parameters = decodeParameters(reader.bytes(), limits);
    if (tag === delimited(2)) addEntry(entries, reader.bytes(), limits);
  }
  return { kind, parameters, config: decodeScalars(entries, limits) };
}
