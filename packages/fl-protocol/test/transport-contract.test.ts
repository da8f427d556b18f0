/**
 * Positive controls of the contract: transports with one fault each, and the cases that have to notice it.
 */
import { describe, expect, it } from "vitest";
import { createInMemoryTransport } from "../src/in-memory-transport.js";
import type { Instruction, Reply } from "../src/message.js";
import type { ParameterChunk, ParameterSource } from "../src/parameter-source.js";
import type { ModelParameters } from "../src/tensor.js";
import type { MakeTransportPair } from "../src/testing/stage.js";
import { transportContract } from "../src/testing/transport-contract.js";
import type { ClientConnection, ClientTransport, ServerTransport } from "../src/transport.js";

type Run = ClientTransport["run"];

/** A transport whose parts are changed as they are made. */
interface Fault {
  readonly connection?: (connection: ClientConnection) => Partial<ClientConnection>;
  readonly run?: (run: Run) => Run;
  readonly server?: (server: ServerTransport) => ServerTransport;
  readonly isUnlimited?: boolean;
}

const makeFaulty =
  ({ connection, run, server = (own) => own, isUnlimited = false }: Fault): MakeTransportPair =>
  async ({ limits }) => {
    const memory = createInMemoryTransport(isUnlimited ? {} : { limits });
    const wrapped: ServerTransport = {
      ...memory.server,
      listen: (events) =>
        memory.server.listen({
          ...events,
          onConnect: (own) => events.onConnect({ ...own, ...connection?.(own) }),
        }),
    };
    return {
      server: server(wrapped),
      client: (clientId) => {
        const own = memory.client(clientId);
        return run === undefined ? own : { ...own, run: run(own.run) };
      },
      close: async () => {},
    };
  };

/** Changes what the client gets. */
const onInstruction =
  (change: (instruction: Instruction) => Instruction): NonNullable<Fault["run"]> =>
  (run) =>
  (handle, options) =>
    run((instruction) => handle(change(instruction)), options);

/** Changes what the client answers. */
const onReply =
  (change: (reply: Reply<ModelParameters>) => Reply<ModelParameters>): NonNullable<Fault["run"]> =>
  (run) =>
  (handle, options) =>
    run(async (instruction) => change(await handle(instruction)), options);

const onProperties = (change: (value: unknown) => unknown): NonNullable<Fault["run"]> =>
  onReply((reply) => {
    if (reply.kind !== "getProperties") return reply;
    const entries = Object.entries(reply.properties).map(([key, value]) => [key, change(value)]);
    return { ...reply, properties: Object.fromEntries(entries) };
  });

const onPieces =
  (change: (chunk: ParameterChunk) => ParameterChunk): NonNullable<Fault["connection"]> =>
  ({ request }) => ({
    request: async (instruction, options) => {
      const reply = await request(instruction, options);
      if (reply.kind !== "fit") return reply;
      const { specs, chunks } = reply.parameters;
      const parameters: ParameterSource = {
        specs,
        chunks: async function* () {
          for await (const chunk of chunks()) yield change(chunk);
        },
      };
      return { ...reply, parameters };
    },
  });

/** Answers a second request with the answer of the first that is open, as a wire without ids does. */
function mixingUp({ request, ...rest }: ClientConnection): Partial<ClientConnection> {
  let open: Promise<Reply<ParameterSource>> | undefined;
  return {
    ...rest,
    request: async (instruction, options = {}) => {
      if (open !== undefined) return open;
      const answer = request(instruction);
      open = answer;
      const aborted = new Promise<never>((_, reject) => {
        const giveUp = (code: string) =>
          reject(Object.assign(new Error("given up"), { name: "FlError", code }));
        if (options.signal?.aborted === true) {
          open = undefined;
          giveUp("ABORTED");
        }
        options.signal?.addEventListener("abort", () => giveUp("ABORTED"));
        if (options.timeoutMs !== undefined) setTimeout(giveUp, options.timeoutMs, "TIMEOUT");
      });
      aborted.catch(() => {});
      answer.then(
        () => (open = undefined),
        () => (open = undefined),
      );
      return Promise.race([answer, aborted]);
    },
  };
}

const FAULTS: Readonly<Record<string, readonly [Fault, ...(readonly string[])]>> = {
  "loses the sign of zero": [
    { run: onProperties((value) => (value === 0 ? 0 : value)) },
    "carries getProperties, with scalars of every type both ways",
  ],
  "makes a double of an integer": [
    { run: onProperties((value) => (typeof value === "bigint" ? Number(value) : value)) },
    "carries getProperties, with scalars of every type both ways",
  ],
  "makes an integer of a double": [
    { run: onProperties((value) => (Number.isInteger(value) ? BigInt(value as number) : value)) },
    "carries getProperties, with scalars of every type both ways",
  ],
  "cuts texts at a zero byte": [
    { run: onProperties((value) => (typeof value === "string" ? value.split("\0")[0] : value)) },
    "carries getProperties, with scalars of every type both ways",
  ],
  "loses the key __proto__": [
    {
      run: onReply((reply) => {
        if (reply.kind !== "getProperties") return reply;
        const properties: Record<string, never> = {};
        for (const [key, value] of Object.entries(reply.properties))
          properties[key] = value as never;
        return { ...reply, properties };
      }),
    },
    "carries getProperties, with scalars of every type both ways",
  ],
  "tells no round": [
    { run: onInstruction(({ round: _, ...rest }) => rest as Instruction) },
    "carries fit",
  ],
  "changes one bit": [
    {
      connection: onPieces((chunk) => {
        if (chunk.tensorIndex === 1) chunk.bytes[chunk.bytes.length - 1]! ^= 1;
        return chunk;
      }),
    },
    "carries tensors of 20 MB bit by bit",
  ],
  "ends a tensor early": [
    {
      connection: onPieces((chunk) =>
        chunk.byteOffset > 0 ? { ...chunk, bytes: chunk.bytes.subarray(0, -4) } : chunk,
      ),
    },
    "carries tensors of 20 MB bit by bit",
  ],
  "makes one dimension of none": [
    {
      run: onReply((reply) =>
        reply.kind === "fit"
          ? {
              ...reply,
              parameters: reply.parameters.map((tensor) =>
                tensor.shape.length === 0 ? { ...tensor, shape: [1] } : tensor,
              ),
            }
          : reply,
      ),
    },
    "carries tensors of every dtype, and of shapes without dimensions or elements",
  ],
  "makes a result of a failure": [
    {
      run: onReply((reply) =>
        reply.kind === "failure"
          ? { kind: "fit", parameters: [], numExamples: 0, metrics: {} }
          : reply,
      ),
    },
    "carries a failure FAILED, and goes on",
  ],
  "has no limits": [
    { isUnlimited: true },
    "refuses an instruction beyond the limits",
    "refuses a reply beyond the limits",
  ],
  "asks twice at once, and mixes up the answers": [
    { connection: mixingUp },
    "asks a client one thing at a time",
    "gives up a request by its signal, and never takes a late answer for another's",
    "gives up a request when nothing comes in time, and never takes a late answer for another's",
  ],
  "acknowledges nothing": [
    {
      run:
        (run) =>
        (handle, { onAcknowledged: _, ...options } = {}) =>
          run(handle, options),
    },
    "acknowledges replies that were taken, each once",
  ],
  "forgets when to come back": [
    { connection: ({ release }) => ({ release: () => release() }) },
    "lets a client go, to come back in 30 s",
  ],
  "says goodbye with an error": [
    {
      run: (run) => async (handle, options) => {
        await run(handle, options);
        throw new Error("gone");
      },
    },
    "lets a client go, for good",
    "lets all clients go when the server closes, and takes no new one",
  ],
  "throws errors of its own": [
    {
      connection: ({ request }) => ({
        request: (instruction, options) =>
          request(instruction, options).catch(() => Promise.reject(new Error("socket hang up"))),
      }),
    },
    "tells when a client goes away while it is asked",
    "tells when a client goes away while nobody asks it",
  ],
  "gives the parameters of the last reply": [
    {
      connection: ({ request }) => {
        let last: ParameterSource["chunks"] | undefined;
        return {
          request: async (instruction, options) => {
            const reply = await request(instruction, options);
            if (reply.kind !== "getParameters") return reply;
            const pieces: ParameterChunk[] = [];
            for await (const chunk of reply.parameters.chunks()) pieces.push(chunk);
            const own = async function* () {
              yield* pieces;
            };
            const chunks = last ?? own;
            last = own;
            return { ...reply, parameters: { ...reply.parameters, chunks } };
          },
        };
      },
    },
    "goes on after parameters that nobody read",
  ],
};

describe("the contract notices a transport that", () => {
  const cases = transportContract();

  for (const [what, [fault, ...noticedBy]] of Object.entries(FAULTS)) {
    it.concurrent(what, async ({ expect }) => {
      const outcomes = noticedBy.map(async (name) => {
        const own = cases.find((each) => each.name === name);
        if (own === undefined) return [name, "is no case"];
        const outcome = await own.run(makeFaulty(fault)).then(
          () => "passed",
          () => "failed",
        );
        return [name, outcome];
      });
      expect(await Promise.all(outcomes)).toEqual(noticedBy.map((name) => [name, "failed"]));
    });
  }

  it("has no fault", async () => {
    for (const { name, run } of cases) {
      await expect(run(makeFaulty({})), name).resolves.toBeUndefined();
    }
  });
});

it("asks a lesser wire for less", async () => {
  const lesser = transportContract({ keepsRounds: false, keepsNames: false, dtypes: ["float32"] });
  const carries = lesser.find(({ name }) => name === "carries fit")!;
  const rename: Fault = {
    run: (run) => (handle, options) =>
      run(async (instruction) => {
        const { round: _, ...rest } = instruction;
        const reply = await handle(rest as Instruction);
        if (reply.kind !== "fit") return reply;
        const parameters = reply.parameters.map((tensor, i) => ({ ...tensor, name: `t${i}` }));
        return { ...reply, parameters };
      }, options),
  };
  await carries.run(makeFaulty(rename));
  const strict = transportContract().find(({ name }) => name === "carries fit")!;
  await expect(strict.run(makeFaulty(rename))).rejects.toThrow();
});
