import { describe, expect, it } from "vitest";
import type { FlowerDialect } from "../../src/flower/dialect.js";
import { flowerClientTransport, flowerServerTransport } from "../../src/flower.js";
import type { Reply } from "../../src/message.js";
import { BYTES_PER_ELEMENT, type Dtype } from "../../src/tensor.js";
import {
  type MakeTransportPair,
  transportContract,
  type WireAbilities,
} from "../../src/testing.js";
import type { ClientTransport, ServerTransport } from "../../src/transport.js";

const common: WireAbilities = {
  keepsIds: false,
  keepsRounds: false,
  keepsNames: false,
  keepsDoubleLoss: false,
  dtypes: (Object.keys(BYTES_PER_ELEMENT) as Dtype[]).filter((dtype) => dtype !== "bfloat16"),
};

/** Flower's wire tells of a reply that was taken no sooner than with the next instruction: see sessions.test.ts. */
const ACKNOWLEDGEMENTS = "acknowledges replies that were taken, each once";

const makePair =
  (dialect: FlowerDialect): MakeTransportPair =>
  async ({ limits }) => ({
    server: flowerServerTransport({ address: "127.0.0.1:0", insecure: true, limits }),
    client: (clientId, address) =>
      flowerClientTransport({ address, dialect, insecure: true, clientId, limits }),
    close: async () => {},
  });

describe("Flower's wire, flwr.proto", () => {
  for (const { name, run } of transportContract(common)) {
    if (name !== ACKNOWLEDGEMENTS) it(name, () => run(makePair("flwr.proto")));
  }
});

/**
 * `flower.transport` has no properties, no config of `getParameters` and no failures. The cases ask for the former to see
 * what becomes of requests and sessions; here both travel as `fit`, with a word that tells what was meant.
 */
describe("Flower's wire, flower.transport", () => {
  const MEANT = "meant";

  const overFit = (own: ServerTransport): ServerTransport => ({
    ...own,
    listen: (events) =>
      own.listen({
        ...events,
        onConnect: (client) =>
          events.onConnect({
            ...client,
            request: async (instruction, options) => {
              const { kind, id, config } = instruction;
              if (kind !== "getProperties" && kind !== "getParameters") {
                return client.request(instruction, options);
              }
              const answer = await client.request(
                { kind: "fit", id, parameters: [], config: { ...config, [MEANT]: kind } },
                options,
              );
              if (answer.kind !== "fit") return answer;
              return kind === "getProperties"
                ? { kind, properties: answer.metrics }
                : { kind, parameters: answer.parameters };
            },
          }),
      }),
  });

  const understanding = (own: ClientTransport): ClientTransport => ({
    ...own,
    run: (handle, options) =>
      own.run(async (instruction) => {
        const { [MEANT]: kind, ...config } = instruction.config;
        if (kind !== "getProperties" && kind !== "getParameters") return handle(instruction);
        const reply = await handle({ kind, id: instruction.id, config });
        const none = { kind: "fit", numExamples: 0 } as const;
        if (reply.kind === "getProperties") {
          return { ...none, parameters: [], metrics: reply.properties };
        }
        if (reply.kind !== "getParameters") return reply;
        return { ...none, parameters: reply.parameters, metrics: {} };
      }, options),
  });

  const make: MakeTransportPair = async (options) => {
    const { server, client, close } = await makePair("flower.transport")(options);
    return {
      server: overFit(server),
      client: (clientId, address) => understanding(client(clientId, address)),
      close,
    };
  };

  for (const { name, run } of transportContract({ ...common, maxInteger: 2n ** 63n - 1n })) {
    if (name === ACKNOWLEDGEMENTS || name.startsWith("carries a failure")) continue;
    it(name, () => run(make));
  }

  it("says of itself what it has not", async () => {
    const { server, client } = await makePair("flower.transport")({ limits: {} });
    const answers: Promise<Reply<unknown>>[] = [];
    const listening = await server.listen({
      onConnect: (connection) => {
        answers.push(connection.request({ kind: "getProperties", id: "1", config: {} }));
      },
    });
    const ended = client("a", listening.address).run(async () => ({
      kind: "failure",
      code: "FAILED",
      message: "",
    }));
    await expect.poll(() => answers.length).toBe(1);
    await expect(answers[0]).resolves.toMatchObject({ kind: "failure", code: "NOT_IMPLEMENTED" });
    await listening.close();
    await ended;
  });
});
