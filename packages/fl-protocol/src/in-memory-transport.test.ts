import { describe, expect, it } from "vitest";
import { collectParameters } from "./collect-parameters.js";
import { createInMemoryTransport } from "./in-memory-transport.js";
import type { Instruction, Reply } from "./message.js";
import type { ModelParameters, NamedTensor } from "./tensor.js";
import type { MakeTransportPair } from "./testing/stage.js";
import { transportContract } from "./testing/transport-contract.js";
import type { ClientConnection } from "./transport.js";

const makePair: MakeTransportPair = async ({ limits }) => ({
  ...createInMemoryTransport({ limits }),
  close: async () => {},
});

describe("the transport in memory, as every transport,", () => {
  for (const { name, run } of transportContract()) it(name, () => run(makePair));
});

const WEIGHTS: NamedTensor = {
  name: "w",
  dtype: "float32",
  shape: [3],
  data: Float32Array.of(1, 2, 3),
};
const ASK: Instruction = { kind: "getParameters", id: "1", config: {} };

/** A client that is connected, and the server's side of it. */
async function connect(
  handle: (instruction: Instruction) => Promise<Reply<ModelParameters>>,
  transport = createInMemoryTransport(),
) {
  const connected: ClientConnection[] = [];
  const listening = await transport.server.listen({ onConnect: (c) => connected.push(c) });
  const ended = transport.client("a").run(handle);
  ended.catch(() => {});
  return { connection: connected[0]!, ended, listening, transport };
}

describe("the transport in memory", () => {
  it("shares the parameters of an instruction, so that many clients need no more memory than one", async () => {
    let got: ModelParameters | undefined;
    const { connection } = await connect(async (asked) => {
      if (asked.kind === "fit") got = asked.parameters;
      return { kind: "failure", code: "FAILED", message: "" };
    });
    const parameters = [WEIGHTS];
    await connection.request({ kind: "fit", id: "1", parameters, config: {} });
    expect(got).toBe(parameters);
  });

  it("has one server, and one client of an id", async () => {
    const { transport, listening } = await connect(async () => ({
      kind: "getProperties",
      properties: {},
    }));
    await expect(transport.server.listen({ onConnect: () => {} })).rejects.toMatchObject({
      code: "BAD_CONFIG",
    });
    await expect(transport.client("a").run(async () => expect.fail())).rejects.toMatchObject({
      code: "DISCONNECTED",
    });
    await listening.close();
    await (await transport.server.listen({ onConnect: () => {} })).close();
  });

  it("keeps a client whose request was given up, and drops its late answer", async () => {
    let answer!: () => void;
    const { connection } = await connect(async ({ config }) => {
      if (config["wait"] === true) await new Promise<void>((resolve) => (answer = resolve));
      return { kind: "getProperties", properties: config };
    });
    const ask = (config: Instruction["config"]) =>
      ({ kind: "getProperties", id: "1", config }) as const;
    const late = connection.request(ask({ wait: true }), { timeoutMs: 5 });
    await expect(late).rejects.toMatchObject({ code: "TIMEOUT", clientId: "a" });
    const next = connection.request(ask({ wait: false }));
    answer();
    expect(await next).toMatchObject({ properties: { wait: false } });
  });

  it("does not ask a client what nobody waits for any more", async () => {
    const asked: string[] = [];
    let answer!: () => void;
    const { connection } = await connect(async ({ id }) => {
      asked.push(id);
      if (id === "1") await new Promise<void>((resolve) => (answer = resolve));
      return { kind: "getProperties", properties: {} };
    });
    const ask = (id: string) => ({ kind: "getProperties", id, config: {} }) as const;
    await expect(connection.request(ask("1"), { timeoutMs: 5 })).rejects.toThrow("no answer");
    await expect(connection.request(ask("2"), { timeoutMs: 5 })).rejects.toThrow("no answer");
    answer();
    await connection.request(ask("3"));
    expect(asked).toEqual(["1", "3"]);
  });

  it("lets the server write into the pieces it gets", async () => {
    const own: NamedTensor = { ...WEIGHTS, dtype: "float32", data: Float32Array.of(1, 2, 3) };
    const { connection } = await connect(async () => ({
      kind: "getParameters",
      parameters: [own],
    }));
    const reply = await connection.request(ASK);
    if (reply.kind !== "getParameters") expect.fail();
    for await (const { bytes } of reply.parameters.chunks()) bytes.fill(0);
    expect(own).toEqual(WEIGHTS);
  });

  it("doesn't read the parameters of a client that is gone", async () => {
    const { connection } = await connect(async () => ({
      kind: "getParameters",
      parameters: [WEIGHTS],
    }));
    const reply = await connection.request(ASK);
    await connection.release();
    if (reply.kind !== "getParameters") expect.fail();
    await expect(collectParameters(reply.parameters)).rejects.toMatchObject({
      code: "DISCONNECTED",
    });
  });

  it("gives parameters once, and not after the next request", async () => {
    const { connection } = await connect(async () => ({
      kind: "getParameters",
      parameters: [WEIGHTS],
    }));
    const [first, second] = [await connection.request(ASK), await connection.request(ASK)];
    if (first.kind !== "getParameters" || second.kind !== "getParameters") expect.fail();
    await expect(collectParameters(first.parameters)).rejects.toMatchObject({ code: "ABORTED" });
    expect(await collectParameters(second.parameters)).toEqual([WEIGHTS]);
    expect(() => second.parameters.chunks()).toThrow("once only");
  });

  it("refuses a reply of another kind, and scalars that are none, and keeps the client", async () => {
    const replies: unknown[] = [
      { kind: "getProperties", properties: {} },
      { kind: "fit", parameters: [], numExamples: 1, metrics: { date: new Date(0) } },
      { kind: "fit", parameters: [], numExamples: 1, metrics: {} },
    ];
    const { connection } = await connect(async () => replies.shift() as Reply<ModelParameters>);
    const ask: Instruction = { kind: "fit", id: "1", parameters: [], config: {} };
    await expect(connection.request(ask)).rejects.toMatchObject({ code: "BAD_MESSAGE" });
    await expect(connection.request(ask)).rejects.toMatchObject({ code: "BAD_MESSAGE" });
    expect(await connection.request(ask)).toMatchObject({ kind: "fit" });
  });

  it("ends a client whose handler rejects, with its error", async () => {
    const { connection, ended } = await connect(async () => {
      throw new TypeError("a mistake");
    });
    await expect(connection.request(ASK)).rejects.toMatchObject({ code: "DISCONNECTED" });
    await expect(ended).rejects.toThrow("a mistake");
    expect(await connection.closed).toBe("it failed");
  });

  it("ends a client whose reply has data of another dtype", async () => {
    const wrong = { ...WEIGHTS, dtype: "float64" } as unknown as NamedTensor;
    const { connection, ended } = await connect(async () => ({
      kind: "getParameters",
      parameters: [wrong],
    }));
    await expect(connection.request(ASK)).rejects.toMatchObject({ code: "DISCONNECTED" });
    await expect(ended).rejects.toThrow(TypeError);
  });
});
