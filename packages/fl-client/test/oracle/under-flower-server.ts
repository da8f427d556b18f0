/**
 * Clients of ours under Python's `start_server`, beside one of Python's: what Flower's FedAvg makes of them has to be what is
 * computed here by hand, to the last bit, since every number is a sum of few powers of two.
 *
 * Site 2 fails in round 2, and the run goes on without it; site 0 has a policy, which refuses round 3.
 *
 *     under-flower-server.ts PYTHON     (with flwr)
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type ModelParameters, type NamedTensor, readNpz, type Scalars } from "@dsail/fl-protocol";
import { flowerClientTransport } from "@dsail/fl-protocol/flower";
import { type ClientOptions, createClient } from "../../src/client.js";
import type { ClientResult } from "../../src/client-event.js";
import { withClientSideAdaptiveClipping } from "../../src/dp/client-side-clipping.js";
import type { SitePolicy } from "../../src/policy/site-policy.js";
import type { Trainer } from "../../src/trainer.js";
import { withNames } from "../../src/with-names.js";

const [python] = process.argv.slice(2);
if (python === undefined) throw new Error("usage: under-flower-server.ts PYTHON");
const script = fileURLToPath(new URL("flower_server.py", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dsail-flower-"));
const children: ChildProcess[] = [];

const INITIAL: ModelParameters = [
  { name: "layer.weight", dtype: "float32", shape: [2, 3], data: new Float32Array(6) },
  { name: "scale", dtype: "float64", shape: [], data: new Float64Array(1) },
];
const CONFIG: Scalars = {
  ...{ lr: 0.5, text: "Ärztin", flag: true, bytes: new Uint8Array([0, 255]) },
  big: 2n ** 63n + 5n,
};
/** Examples of each site; powers of two, also without site 2, or 0. */
const EXAMPLES = [2, 1, 1];

const map = (parameters: ModelParameters, change: (value: number) => number): ModelParameters =>
  parameters.map((tensor) => {
    const data = (tensor.data as Float64Array).map(change);
    return { ...tensor, data } as NamedTensor;
  });

/** Halves the parameters, and adds one more than its number. */
function trainerOf(site: number, failsInRound: number): Trainer {
  return withNames({
    getParameters: () => INITIAL,
    fit: (parameters, { round, ...config }) => {
      if (round === BigInt(failsInRound)) throw new RangeError("no data today");
      const plain = Object.fromEntries(Object.entries(config));
      const { clipping_norm: _, ...others } = plain;
      if (!isDeepStrictEqual(others, CONFIG)) throw new SyntaxError("another config");
      const names = parameters.map(({ name }) => name);
      if (names.join() !== "layer.weight,scale") throw new SyntaxError("other names");
      const fitted = map(parameters, (value) => value * 0.5 + site + 1);
      return { parameters: fitted, numExamples: EXAMPLES[site]!, metrics: {} };
    },
    evaluate: (parameters) => ({
      loss: Number(parameters[0]!.data[0]),
      numExamples: EXAMPLES[site]!,
      metrics: { accuracy: 0.25 * site, site: BigInt(site) },
    }),
  });
}

function expected(): { readonly parameters: ModelParameters; readonly losses: readonly number[] } {
  let parameters = INITIAL;
  const losses: number[] = [];
  for (const taking of [
    [0, 1, 2],
    [0, 1],
    [1, 2],
  ]) {
    const total = taking.reduce((sum, site) => sum + EXAMPLES[site]!, 0);
    parameters = map(parameters, (value) =>
      taking.reduce((sum, site) => sum + (EXAMPLES[site]! / total) * (value * 0.5 + site + 1), 0),
    );
    losses.push(Number(parameters[0]!.data[0]));
  }
  return { parameters, losses };
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });

function run(...args: string[]): Promise<number | null> {
  const child = spawn(python!, [script, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let log = "";
  child.stderr.on("data", (text) => {
    log += String(text);
  });
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      if (code !== 0) console.log(log.slice(-3000));
      resolve(code);
    });
  });
}

let failed = 0;
function check(what: string, isRight: boolean): void {
  console.log(`${isRight ? "ok" : "WRONG"}: ${what}`);
  if (!isRight) failed += 1;
}

interface Report {
  readonly failures: readonly (readonly string[])[];
  readonly losses: readonly (readonly [number, number])[];
  readonly metrics: Readonly<Record<string, readonly (readonly [number, number | string])[]>>;
  readonly norms: readonly number[];
}

async function federate(
  name: string,
  clientsAt: (address: string) => readonly Promise<ClientResult>[],
  mode: { readonly hasPython: boolean; readonly isAdaptive: boolean },
) {
  const address = `127.0.0.1:${await freePort()}`;
  const [npz, json] = [join(folder, `${name}.npz`), join(folder, `${name}.json`)];
  const server = run("server", address, npz, json, ...(mode.isAdaptive ? ["adaptive"] : []));
  const theirs = clientsAt(address);
  // Python's client does not try again: it comes when ours have got in.
  await Promise.race(theirs.map(() => connected.shift()!));
  const other = mode.hasPython ? run("client", address) : Promise.resolve(0);
  const ends = await Promise.all(theirs);
  const codes = [await server, await other];
  check(`${name}: Python's programs ended well`, codes.join() === "0,0");
  return {
    ends,
    parameters: readNpz(readFileSync(npz)),
    report: JSON.parse(readFileSync(json, "utf8")) as Report,
  };
}

/** Ready when a client has got in. */
const connected: Promise<void>[] = [];

function joinServer(address: string, trainer: Trainer, options: Partial<ClientOptions> = {}) {
  let onConnected = (): void => {};
  connected.push(
    new Promise((resolve) => {
      onConnected = resolve;
    }),
  );
  return createClient({
    ...{ transport: flowerClientTransport({ address, insecure: true }), trainer },
    backOff: { baseMs: 500, maxMs: 1000, maxElapsedMs: 60_000 },
    onEvent: ({ type }) => {
      if (type === "connected") onConnected();
    },
    ...options,
  }).run();
}

const policyFor = (address: string): SitePolicy => ({
  version: 1,
  servers: [{ address, transport: "flower-grpc" }],
  config: [{ name: "*", types: ["boolean", "number", "integer", "text", "bytes"] }],
  tensors: [
    { name: "layer.*", dtypes: ["float32"], shapes: [[2, 3]] },
    { name: "scale", dtypes: ["float64"], shapes: [[]] },
  ],
  metrics: [
    { name: "accuracy", types: ["number"] },
    { name: "site", types: ["integer"] },
  ],
  ...{ minExamples: 2, maxRounds: 2 },
});

try {
  const { ends, parameters, report } = await federate(
    "mixed",
    (address) => [
      joinServer(address, trainerOf(0, 0), { policy: policyFor(address) }),
      joinServer(address, trainerOf(2, 2)),
    ],
    { hasPython: true, isAdaptive: false },
  );
  const { parameters: right, losses } = expected();
  check(
    "mixed: FedAvg's parameters are those computed by hand, bit for bit",
    isDeepStrictEqual(
      parameters.map(({ dtype, shape, data }) => ({ dtype, shape, data })),
      right.map(({ dtype, shape, data }) => ({ dtype, shape, data })),
    ),
  );
  check(
    "mixed: Flower's losses are the same",
    isDeepStrictEqual(
      report.losses,
      losses.map((loss, i) => [i + 1, loss]),
    ),
  );
  check(
    "mixed: metrics came with their types",
    report.metrics["sites"]?.every(([, sites]) => sites === "0,1,2") === true &&
      report.metrics["accuracy"]?.every(([, mean]) => mean === (0.25 + 0.5) / 4) === true,
  );
  const failures = [
    [],
    ["FIT_NOT_IMPLEMENTED: FAILED: RangeError"],
    ["FIT_NOT_IMPLEMENTED: POLICY: the site's policy refuses: maxRounds"],
  ];
  check(
    `mixed: Flower was told of the failure and the refusal: ${JSON.stringify(report.failures)}`,
    isDeepStrictEqual(report.failures, failures),
  );
  check(
    `mixed: our clients ended, ${ends.map((end) => `${end.status} with ${end.answered} and ${end.failed}`).join("; ")}`,
    ends.every((end) => end.status === "completed" && end.failed === 1),
  );

  for (const normBit of ["within", "clipped"] as const) {
    const { parameters, report } = await federate(
      `adaptive, ${normBit}`,
      (address) =>
        [0, 1, 2].map((site) =>
          joinServer(address, withClientSideAdaptiveClipping(trainerOf(site, 0), { normBit })),
        ),
      { hasPython: false, isAdaptive: true },
    );
    // All are beyond the bound, of which half should be: it has to grow, by e^(0.2 · 0.5) a round. With the bit as Flower's
    // own clients tell it, it shrinks.
    const direction = normBit === "within" ? 1 : -1;
    const norms = [0, 1, 2].map((round) => 0.25 * Math.exp(direction * 0.1 * round));
    check(
      `adaptive, ${normBit}: Flower's bound while all are clipped: ${report.norms.join(", ")}`,
      report.norms.length === 3 &&
        report.norms.every((norm, i) => Math.abs(norm - norms[i]!) < 1e-12),
    );
    const values = parameters.flatMap(({ data }) => Array.from(data as Float64Array));
    const [moved, most] = [Math.hypot(...values), norms.reduce((sum, norm) => sum + norm)];
    check(
      `adaptive, ${normBit}: three clipped steps moved it by ${moved}, ${most} at most`,
      moved <= most * (1 + 1e-6) && moved > most * 0.99,
    );
  }
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
