/**
 * `ClientMessage`: what a client answers.
 *
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Instruction, Reply } from "../message.js";
import type { ModelParameters } from "../tensor.js";
import { DIALECTS, type DialectTable, type FlowerDialect } from "./dialect.js";
import { bits32, decoding, delimited, fieldsOf, varint } from "./fields.js";
import { decodeParameters, encodeParameters } from "./parameters.js";
import { fieldOf, joined, type Pieces, piecesOf } from "./pieces.js";
import { addEntry, decodeScalars, encodeScalars } from "./scalars.js";
import { decodeStatus, encodeStatus } from "./status.js";

/** An answer, or the end. `P` is {@link ModelParameters}, or npy files where it arrives. */
export type ClientMessage<P> = { readonly kind: "disconnect" } | Reply<P>;

/** Why a client goes, to Flower: it was asked to. (The reason ACK is in the table, but nobody ever sends it.) */
const REASON_RECONNECT = 1;

/**
 * The message; undefined if the dialect has none: `flower.transport` has no properties, and no failures.
 *
 * @param kind - what is answered
 * @throws {@link FlError} `BAD_TENSOR`, `BAD_MESSAGE` if something can't be said
 */
export function encodeClientMessage(
  message: ClientMessage<ModelParameters>,
  kind: Instruction["kind"],
  dialect: FlowerDialect,
  limits: Required<Limits>,
): Pieces | undefined {
  const table = DIALECTS[dialect];
  if (message.kind === "disconnect") {
    const reason = new BinaryWriter().tag(1, WireType.Varint).int32(REASON_RECONNECT);
    return fieldOf(table.members.session, piecesOf([reason.finish()]));
  }
  const member = table.members[kind];
  if (member === undefined) return undefined;
  const failure = message.kind === "failure" ? message : undefined;
  if (failure !== undefined && table.status === undefined) return undefined;
  const status =
    table.status === undefined ? piecesOf([]) : encodeStatus(table.status, kind, failure);
  return fieldOf(member, joined([status, ...bodyOf(message, table, limits)]));
}

function bodyOf(
  reply: Reply<ModelParameters>,
  table: DialectTable,
  limits: Required<Limits>,
): readonly Pieces[] {
  switch (reply.kind) {
    case "failure":
      return [];
    case "getProperties":
      return [encodeScalars(2, reply.properties, table, limits)];
    case "getParameters":
      return [fieldOf(table.getParametersRes.parameters, encodeParameters(reply.parameters))];
    case "fit": {
      const { parameters, numExamples, metrics } = table.fitRes;
      return [
        fieldOf(parameters, encodeParameters(reply.parameters)),
        encodeCount(numExamples, reply.numExamples),
        encodeScalars(metrics, reply.metrics, table, limits),
      ];
    }
    case "evaluate": {
      const { loss, numExamples, metrics } = table.evaluateRes;
      // A float32 on the wire, whatever it was.
      const writer = new BinaryWriter().tag(loss, WireType.Bit32).float(Math.fround(reply.loss));
      return [
        piecesOf([writer.finish()]),
        encodeCount(numExamples, reply.numExamples),
        encodeScalars(metrics, reply.metrics, table, limits),
      ];
    }
  }
}

function encodeCount(field: number, count: number): Pieces {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`numExamples: expected an integer of 0 to 2^53 - 1, got ${count}`);
  }
  return piecesOf([new BinaryWriter().tag(field, WireType.Varint).int64(BigInt(count)).finish()]);
}

/**
 * Reads a message of a client. Tensors are views of it.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED`
 */
export function decodeClientMessage(
  bytes: Uint8Array,
  dialect: FlowerDialect,
  limits: Required<Limits>,
): ClientMessage<readonly Uint8Array[]> {
  const table = DIALECTS[dialect];
  return decoding("a message of the client", () => {
    let kind: keyof typeof table.members | undefined;
    let body: Uint8Array = new Uint8Array(0);
    for (const { tag, reader } of fieldsOf(bytes)) {
      // The last member of a oneof counts. (Protobuf would merge two of the same; no sender writes it twice.)
      const found = KINDS.find((name) => tag === delimited(table.members[name] ?? 0));
      if (found === undefined) continue;
      [kind, body] = [found, reader.bytes()];
    }
    if (kind === undefined) throw new FlError("BAD_MESSAGE", "no answer that is known");
    if (kind === "session") return { kind: "disconnect" };
    return decodeReply(kind, body, table, limits);
  });
}

const KINDS = ["session", "getProperties", "getParameters", "fit", "evaluate"] as const;

/** Where each answer has what; 0 is no field. */
function numbersOf(kind: Instruction["kind"], table: DialectTable) {
  const none = { parameters: 0, numExamples: 0, scalars: 0, loss: 0 };
  switch (kind) {
    case "getProperties":
      return { ...none, scalars: 2 };
    case "getParameters":
      return { ...none, ...table.getParametersRes };
    case "fit":
      return { ...none, ...table.fitRes, scalars: table.fitRes.metrics };
    case "evaluate":
      return { ...none, ...table.evaluateRes, scalars: table.evaluateRes.metrics };
  }
}

function decodeReply(
  kind: Instruction["kind"],
  body: Uint8Array,
  table: DialectTable,
  limits: Required<Limits>,
): Reply<readonly Uint8Array[]> {
  const numbers = numbersOf(kind, table);
  const entries: Uint8Array[] = [];
  let failure: ReturnType<typeof decodeStatus>;
  let parameters: readonly Uint8Array[] = [];
  let [numExamples, loss] = [0, 0];
  for (const { tag, reader } of fieldsOf(body)) {
    if (tag === delimited(table.status ?? 0)) failure = decodeStatus(reader.bytes(), limits);
    if (tag === delimited(numbers.parameters))
      parameters = decodeParameters(reader.bytes(), limits);
    if (tag === varint(numbers.numExamples)) numExamples = decodeCount(BigInt(reader.int64()));
    if (tag === bits32(numbers.loss)) loss = reader.float();
    if (tag === delimited(numbers.scalars)) addEntry(entries, reader.bytes(), limits);
  }
  if (failure !== undefined) return failure;
  const scalars = decodeScalars(entries, limits);
  switch (kind) {
    case "getProperties":
      return { kind, properties: scalars };
    case "getParameters":
      return { kind, parameters };
    case "fit":
      return { kind, parameters, numExamples, metrics: scalars };
    case "evaluate":
      return { kind, loss, numExamples, metrics: scalars };
  }
}

function decodeCount(count: bigint): number {
  if (count < 0n || count > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new FlError("BAD_MESSAGE", "num_examples is below 0, or above 2^53 - 1");
  }
  return Number(count);
}
