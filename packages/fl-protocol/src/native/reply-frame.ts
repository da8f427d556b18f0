/**
 * What the client answers, without the parameters, unless they are few.
 *
 * @module
 */
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { FailureReply, Instruction, Reply } from "../message.js";
import { scalarsOf } from "../scalars.js";
import type { ModelParameters } from "../tensor.js";
import { badMessage, countOf, decodeFrame, encodeFrame, fieldsOf } from "./frame.js";
import { decodeNumber, decodeScalars, encodeNumber, encodeScalars } from "./scalars-json.js";

/** What a client could not answer, since it may not be sent, or the instruction was none. */
export interface Refused {
  readonly kind: "refused";
  readonly code: RefusedCode;
  readonly message: string;
}

type RefusedCode = "BAD_MESSAGE" | "BAD_TENSOR" | "LIMIT_EXCEEDED";

const REFUSED_CODES = new Set<unknown>(["BAD_MESSAGE", "BAD_TENSOR", "LIMIT_EXCEEDED"]);
const FAILURE_CODES = new Set<unknown>(["NOT_IMPLEMENTED", "FAILED", "POLICY"]);

/** A reply that arrived, and what there will be of parameters. */
export interface ReplyFrame {
  readonly reply: Reply<undefined> | Refused;
  readonly body: ReplyBody | undefined;
}

/** Parameters of a reply. */
export interface ReplyBody {
  /** The bytes that go along: what tells of the tensors, or everything, if that is little. */
  readonly head: Uint8Array;
  /** How many bytes follow in chunks. */
  readonly tailLength: number;
}

/**
 * A reply without its parameters, ready for {@link encodeReply}.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED`
 */
export function replyHeader(
  asked: Instruction["kind"],
  reply: Reply<ModelParameters>,
  limits: Required<Limits>,
): object {
  const { kind } = reply;
  if (kind !== asked && kind !== "failure") {
    throw new FlError("BAD_MESSAGE", `a reply of kind ${kind} to ${asked}`);
  }
  const scalars = (value: unknown) => encodeScalars(scalarsOf(value, limits));
  switch (kind) {
    case "getProperties":
      return { kind, properties: scalars(reply.properties) };
    case "getParameters":
      return { kind };
    case "fit":
      return { kind, numExamples: reply.numExamples, metrics: scalars(reply.metrics) };
    case "evaluate": {
      const { loss, numExamples, metrics } = reply;
      return { kind, loss: encodeNumber(loss), numExamples, metrics: scalars(metrics) };
    }
    case "failure":
      return { kind, code: reply.code, message: reply.message };
  }
}

export function encodeReply(header: object, body?: ReplyBody): Buffer {
  if (body === undefined) return encodeFrame({ reply: header });
  const { head, tailLength } = body;
  return encodeFrame({ reply: header, parameters: { tailLength } }, [head]);
}

/** @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED` */
export function decodeReply(
  bytes: Uint8Array,
  asked: Instruction["kind"],
  limits: Required<Limits>,
): ReplyFrame {
  const frame = decodeFrame(bytes);
  const header = fieldsOf(frame.header);
  const reply = replyOf(fieldsOf(header["reply"]), limits);
  if (reply.kind !== asked && reply.kind !== "failure" && reply.kind !== "refused") {
    throw badMessage(`a reply of kind ${reply.kind} to ${asked}`);
  }
  if (reply.kind !== "fit" && reply.kind !== "getParameters") return { reply, body: undefined };
  const tailLength = countOf(fieldsOf(header["parameters"])["tailLength"], "tailLength");
  if (tailLength > limits.maxMessageBytes) {
    throw new FlError("LIMIT_EXCEEDED", `parameters of ${tailLength} bytes are more than allowed`);
  }
  return { reply, body: { head: frame.body, tailLength } };
}

function replyOf(
  fields: Readonly<Record<string, unknown>>,
  limits: Required<Limits>,
): Reply<undefined> | Refused {
  const { kind, code, message } = fields;
  const metrics = () => decodeScalars(fields["metrics"], limits);
  const numExamples = () => countOf(fields["numExamples"], "numExamples");
  switch (kind) {
    case "getProperties":
      return { kind, properties: decodeScalars(fields["properties"], limits) };
    case "getParameters":
      return { kind, parameters: undefined };
    case "fit":
      return { kind, parameters: undefined, numExamples: numExamples(), metrics: metrics() };
    case "evaluate":
      return {
        kind,
        loss: decodeNumber(fields["loss"]),
        numExamples: numExamples(),
        metrics: metrics(),
      };
    case "failure":
    case "refused": {
      const isKnown = (kind === "failure" ? FAILURE_CODES : REFUSED_CODES).has(code);
      if (!isKnown || typeof message !== "string") throw badMessage("a failure of no known kind");
      if (Buffer.byteLength(message) > limits.maxScalarBytes) {
        throw new FlError("LIMIT_EXCEEDED", "a failure that says more than allowed");
      }
      return kind === "failure"
        ? { kind, code: code as FailureReply["code"], message }
        : { kind, code: code as RefusedCode, message };
    }
    default:
      throw badMessage("a reply of no kind that is known");
  }
}
