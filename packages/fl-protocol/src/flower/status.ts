/**
 * `Status { Code code = 1; string message = 2 }`: how a client of Flower 1.x says that nothing came of an instruction.
 *
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Limits } from "../limits.js";
import type { FailureReply, Instruction } from "../message.js";
import { delimited, fieldsOf, readText, varint } from "./fields.js";
import { type Pieces, piecesOf } from "./pieces.js";

/** The only codes there are, besides OK = 0: one for each instruction. */
const NOT_IMPLEMENTED: Readonly<Record<Instruction["kind"], number>> = {
  getProperties: 1,
  getParameters: 2,
  fit: 3,
  evaluate: 4,
};

/** Longest text of another side that is passed on to a log. */
const MAX_TEXT = 500;

/** As a field of that number. Code and message are 0 and empty for OK, and thus not written. */
export function encodeStatus(
  field: number,
  kind: Instruction["kind"],
  failure?: FailureReply,
): Pieces {
  const writer = new BinaryWriter().tag(field, WireType.LengthDelimited).fork();
  if (failure !== undefined) {
    // Flower knows no other code, and takes one it does not know for OK. What it was, goes before the text.
    const prefix = failure.code === "NOT_IMPLEMENTED" ? "" : `${failure.code}: `;
    writer.tag(1, WireType.Varint).int32(NOT_IMPLEMENTED[kind]);
    writer.tag(2, WireType.LengthDelimited).string(`${prefix}${failure.message}`);
  }
  return piecesOf([writer.join().finish()]);
}

/**
 * The failure a status tells of; undefined if it is OK.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED`
 */
export function decodeStatus(
  status: Uint8Array,
  { maxScalarBytes }: Required<Limits>,
): FailureReply | undefined {
  let code = 0;
  let text = "";
  for (const { tag, reader } of fieldsOf(status)) {
    if (tag === varint(1)) code = reader.int32();
    if (tag === delimited(2)) text = readText(reader, maxScalarBytes);
  }
  if (code === 0) return undefined;
  // One line of the log, whatever it says.
  const message = text.slice(0, MAX_TEXT).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
  for (const known of ["FAILED", "POLICY"] as const) {
    if (!message.startsWith(`${known}: `)) continue;
    return { kind: "failure", code: known, message: message.slice(known.length + 2) };
  }
  const isKnown = Object.values(NOT_IMPLEMENTED).includes(code);
  return { kind: "failure", code: isKnown ? "NOT_IMPLEMENTED" : "FAILED", message };
}
