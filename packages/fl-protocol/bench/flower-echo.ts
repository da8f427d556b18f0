/**
 * What it costs to send a model to a client of ours and back, each side a process of its own.
 *
 *     tsx --conditions=@dsail/source bench/flower-echo.ts [MEGABYTES…]
 *
 * @module
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { flowerClientTransport, flowerServerTransport } from "../src/flower.js";
import type { ModelParameters } from "../src/index.js";
import type { ClientConnection } from "../src/transport.js";

const TENSORS = 10;
const ROUNDS = 3;

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
/** Of the process since it began. */
const mostMemory = (): number => megabytes(process.resourceUsage().maxRSS * 1024);

const args = process.argv.slice(2);
if (args[0] === "client") await answer(args[1]!);
else for (const size of args.length > 0 ? args : ["45"]) await measure(Number(size));

async function answer(address: string): Promise<void> {
  await flowerClientTransport({ address, insecure: true }).run(async (instruction) => ({
    kind: "fit",
    parameters: "parameters" in instruction ? instruction.parameters : [],
    numExamples: 1,
    metrics: {},
  }));
  process.send!({ mostMemory: mostMemory() });
  process.disconnect();
}

async function measure(size: number): Promise<void> {
  const transport = flowerServerTransport({ address: "127.0.0.1:0", insecure: true });
  let connected!: (client: ClientConnection) => void;
  const connection = new Promise<ClientConnection>((resolve) => {
    connected = resolve;
  });
  const listening = await transport.listen({ onConnect: connected });
  const child = fork(fileURLToPath(import.meta.url), ["client", listening.address]);
  const childMemory = new Promise<number>((resolve) => {
    child.once("message", (message) => resolve((message as { mostMemory: number }).mostMemory));
  });
  const client = await connection;
  const length = Math.floor((size * 2 ** 20) / 4 / TENSORS);
  const parameters: ModelParameters = Array.from({ length: TENSORS }, (_, i) => ({
    name: `${i}`,
    dtype: "float32" as const,
    shape: [length],
    data: new Float32Array(length).fill(i),
  }));
  const seconds: string[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const start = performance.now();
    const reply = await client.request({ kind: "fit", id: `${round}`, parameters, config: {} });
    if (reply.kind !== "fit") throw new Error("no answer");
    let bytes = 0;
    for await (const chunk of reply.parameters.chunks()) bytes += chunk.bytes.length;
    if (bytes !== length * 4 * TENSORS) throw new Error("not the whole answer");
    seconds.push(((performance.now() - start) / 1000).toFixed(2));
  }
  await client.release();
  console.log(
    `${size} MiB there and back: ${seconds.join(", ")} s; server ${mostMemory()} MiB, client ${await childMemory} MiB`,
  );
  await listening.close();
}
