/**
 * Flower's clients in our server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectParameters } from "../../src/collect-parameters.js";
import { type FlowerServerOptions, flowerServerTransport } from "../../src/flower.js";
import type { Instruction, Reply, Scalars } from "../../src/message.js";
import type { ParameterSource } from "../../src/parameter-source.js";
import type { ModelParameters, NamedTensor } from "../../src/tensor.js";
import type { ClientConnection } from "../../src/transport.js";
import { testAuthority } from "../certificates.js";
import { type Peer, type PythonProcess, python } from "./python-process.js";

/** What both dialects have. */
const SCALARS: Scalars = {
  "größe-漢字-🫁": "Größe 漢字 🫁",
  true: true,
  double: 0.1,
  whole: 3,
  infinity: Number.NEGATIVE_INFINITY,
  integer: 2n ** 53n + 1n,
  least: -(2n ** 63n),
  largest: 2n ** 63n - 1n,
  bytes: new Uint8Array([0, 255]),
  empty: "",
};

/** What type Python gives each. */
const TYPES: Readonly<Record<string, string>> = {
  boolean: "bool",
  number: "float",
  bigint: "int",
  string: "str",
  object: "bytes",
};

const plain = (scalars: Scalars) =>
  Object.fromEntries(
    Object.entries(scalars).map(([key, value]) => [
      key,
      value instanceof Uint8Array ? [...value] : value,
    ]),
  );

/** A server of ours, and clients that join it. */
async function serving<T>(
  peer: Peer,
  options: Pick<FlowerServerOptions, "tls" | "insecure">,
  work: (
    start: (
      behaviour: string,
    ) => Promise<{ readonly client: ClientConnection; readonly process: PythonProcess }>,
    address: string,
  ) => Promise<T>,
  clientArgs: readonly string[] = [],
): Promise<T> {
  const transport = flowerServerTransport({ address: "127.0.0.1:0", ...options });
  const waiting: ((client: ClientConnection) => void)[] = [];
  const listening = await transport.listen({ onConnect: (client) => waiting.shift()?.(client) });
  const address = listening.address.replace("127.0.0.1", "localhost");
  const processes: PythonProcess[] = [];
  try {
    return await work(async (behaviour) => {
      const connected = new Promise<ClientConnection>((resolve) => waiting.push(resolve));
      const process = python(peer, "client.py", [address, behaviour, ...clientArgs]);
      processes.push(process);
      const early = process.exited.then(({ log }) => Promise.reject(new Error(log)));
      early.catch(() => {});
      return { client: await Promise.race([connected, early]), process };
    }, address);
  } catch (cause) {
    await listening.close();
    const logs = await Promise.all(processes.map(async ({ exited }) => (await exited).log));
    throw new Error(`the clients said: ${logs.join("\n")}`, { cause });
  } finally {
    await listening.close();
    for (const { kill } of processes) kill();
  }
}

const fit = (parameters: ModelParameters, config: Scalars = {}): Instruction => ({
  kind: "fit",
  id: "fit",
  parameters,
  config,
});

async function parametersOf(reply: Reply<ParameterSource>): Promise<ModelParameters> {
  assert.ok("parameters" in reply, `no parameters in a reply of kind ${reply.kind}`);
  return collectParameters(reply.parameters);
}

const shapes = (parameters: ModelParameters) =>
  parameters.map(({ dtype, shape }) => `${dtype} [${shape}]`);

async function everythingOf(client: ClientConnection, { dialect }: Peer): Promise<void> {
  assert.equal(client.dialect, dialect);
  const isNew = dialect === "flwr.proto";
  const scalars: Scalars = isNew ? { ...SCALARS, unsigned: 2n ** 64n - 1n } : SCALARS;
  const properties = await client.request({ kind: "getProperties", id: "1", config: scalars });
  if (isNew) {
    assert.ok(properties.kind === "getProperties");
    assert.deepEqual(plain(properties.properties), plain(scalars));
  } else {
    assert.ok(properties.kind === "failure" && properties.code === "NOT_IMPLEMENTED");
  }

  const odd = await parametersOf(
    await client.request({ kind: "getParameters", id: "2", config: {} }),
  );
  assert.deepEqual(shapes(odd), [
    "float32 [2,3]",
    "int64 []",
    "float32 [0]",
    "float64 [3]",
    "float16 [4]",
    "bool [2]",
    "uint64 [1]",
    "complex64 [1]",
  ]);
  assert.deepEqual(
    odd.map(({ data }) => [...data]),
    [
      [0, 1, 2, 3, 4, 5],
      [7n],
      [],
      [0, 1, 2],
      [0x3e00, 0x8000, 0x7e00, 0x7c00],
      [1, 0],
      [2n ** 64n - 1n],
      [1, 2],
    ],
  );

  for (const sent of [odd, []]) {
    const reply = await client.request(fit(sent, scalars));
    assert.ok(reply.kind === "fit");
    assert.equal(reply.numExamples, 2 ** 40);
    assert.deepEqual(plain(reply.metrics), plain(scalars));
    const back = await parametersOf(reply);
    assert.deepEqual(shapes(back), shapes(sent));
    assert.deepEqual(
      back.map(({ data }) => data),
      sent.map(({ data }) => data),
    );
  }

  const evaluated = await client.request({
    kind: "evaluate",
    id: "4",
    parameters: odd,
    config: scalars,
  });
  assert.ok(evaluated.kind === "evaluate" && Number.isNaN(evaluated.loss));
  assert.equal(evaluated.numExamples, odd.length);
  assert.deepEqual(
    { ...evaluated.metrics },
    Object.fromEntries(Object.entries(scalars).map(([key, value]) => [key, TYPES[typeof value]])),
  );
}

/** Scalars, tensors of every kind, and the end of a client, without and with TLS. */
export async function everything(peer: Peer): Promise<undefined> {
  await serving(peer, { insecure: true }, async (start) => {
    const { client, process } = await start("Echo");
    await everythingOf(client, peer);
    await client.release();
    const { status, log } = await process.exited;
    assert.equal(status, 0, log);
  });
  // 0.16 has no TLS.
  if (peer.dialect === "flower.transport") return;
  const folder = mkdtempSync(join(tmpdir(), "dsail-fl-"));
  try {
    const authority = await testAuthority();
    writeFileSync(join(folder, "ca.pem"), authority.cert);
    await serving(
      peer,
      { tls: await authority.issue({ name: "server", kind: "server" }) },
      async (start) => {
        const { client, process } = await start("Echo");
        await everythingOf(client, peer);
        await client.release();
        assert.equal((await process.exited).status, 0);
      },
      [join(folder, "ca.pem")],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What goes wrong on one side harms only that one. */
export async function failures(peer: Peer): Promise<undefined> {
  const model = [tensor(10)];
  await serving(peer, { insecure: true }, async (start) => {
    const good = await start("PlusOne");
    const expected: Readonly<Record<string, string>> = {
      Text: "BAD_MESSAGE, exit 1",
      Killed: "DISCONNECTED, exit null",
      Raises: "DISCONNECTED, exit 1",
      // In 0.16 there is no such client.
      ...(peer.dialect === "flwr.proto" && { Nothing: "NOT_IMPLEMENTED, exit 0" }),
    };
    const bad = [];
    for (const behaviour of Object.keys(expected)) {
      bad.push({ behaviour, ...(await start(behaviour)) });
    }
    const outcomes = bad.map(async ({ behaviour, client, process }) => {
      const outcome = await client.request(fit(model)).then(
        (reply) => (reply.kind === "failure" ? reply.code : reply.kind),
        (error) => error.code,
      );
      await client.release();
      return [behaviour, `${outcome}, exit ${(await process.exited).status}`];
    });
    assert.deepEqual(Object.fromEntries(await Promise.all(outcomes)), expected);
    const [back] = await parametersOf(await good.client.request(fit(model)));
    assert.deepEqual(back!.data, tensor(10, 1).data);
  });
}

/** Rounds of a model of this many bytes. */
export async function rounds(peer: Peer, bytes: number, count = 3): Promise<string> {
  return serving(peer, { insecure: true }, async (start) => {
    const clients = [await start("PlusOne"), await start("PlusOne")];
    let model: ModelParameters = Array.from({ length: 10 }, () => tensor(Math.floor(bytes / 40)));
    const began = performance.now();
    for (let round = 1; round <= count; round++) {
      const results = await Promise.all(
        clients.map(async ({ client }) => parametersOf(await client.request(fit(model)))),
      );
      for (const own of results) {
        for (const [i, { data }] of own.entries()) {
          // Each element is its index, and one more for every round.
          assert.ok(data[0] === round && data.at(-1) === (model[i]!.data.at(-1) as number) + 1);
        }
      }
      model = results[0]!;
    }
    const seconds = (performance.now() - began) / 1000;
    for (const { client } of clients) await client.release();
    for (const { process } of clients) assert.equal((await process.exited).status, 0);
    return `${(seconds / count).toFixed(2)} s a round of 2 clients, ${memory()}`;
  });
}

function tensor(length: number, first = 0): NamedTensor {
  const data = Float32Array.from({ length }, (_, i) => (i % 1000) + first);
  return { name: "0", dtype: "float32", shape: [length], data };
}

/** Of this process since it began. */
export function memory(): string {
  return `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at most so far`;
}
