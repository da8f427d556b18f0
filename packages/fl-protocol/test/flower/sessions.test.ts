import { once } from "node:events";
import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { FlError } from "../../src/errors.js";
import { encodeClientMessage } from "../../src/flower/client-message.js";
import { serviceOf } from "../../src/flower/grpc-service.js";
import { bytesOfPieces } from "../../src/flower/pieces.js";
import { encodeServerMessage, type ServerMessage } from "../../src/flower/server-message.js";
import {
  type FlowerClientOptions,
  type FlowerServerOptions,
  flowerClientTransport,
  flowerServerTransport,
} from "../../src/flower.js";
import type { Instruction, Reply } from "../../src/message.js";
import { limitsOf } from "../../src/resolve-limits.js";
import type { ModelParameters } from "../../src/tensor.js";
import type { ClientConnection } from "../../src/transport.js";
import { testAuthority } from "../certificates.js";
import { rawClient } from "./raw-client.js";

const LIMITS = limitsOf();

type Handle = (instruction: Instruction) => Promise<Reply<ModelParameters>>;

const evaluation = { kind: "evaluate", loss: 1, numExamples: 1, metrics: {} } as const;
const evaluate: Handle = async () => evaluation;
const ask = (id: string): Instruction => ({ kind: "evaluate", id, parameters: [], config: {} });

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server of ours. */
async function serve(options: Partial<FlowerServerOptions> = {}) {
  const clients: ClientConnection[] = [];
  const problems: string[] = [];
  const transport = flowerServerTransport({
    address: "127.0.0.1:0",
    ...(options.tls === undefined && { insecure: true }),
    ...options,
  });
  const { address, close } = await transport.listen({
    onConnect: (client) => clients.push(client),
    onProblem: ({ code }) => problems.push(code),
  });
  cleanups.push(close);
  return {
    address,
    clients,
    problems,
    close,
    connected: async (count: number) => {
      await expect.poll(() => clients.length).toBe(count);
      return clients[count - 1]!;
    },
  };
}

/** A client of ours, and how it ends. */
function join(options: Partial<FlowerClientOptions> & { address: string }, handle = evaluate) {
  const controller = new AbortController();
  cleanups.push(() => controller.abort());
  const transport = flowerClientTransport({
    ...(options.tls === undefined && { insecure: true }),
    ...options,
  });
  const ended = transport.run(handle, { signal: controller.signal });
  ended.catch(() => {});
  return ended;
}

function joinRaw(...args: Parameters<typeof rawClient>) {
  const raw = rawClient(...args);
  cleanups.push(raw.close);
  return raw;
}

const withCode = (code: string) => expect.objectContaining({ name: "FlError", code });

describe("without TLS", () => {
  it.each<readonly [string, Partial<FlowerServerOptions>]>([
    ["on any address", { address: "0.0.0.0:0", insecure: true }],
    ["on any address of IPv6", { address: "[::]:0", insecure: true }],
    ["on a name", { address: "fl.example:8080", insecure: true }],
    ["if nothing is said", { address: "127.0.0.1:0" }],
  ])("there is no server %s", (_, options) => {
    const { address = "" } = options;
    expect(() => flowerServerTransport({ address, ...options })).toThrow(withCode("BAD_CONFIG"));
    expect(() => flowerClientTransport({ address, ...options })).toThrow(withCode("BAD_CONFIG"));
  });

  it.each(["127.0.0.1:0", "localhost:0", "[::1]:0"])("there may be one on %s", (address) => {
    expect(flowerServerTransport({ address, insecure: true }).name).toBe("flower-grpc");
  });

  it("there may be one anywhere, if that is said", async () => {
    const { address, connected } = await serve({ address: "0.0.0.0:0", insecure: "any-address" });
    void join({ address: address.replace("0.0.0.0", "127.0.0.1") });
    expect((await connected(1)).clientId).toBe("flower-1");
  });
});

it.each(["", "localhost", "localhost:", ":80", "localhost:99999", "http://a:1", "a b:1"])(
  "%o is no address",
  (address) => {
    expect(() => flowerServerTransport({ address, insecure: "any-address" })).toThrow(
      withCode("BAD_CONFIG"),
    );
  },
);

it("an address that is taken is told", async () => {
  const { address } = await serve();
  await expect(
    flowerServerTransport({ address, insecure: true }).listen({ onConnect: () => {} }),
  ).rejects.toThrow(withCode("BAD_CONFIG"));
});

describe("with TLS", async () => {
  const authority = await testAuthority();
  const tls = await authority.issue({ name: "server", kind: "server" });
  const otherKey = (await authority.issue({ name: "other", kind: "server" })).key;
  const otherRoots = (await testAuthority("another")).cert;
  const rootCertificates = authority.cert;

  it("a client trusts the roots it was given", async () => {
    const { address, connected, close } = await serve({ tls });
    const ended = join({ address, tls: { rootCertificates } });
    const client = await connected(1);
    expect(client.clientId).toBe("flower-1");
    await expect(client.request(ask("1"))).resolves.toEqual(evaluation);
    await close();
    await expect(ended).resolves.toEqual({ reconnectAfterSeconds: undefined });
  });

  it.each<readonly [string, FlowerClientOptions["tls"]]>([
    ["of nobody", {}],
    ["of another", { rootCertificates: otherRoots }],
  ])("a client does not trust a server %s", async (_, clientTls) => {
    const { address, clients } = await serve({ tls });
    await expect(join({ address, tls: clientTls! })).rejects.toThrow(withCode("UNAUTHORIZED"));
    expect(clients).toEqual([]);
  });

  it("a client does not trust a server of another name", async () => {
    const { address } = await serve({ tls });
    const elsewhere = address.replace("127.0.0.1", "127.0.0.2");
    await serve({ tls, address: elsewhere });
    await expect(join({ address: elsewhere, tls: { rootCertificates } })).rejects.toThrow(
      withCode("UNAUTHORIZED"),
    );
  });

  it("a client without TLS is not let in", async () => {
    const { address, clients } = await serve({ tls });
    await expect(join({ address })).rejects.toThrow(withCode("DISCONNECTED"));
    expect(clients).toEqual([]);
  });

  it("clients are called as their certificates say, if they need one", async () => {
    const { address, clients, connected } = await serve({
      tls: { ...tls, ca: authority.cert, requireClientCertificate: true },
    });
    const refused = expect.objectContaining({
      code: expect.stringMatching(/^(UNAUTHORIZED|DISCONNECTED)$/),
    });
    await expect(join({ address, tls: { rootCertificates } })).rejects.toThrow(refused);
    const another = await testAuthority("another");
    const foreign = await another.issue({ name: "hospital-a", kind: "client" });
    await expect(join({ address, tls: { rootCertificates, ...foreign } })).rejects.toThrow(refused);
    expect(clients).toEqual([]);
    const own = await authority.issue({ name: "hospital-a", kind: "client" });
    void join({ address, clientId: "hospital-b", tls: { rootCertificates, ...own } });
    expect((await connected(1)).clientId).toBe("hospital-a");
  });

  it.each<readonly [string, FlowerServerOptions["tls"] & object]>([
    ["are no PEM", { cert: "no", key: "no" }],
    ["are no pair", { cert: tls.cert, key: otherKey }],
    ["are needed of clients of nobody", { ...tls, requireClientCertificate: true }],
  ])("there is no server whose certificates %s", (_, serverTls) => {
    expect(() => flowerServerTransport({ address: "127.0.0.1:0", tls: serverTls })).toThrow(
      withCode("BAD_CONFIG"),
    );
  });

  it.each<readonly [string, FlowerClientOptions["tls"] & object]>([
    ["are no PEM", { rootCertificates: "no", cert: "no", key: "no" }],
    ["have no key", { cert: tls.cert }],
  ])("there is no client whose certificates %s", (_, clientTls) => {
    expect(() => flowerClientTransport({ address: "127.0.0.1:1", tls: clientTls })).toThrow(
      withCode("BAD_CONFIG"),
    );
  });

  it("insecure contradicts it", () => {
    const options = { address: "127.0.0.1:0", tls, insecure: true } as const;
    expect(() => flowerServerTransport(options)).toThrow(withCode("BAD_CONFIG"));
    expect(() => flowerClientTransport({ ...options, tls: {} })).toThrow(withCode("BAD_CONFIG"));
  });
});

describe("clients are called", () => {
  it("by a number, in the order they come, if they say nothing", async () => {
    const { address, connected } = await serve();
    joinRaw(address);
    expect((await connected(1)).clientId).toBe("flower-1");
    joinRaw(address, {}, "flower.transport");
    const second = await connected(2);
    expect([second.clientId, second.dialect]).toEqual(["flower-2", "flower.transport"]);
    void join({ address, clientId: "flower-3" });
    await connected(3);
    joinRaw(address);
    expect((await connected(4)).clientId).toBe("flower-4");
  });

  it("by the name they claim, one at a time", async () => {
    const { address, connected, problems, clients } = await serve();
    const first = join({ address, clientId: "hospital-a" });
    const client = await connected(1);
    expect(client.clientId).toBe("hospital-a");
    await expect(join({ address, clientId: "hospital-a" })).rejects.toThrow(
      withCode("DISCONNECTED"),
    );
    expect(problems).toEqual(["DISCONNECTED"]);
    await client.release({ reconnectAfterSeconds: 1 });
    await expect(first).resolves.toEqual({ reconnectAfterSeconds: 1 });
    void join({ address, clientId: "hospital-a" });
    await connected(2);
    expect(clients[1]!.clientId).toBe("hospital-a");
  });

  it.each(["../etc", "a b", "", "a".repeat(65), "a\tb", "<b>"])("never %o", async (name) => {
    const { address, clients, problems } = await serve({ clientIdOf: () => name });
    await expect(join({ address })).rejects.toThrow(withCode("UNAUTHORIZED"));
    expect([clients, problems]).toEqual([[], ["UNAUTHORIZED"]]);
    expect(() => flowerClientTransport({ address, insecure: true, clientId: name })).toThrow(
      withCode("BAD_CONFIG"),
    );
  });

  it("as a program decides, which may turn them away", async () => {
    const { address, connected, problems } = await serve({
      clientIdOf: ({ claimedId }) => {
        if (claimedId === "broken") throw new TypeError("a bug");
        if (claimedId === "x") throw new FlError("UNAUTHORIZED", "not in the list");
        return claimedId === undefined ? undefined : `site-${claimedId}`;
      },
    });
    await expect(join({ address, clientId: "x" })).rejects.toThrow(withCode("UNAUTHORIZED"));
    await expect(join({ address, clientId: "broken" })).rejects.toThrow(withCode("UNAUTHORIZED"));
    void join({ address, clientId: "a" });
    expect((await connected(1)).clientId).toBe("site-a");
    expect(problems).toEqual(["UNAUTHORIZED", "UNAUTHORIZED"]);
  });
});

describe("the server", () => {
  it("takes no more clients than it may", async () => {
    const { address, connected } = await serve({ maxClients: 1 });
    const first = joinRaw(address);
    const client = await connected(1);
    await expect(join({ address })).rejects.toThrow(withCode("DISCONNECTED"));
    first.close();
    await client.closed;
    void join({ address });
    await connected(2);
  });

  it("leaves what it did not ask for with its sender", async () => {
    const { address, connected } = await serve();
    const { call } = joinRaw(address);
    const client = await connected(1);
    let isSent = false;
    call.write(Buffer.alloc(4 * 2 ** 20), () => {
      isSent = true;
    });
    await sleep(300);
    expect(isSent).toBe(false);
    const answer = client.request(ask("1"));
    await expect(answer).rejects.toThrow(withCode("BAD_MESSAGE"));
    await expect.poll(() => isSent).toBe(true);
  });

  it("reads one message at a time", async () => {
    const { address, connected } = await serve();
    const { call } = joinRaw(address);
    const client = await connected(1);
    const answer = bytesOfPieces(
      encodeClientMessage(evaluation, "evaluate", "flwr.proto", LIMITS)!,
    );
    let isSent = false;
    call.write(answer);
    call.write(Buffer.alloc(4 * 2 ** 20), () => {
      isSent = true;
    });
    await expect(client.request(ask("1"))).resolves.toEqual(evaluation);
    await sleep(300);
    expect(isSent).toBe(false);
  });

  it.each<readonly [string, Buffer, string, number]>([
    ["no message", Buffer.from([0xff]), "BAD_MESSAGE", status.INVALID_ARGUMENT],
    [
      "the answer to something else",
      bytesOfPieces(
        encodeClientMessage(
          { kind: "getProperties", properties: {} },
          "getProperties",
          "flwr.proto",
          LIMITS,
        )!,
      ),
      "BAD_MESSAGE",
      status.INVALID_ARGUMENT,
    ],
    [
      "a goodbye",
      bytesOfPieces(encodeClientMessage({ kind: "disconnect" }, "evaluate", "flwr.proto", LIMITS)!),
      "DISCONNECTED",
      status.OK,
    ],
    ["too much", Buffer.alloc(2 ** 20), "LIMIT_EXCEEDED", status.RESOURCE_EXHAUSTED],
  ])("drops a client that answers with %s, and no other", async (_, bytes, code, end) => {
    const { address, connected, problems } = await serve({ limits: { maxMessageBytes: 1000 } });
    void join({ address });
    const other = await connected(1);
    const { call, ended } = joinRaw(address);
    const client = await connected(2);
    call.once("data", () => call.write(bytes));
    await expect(client.request(ask("1"))).rejects.toThrow(withCode(code));
    expect(await ended).toMatchObject({ code: end });
    await client.closed;
    await expect(client.request(ask("2"))).rejects.toThrow(withCode("DISCONNECTED"));
    await expect(other.request(ask("3"))).resolves.toEqual(evaluation);
    expect(problems).toEqual(code === "DISCONNECTED" ? [] : [code]);
  });

  it("ends the stream of a client that is late, in Flower's words", async () => {
    const { address, connected } = await serve();
    const { call, ended } = joinRaw(address);
    call.resume();
    const client = await connected(1);
    await expect(client.request(ask("1"), { timeoutMs: 1500 })).rejects.toThrow(
      withCode("TIMEOUT"),
    );
    expect(await ended).toEqual({
      code: status.DEADLINE_EXCEEDED,
      details: "Timeout of 1.5sec was exceeded.",
    });
  });

  it("keeps a client whose instruction can't be said", async () => {
    const { address, connected } = await serve({ limits: { maxMessageBytes: 1000 } });
    void join({ address });
    const client = await connected(1);
    const tensor = { name: "", dtype: "uint8", shape: [1001], data: new Uint8Array(1001) } as const;
    await expect(client.request({ ...ask("1"), ...{ parameters: [tensor] } })).rejects.toThrow(
      withCode("LIMIT_EXCEEDED"),
    );
    await expect(client.request(ask("2"))).resolves.toEqual(evaluation);
  });

  it("does not mind a client that asks all the time whether it is there", async () => {
    const { address, connected } = await serve();
    const session = connect(`http://${address}`);
    cleanups.push(() => session.destroy());
    await once(session, "connect");
    let goaway = false;
    session.on("goaway", () => {
      goaway = true;
    });
    for (let i = 0; i < 300; i++) {
      await new Promise<void>((resolve, reject) => {
        session.ping((error) => (error === null ? resolve() : reject(error)));
      });
    }
    expect(goaway).toBe(false);
    void join({ address });
    await connected(1);
  });

  it("lets a client go that does not say goodbye", async () => {
    const { address, connected } = await serve();
    const { call } = joinRaw(address);
    const client = await connected(1);
    call.once("data", () => call.cancel());
    await client.release();
    await client.closed;
  });
});

describe("the client", () => {
  /** A server that sends these, one for each answer, and then ends the stream. */
  async function saying(messages: readonly (ServerMessage<ModelParameters> | Buffer)[]) {
    const server = new Server();
    const answers: Buffer[] = [];
    server.addService(serviceOf("flwr.proto"), {
      Join: (call: ServerDuplexStream<Buffer, Buffer>) => {
        const rest = messages.map((message) =>
          Buffer.isBuffer(message)
            ? message
            : bytesOfPieces(encodeServerMessage(message, "flwr.proto", LIMITS)!),
        );
        const next = () => {
          const message = rest.shift();
          if (message === undefined) call.end();
          else call.write(message);
        };
        call.on("data", (answer: Buffer) => {
          answers.push(answer);
          next();
        });
        call.on("end", () => call.end());
        next();
      },
    });
    const port = await new Promise<number>((resolve) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, bound) =>
        resolve(bound),
      );
    });
    cleanups.push(() => server.forceShutdown());
    return { address: `127.0.0.1:${port}`, answers };
  }

  const fit = { kind: "fit", parameters: [], config: {} } as const;
  const end = { kind: "reconnect", seconds: 0 } as const;

  it("takes the next instruction, or the end, for the acknowledgement of a reply", async () => {
    const { address } = await saying([fit, { ...fit, kind: "evaluate" }, end]);
    const events: string[] = [];
    await flowerClientTransport({ address, insecure: true }).run(
      async ({ id, kind }) => {
        events.push(`${kind} ${id}`);
        return kind === "fit"
          ? { kind: "fit", parameters: [], numExamples: 1, metrics: {} }
          : evaluation;
      },
      { onAcknowledged: (id) => events.push(`ok ${id}`) },
    );
    const [first, second] = events.filter((event) => !event.startsWith("ok"));
    const idOf = (event = "") => event.split(" ")[1];
    expect(events).toEqual([first, `ok ${idOf(first)}`, second, `ok ${idOf(second)}`]);
    expect(idOf(first)).toMatch(/^[0-9a-f]{16}-1$/);
    expect(idOf(second)).toBe(idOf(first)!.replace(/1$/, "2"));
  });

  it.each<readonly [string, readonly (ServerMessage<ModelParameters> | Buffer)[], string]>([
    ["that ends without a word", [], "DISCONNECTED"],
    ["that sends no message", [Buffer.from([0xff])], "BAD_MESSAGE"],
    ["that sends too much", [Buffer.alloc(2000)], "LIMIT_EXCEEDED"],
  ])("leaves a server %s", async (_, messages, code) => {
    const { address } = await saying(messages);
    const ended = join({ address, limits: { maxMessageBytes: 1000 } });
    await expect(ended).rejects.toThrow(withCode(code));
  });

  it("does not send more than it may", async () => {
    const { address, answers } = await saying([fit]);
    const data = new Uint8Array(1000);
    const ended = join({ address, limits: { maxMessageBytes: 1000 } }, async () => ({
      kind: "fit",
      parameters: [{ name: "", dtype: "uint8", shape: [1000], data }],
      numExamples: 1,
      metrics: {},
    }));
    await expect(ended).rejects.toThrow(withCode("LIMIT_EXCEEDED"));
    expect(answers).toEqual([]);
  });

  it("tells a program that answers something else", async () => {
    const { address } = await saying([fit]);
    await expect(join({ address })).rejects.toThrow(TypeError);
  });

  it("leaves a server of 0.16 when it has to say that it failed", async () => {
    const { address, connected } = await serve();
    const ended = join({ address, dialect: "flower.transport" }, async () => ({
      kind: "failure",
      code: "FAILED",
      message: "",
    }));
    const client = await connected(1);
    await expect(client.request(ask("1"))).rejects.toThrow(withCode("DISCONNECTED"));
    await expect(ended).rejects.toThrow(withCode("DISCONNECTED"));
  });

  it("tells a server of another dialect", async () => {
    const { address } = await saying([]);
    await expect(join({ address, dialect: "flower.transport" })).rejects.toThrow(
      withCode("NOT_IMPLEMENTED"),
    );
  });

  it("tells when there is no server", async () => {
    await expect(join({ address: "127.0.0.1:1" })).rejects.toThrow(withCode("DISCONNECTED"));
  });
});
