import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GOLDEN } from "../../test/flower/golden-messages.js";
import { isFlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Reply, Scalars } from "../message.js";
import { limitsOf } from "../resolve-limits.js";
import type { ModelParameters } from "../tensor.js";
import { type ClientMessage, decodeClientMessage, encodeClientMessage } from "./client-message.js";
import { DIALECTS, type FlowerDialect } from "./dialect.js";
import { bytesOfPieces } from "./pieces.js";
import { decodeServerMessage, encodeServerMessage, type ServerMessage } from "./server-message.js";
import { tensorsOfMessage } from "./tensor-files.js";

const LIMITS = limitsOf();
const BOTH = Object.keys(DIALECTS) as FlowerDialect[];

const scalars: Scalars = {
  größe: "漢字 🫁",
  no: false,
  nan: Number.NaN,
  zero: -0,
  whole: 3,
  least: -(2n ** 63n),
  largest: 2n ** 63n - 1n,
  bytes: new Uint8Array([0, 255]),
  "": "an empty key",
};

const parameters: ModelParameters = [
  { name: "conv.weight", dtype: "float32", shape: [2, 1], data: new Float32Array([1.5, -0]) },
  { name: "num_batches_tracked", dtype: "int64", shape: [], data: new BigInt64Array([7n]) },
  { name: "empty", dtype: "float16", shape: [0], data: new Uint16Array() },
];

const renamed = parameters.map((tensor, i) => ({ ...tensor, name: String(i) }));

const sent = (message: ServerMessage<ModelParameters>, dialect: FlowerDialect = "flwr.proto") =>
  bytesOfPieces(encodeServerMessage(message, dialect, LIMITS)!);

const answered = (
  message: ClientMessage<ModelParameters>,
  kind: Parameters<typeof encodeClientMessage>[1],
  dialect: FlowerDialect = "flwr.proto",
) => bytesOfPieces(encodeClientMessage(message, kind, dialect, LIMITS)!);

/** As a program gets it. */
function withTensors<M extends object>(message: M) {
  return "parameters" in message
    ? { ...message, parameters: tensorsOfMessage(message.parameters as Uint8Array[], LIMITS) }
    : message;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (name: string) => Buffer.from(GOLDEN[name]!, "hex");

/** A field of bytes. */
function field(number: number, ...bytes: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(bytes);
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(body.length);
  return Buffer.concat([head.finish(), body]);
}

describe.each(BOTH)("messages of %s", (dialect) => {
  const table = DIALECTS[dialect];

  it.each<ServerMessage<ModelParameters>>([
    { kind: "reconnect", seconds: 0 },
    { kind: "reconnect", seconds: 2 ** 40 },
    { kind: "getProperties", config: scalars },
    { kind: "getParameters", config: dialect === "flwr.proto" ? scalars : {} },
    { kind: "fit", parameters, config: scalars },
    { kind: "evaluate", parameters: [], config: {} },
  ])("carry $kind to the client", (message) => {
    const pieces = encodeServerMessage(message, dialect, LIMITS);
    if (message.kind === "getProperties" && dialect === "flower.transport") {
      expect(pieces).toBeUndefined();
      return;
    }
    const arrived = decodeServerMessage(bytesOfPieces(pieces!), dialect, LIMITS);
    expect(withTensors(arrived)).toEqual(
      "parameters" in message && message.parameters.length > 0
        ? { ...message, parameters: renamed }
        : message,
    );
  });

  it.each<Reply<ModelParameters>>([
    { kind: "getProperties", properties: scalars },
    { kind: "getParameters", parameters },
    { kind: "fit", parameters, numExamples: 2 ** 53 - 1, metrics: scalars },
    { kind: "evaluate", loss: 0.5, numExamples: 0, metrics: scalars },
    { kind: "evaluate", loss: Number.NaN, numExamples: 1, metrics: {} },
  ])("carry $kind to the server", (reply) => {
    if (reply.kind === "failure") return;
    const pieces = encodeClientMessage(reply, reply.kind, dialect, LIMITS);
    if (reply.kind === "getProperties" && dialect === "flower.transport") {
      expect(pieces).toBeUndefined();
      return;
    }
    const arrived = decodeClientMessage(bytesOfPieces(pieces!), dialect, LIMITS);
    expect(withTensors(arrived)).toEqual(
      "parameters" in reply ? { ...reply, parameters: renamed } : reply,
    );
  });

  it("carry goodbyes", () => {
    const bytes = answered({ kind: "disconnect" }, "fit", dialect);
    expect(hex(bytes)).toBe("0a020801");
    expect(decodeClientMessage(bytes, dialect, LIMITS)).toEqual({ kind: "disconnect" });
  });

  it("skip what they don't know, also a known number of another type", () => {
    const unknown = new BinaryWriter()
      .tag(99, WireType.Varint)
      .uint32(1)
      .tag(98, WireType.Bit64)
      .double(1)
      .tag(97, WireType.StartGroup)
      .tag(1, WireType.Varint)
      .uint32(3)
      .tag(97, WireType.EndGroup)
      .tag(table.members.fit, WireType.Varint)
      .uint32(7)
      .finish();
    const fit = sent({ kind: "fit", parameters: [], config: { a: 1n } }, dialect);
    const arrived = decodeServerMessage(Buffer.concat([unknown, fit, unknown]), dialect, LIMITS);
    expect(arrived).toEqual({ kind: "fit", parameters: [], config: { a: 1n } });
  });

  it("take the last of two", () => {
    const first = sent({ kind: "evaluate", parameters: [], config: { a: 1n } }, dialect);
    const last = sent({ kind: "fit", parameters: [], config: { b: 2n } }, dialect);
    expect(decodeServerMessage(Buffer.concat([first, last]), dialect, LIMITS)).toEqual({
      kind: "fit",
      parameters: [],
      config: { b: 2n },
    });
  });

  it("give bytes of tensors as views, and bytes of scalars as copies", () => {
    const bytes = sent({ kind: "fit", parameters, config: scalars }, dialect);
    const arrived = decodeServerMessage(bytes, dialect, LIMITS);
    if (arrived.kind !== "fit") throw new Error("another message");
    for (const file of arrived.parameters) expect(file.buffer).toBe(bytes.buffer);
    expect((arrived.config["bytes"] as Uint8Array).buffer).not.toBe(bytes.buffer);
    // Moved to where they are aligned, and not copied.
    for (const { data } of tensorsOfMessage(arrived.parameters, LIMITS)) {
      expect(data.buffer).toBe(bytes.buffer);
    }
  });

  it.each<readonly [Partial<Limits>]>([
    [{ maxTensors: 2 }],
    [{ maxScalars: 8 }],
    [{ maxScalarBytes: 10 }],
  ])("are refused beyond %o", (limits) => {
    const fit = sent({ kind: "fit", parameters, config: scalars }, dialect);
    expect(() => decodeServerMessage(fit, dialect, limitsOf(limits))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    const reply = answered(
      { kind: "fit", parameters, numExamples: 1, metrics: scalars },
      "fit",
      dialect,
    );
    expect(() => decodeClientMessage(reply, dialect, limitsOf(limits))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it.each<readonly [string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["an unknown member", field(31)],
    ["a length of 2 GiB", Buffer.from("22ffffffff07", "hex")],
    ["a length of 4 GiB", Buffer.from("22ffffffff0f", "hex")],
    ["a varint that does not end", Buffer.alloc(20, 0xff)],
    ["field 0", Buffer.from("0200", "hex")],
    ["wire type 7", Buffer.from("27", "hex")],
    ["an end of a group that did not begin", Buffer.from("24", "hex")],
    ["groups in groups", Buffer.alloc(100_000, 0x23)],
    [
      "a scalar of no type",
      field(table.members.fit, field(2, field(1, Buffer.from("a")), field(2))),
    ],
    [
      "a key that is no UTF-8",
      field(table.members.fit, field(2, field(1, Buffer.from([0xff])), field(2, field(14)))),
    ],
    ["seconds beyond 2^53", field(1, Buffer.from("08ffffffffffffffff7f", "hex"))],
  ])("are refused if they hold %s", (_, bytes) => {
    expect(() => decodeServerMessage(bytes, dialect, LIMITS)).toThrow(
      expect.objectContaining({ name: "FlError", code: "BAD_MESSAGE" }),
    );
  });

  it.each([-1n, 2n ** 53n])("refuse %d examples", (count) => {
    const { numExamples } = table.fitRes;
    const value = new BinaryWriter().tag(numExamples, WireType.Varint).int64(count).finish();
    expect(() => decodeClientMessage(field(table.members.fit, value), dialect, LIMITS)).toThrow(
      expect.objectContaining({ code: "BAD_MESSAGE" }),
    );
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])("do not say %d examples", (numExamples) => {
    const reply = { kind: "evaluate", loss: 1, numExamples, metrics: {} } as const;
    expect(() => encodeClientMessage(reply, "evaluate", dialect, LIMITS)).toThrow(RangeError);
  });

  it("decode, or end in an FlError, wherever they are cut", () => {
    const messages = [
      sent({ kind: "fit", parameters, config: scalars }, dialect),
      answered({ kind: "fit", parameters, numExamples: 3, metrics: scalars }, "fit", dialect),
    ];
    for (const bytes of messages) {
      for (let end = 0; end < bytes.length; end++) assertSafe(bytes.subarray(0, end), dialect);
    }
  });

  it("decode, or end in an FlError, whatever arrives", () => {
    const messages = [
      sent({ kind: "fit", parameters, config: scalars }, dialect),
      answered({ kind: "fit", parameters, numExamples: 3, metrics: scalars }, "fit", dialect),
      answered(
        { kind: "evaluate", loss: 1, numExamples: 3, metrics: scalars },
        "evaluate",
        dialect,
      ),
    ];
    const changes = fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...messages), changes, (original, changed) => {
        const bytes = Buffer.from(original);
        for (const [at, value] of changed) bytes[at % bytes.length] = value;
        assertSafe(bytes, dialect);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assertSafe(bytes, dialect)),
      { numRuns: 2000 },
    );
  });
});

/** Both readers give a message, or an error of ours. */
function assertSafe(bytes: Uint8Array, dialect: FlowerDialect): void {
  for (const decode of [decodeServerMessage, decodeClientMessage]) {
    try {
      // A copy, since tensors are moved.
      withTensors(decode(new Uint8Array(bytes), dialect, LIMITS));
    } catch (error) {
      if (!isFlError(error)) throw error;
    }
  }
}

describe("the bytes of flwr.proto", () => {
  it.each<readonly [string, Scalars[string]]>([
    ["double", 0.1],
    ["integral double", 3],
    ["nan", Number.NaN],
    ["int", -3n],
    ["largest int", 2n ** 63n - 1n],
    ["least int", -(2n ** 63n)],
    ["uint", 2n ** 63n],
    ["true", true],
    ["false", false],
    ["text", "漢"],
    ["bytes", new Uint8Array([0, 255])],
  ])("are Python's for a scalar: %s", (name, value) => {
    const message = { kind: "getParameters", config: { größe: value } } as const;
    expect(hex(sent(message))).toBe(GOLDEN[name]);
    expect(decodeServerMessage(bytesOf(name), "flwr.proto", LIMITS)).toEqual(message);
  });

  it("are Python's for the end", () => {
    expect(hex(sent({ kind: "reconnect", seconds: 30 }))).toBe(GOLDEN["reconnect"]);
    expect(hex(sent({ kind: "reconnect", seconds: 0 }))).toBe(GOLDEN["the end"]);
    expect(hex(answered({ kind: "disconnect" }, "fit"))).toBe(GOLDEN["goodbye"]);
  });

  it("are Python's for answers", () => {
    const evaluated = { kind: "evaluate", loss: 0.1, numExamples: 3, metrics: {} } as const;
    expect(hex(answered(evaluated, "evaluate"))).toBe(GOLDEN["evaluate result"]);
    const none = { kind: "failure", code: "NOT_IMPLEMENTED", message: "no" } as const;
    expect(hex(answered(none, "fit"))).toBe(GOLDEN["no fit"]);
    expect(decodeClientMessage(bytesOf("no fit"), "flwr.proto", LIMITS)).toEqual(none);
  });

  it("are read as Python means them", () => {
    const files = [new Uint8Array([1, 2]), new Uint8Array()];
    expect(decodeServerMessage(bytesOf("fit"), "flwr.proto", LIMITS)).toEqual({
      kind: "fit",
      parameters: files.map((file) => Buffer.from(file)),
      config: { lr: 0.5 },
    });
    expect(decodeClientMessage(bytesOf("fit result"), "flwr.proto", LIMITS)).toEqual({
      kind: "fit",
      parameters: files.map((file) => Buffer.from(file)),
      numExamples: 2 ** 40,
      metrics: { a: 1n },
    });
    const evaluated = decodeClientMessage(bytesOf("evaluate result"), "flwr.proto", LIMITS);
    expect(evaluated).toMatchObject({ loss: Math.fround(0.1) });
  });

  it("hold npy files as numpy writes them", () => {
    const [tensor] = parameters;
    const bytes = sent({ kind: "fit", parameters: [tensor!], config: {} });
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }";
    const header = Buffer.concat([
      Buffer.from("934e554d5059010076 00".replace(" ", ""), "hex"),
      Buffer.from(`${text.padEnd(117)}\n`),
    ]);
    const elements = Buffer.from("0000c03f00000080", "hex");
    const type = field(2, Buffer.from("numpy.ndarray"));
    expect(hex(bytes)).toBe(hex(field(4, field(1, field(1, header, elements), type))));
  });
});

describe("a failure", () => {
  it.each(["NOT_IMPLEMENTED", "FAILED", "POLICY"] as const)("%s keeps its code", (code) => {
    const failure = { kind: "failure", code, message: "größer" } as const;
    const bytes = answered(failure, "evaluate");
    expect(decodeClientMessage(bytes, "flwr.proto", LIMITS)).toEqual(failure);
  });

  it("has no word in flower.transport", () => {
    const failure = { kind: "failure", code: "FAILED", message: "" } as const;
    expect(encodeClientMessage(failure, "fit", "flower.transport", LIMITS)).toBeUndefined();
  });

  it("of a code to come is one, and its text is one short line", () => {
    const status = new BinaryWriter()
      .tag(1, WireType.Varint)
      .int32(77)
      .tag(2, WireType.LengthDelimited)
      .string(`a\nb\u2028${"c".repeat(1000)}`)
      .finish();
    const message = decodeClientMessage(field(4, field(1, status)), "flwr.proto", LIMITS);
    expect(message).toEqual({
      kind: "failure",
      code: "FAILED",
      message: `a b ${"c".repeat(496)}`,
    });
  });
});

it("has no integer above 2^63 − 1 in flower.transport", () => {
  const message = { kind: "fit", parameters: [], config: { a: 2n ** 63n } } as const;
  expect(() => encodeServerMessage(message, "flower.transport", LIMITS)).toThrow(
    expect.objectContaining({ code: "BAD_MESSAGE" }),
  );
});

it("has no bfloat16", () => {
  const tensor = { name: "a", dtype: "bfloat16", shape: [1], data: new Uint16Array(1) } as const;
  const message = { kind: "fit", parameters: [tensor], config: {} } as const;
  expect(() => encodeServerMessage(message, "flwr.proto", LIMITS)).toThrow(
    expect.objectContaining({ code: "BAD_TENSOR" }),
  );
});

it("rounds a loss to float32, a large one to infinity", () => {
  for (const loss of [0.1, 1e300, -1e300]) {
    const bytes = answered({ kind: "evaluate", loss, numExamples: 1, metrics: {} }, "evaluate");
    expect(decodeClientMessage(bytes, "flwr.proto", LIMITS)).toMatchObject({
      loss: Math.fround(loss),
    });
  }
});
