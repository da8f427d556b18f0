/**
 * The native transport between two processes of this machine, with certificates on both sides:
 *
 * - a round of a small model: milliseconds from the request to the whole answer
 * - a large model, there and back: MB/s each way, and the most memory each process had
 *
 *   pnpm bench [--megabytes 600] [--rounds 1000] [--insecure] [--json] [--smoke]
 *
 * @module
 */
import { fork } from "node:child_process";
import { arch, cpus, platform } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ClientConnection, ModelParameters, ParameterSource, Reply } from "../src/index.js";
import { nativeClientTransport, nativeServerTransport } from "../src/native.js";
import { testAuthority } from "../test/certificates.js";

const { values: flags } = parseArgs({
  options: {
    megabytes: { type: "string", default: "600" },
    rounds: { type: "string", default: "1000" },
    insecure: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    // Of the other process.
    client: { type: "string" },
  },
});

/** What the client's process is told. */
interface ClientOrder {
  readonly address: string;
  readonly tls?: { readonly rootCertificates: string; readonly cert: string; readonly key: string };
}

if (flags.client === undefined) await serve();
else await answer(JSON.parse(flags.client) as ClientOrder);

async function serve(): Promise<void> {
  const rounds = flags.smoke ? 20 : Number(flags.rounds);
  const megabytes = flags.smoke ? 20 : Number(flags.megabytes);
  const authority = await testAuthority();
  const [server, client] = [
    await authority.issue({ name: "server", kind: "server" }),
    await authority.issue({ name: "client", kind: "client" }),
  ];
  const tls = { cert: server.cert, key: server.key, ca: authority.cert };
  const transport = nativeServerTransport({
    address: "127.0.0.1:0",
    ...(flags.insecure ? { insecure: true } : { tls }),
  });
  let onConnect!: (connection: ClientConnection) => void;
  const connected = new Promise<ClientConnection>((resolve) => {
    onConnect = resolve;
  });
  const { address, close } = await transport.listen({ onConnect });
  const order: ClientOrder = {
    address,
    ...(!flags.insecure && {
      tls: { rootCertificates: authority.cert, cert: client.cert, key: client.key },
    }),
  };
  const child = fork(fileURLToPath(import.meta.url), ["--client", JSON.stringify(order)], {
    execArgv: process.execArgv,
  });
  let clientPeak = 0;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.on("message", (kilobytes) => {
    clientPeak = Number(kilobytes);
  });
  const connection = await connected;
  const small = [model(1024 / 4)];
  for (let i = 0; i < rounds / 10; i++) await round(connection, small, `warm-${i}`);
  const start = performance.now();
  for (let i = 0; i < rounds; i++) await round(connection, small, `small-${i}`);
  const perRound = (performance.now() - start) / rounds;
  const large = await round(connection, [model((megabytes * 1e6) / 4)], "large");
  const serverPeak = process.resourceUsage().maxRSS;
  await close();
  await gone;
  const results = {
    "ms a round of 1 kB": perRound,
    "MB/s to the client": (megabytes * 1000) / large.downMs,
    "MB/s to the server": (megabytes * 1000) / large.upMs,
    "MB at most in the server": serverPeak / 1024,
    "MB at most in the client": clientPeak / 1024,
  };
  report(megabytes, results);
}

/** A model of so many float32, that don't compress. */
function model(count: number): ModelParameters[number] {
  const bits = new Uint32Array(count);
  let state = 1;
  for (let i = 0; i < bits.length; i++) bits[i] = state = Math.imul(state, 1664525) + 1013904223;
  return { name: "w", dtype: "uint32", shape: [count], data: bits };
}

/** Sends parameters, and reads what comes back without keeping it. */
async function round(connection: ClientConnection, parameters: ModelParameters, id: string) {
  const asked = Date.now();
  const reply: Reply<ParameterSource> = await connection.request({
    kind: "fit",
    id,
    round: 1,
    parameters,
    config: {},
  });
  if (reply.kind !== "fit") throw new Error(`a reply of kind ${reply.kind}`);
  let bytes = 0;
  for await (const chunk of reply.parameters.chunks()) bytes += chunk.bytes.length;
  if (bytes !== parameters[0]!.data.byteLength) throw new Error(`${bytes} bytes came back`);
  const got = Number(reply.metrics["at"]);
  return { downMs: got - asked, upMs: Date.now() - got };
}

/** The other process: gives back what it gets. */
async function answer({ address, tls }: ClientOrder): Promise<void> {
  const transport = nativeClientTransport({
    address,
    ...(tls === undefined ? { insecure: true, clientId: "client" } : { tls }),
  });
  await transport.run(async (asked) => {
    if (asked.kind !== "fit") return { kind: "failure", code: "NOT_IMPLEMENTED", message: "" };
    const metrics = { at: Date.now() };
    return { kind: "fit", parameters: asked.parameters, numExamples: 1, metrics };
  });
  process.send?.(process.resourceUsage().maxRSS);
  process.disconnect?.();
}

function report(megabytes: number, results: Readonly<Record<string, number>>): void {
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(results)}\n`);
    return;
  }
  const [cpu] = cpus();
  const how = flags.insecure ? "without TLS" : "with TLS";
  process.stdout.write(
    `Node ${process.version}, ${platform()} ${arch()}, ${cpu?.model ?? "?"}; ${megabytes} MB, ${how}\n`,
  );
  for (const [name, value] of Object.entries(results)) {
    process.stdout.write(`${name.padEnd(28)}${value.toFixed(2).padStart(10)}\n`);
  }
}
