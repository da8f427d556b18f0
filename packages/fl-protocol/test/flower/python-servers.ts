/**
 * Our clients in Flower's servers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FlowerClientOptions, flowerClientTransport } from "../../src/flower.js";
import type { Instruction, Reply } from "../../src/message.js";
import type { ModelParameters, NamedTensor } from "../../src/tensor.js";
import { bytesOfTensor } from "../../src/tensor-bytes.js";
import type { SessionEnd } from "../../src/transport.js";
import { testAuthority } from "../certificates.js";
import { memory } from "./python-clients.js";
import { freePort, type Peer, python } from "./python-process.js";

type Handle = (instruction: Instruction) => Promise<Reply<ModelParameters>>;

const tensors = (length: number): ModelParameters => [
  numbers("float32", [length], 1),
  numbers("float64", [3, 2], 2),
  numbers("float32", [], 3),
  numbers("float32", [0], 4),
];

/** Integers: whatever FedAvg does to them with weights of 1/4 and 3/4 is exact, in any order. */
function numbers(
  dtype: "float32" | "float64",
  shape: readonly number[],
  first: number,
): NamedTensor {
  const length = shape.reduce((a, b) => a * b, 1);
  const value = (_: unknown, i: number) => ((i % 1000) + first) * 4;
  return dtype === "float32"
    ? { name: "", dtype, shape, data: Float32Array.from({ length }, value) }
    : { name: "", dtype, shape, data: Float64Array.from({ length }, value) };
}

function plus(parameters: ModelParameters, step: number): ModelParameters {
  return parameters.map((tensor) => {
    if (tensor.dtype === "float32") return { ...tensor, data: tensor.data.map((v) => v + step) };
    if (tensor.dtype === "float64") return { ...tensor, data: tensor.data.map((v) => v + step) };
    throw new Error("another dtype came back");
  });
}

/** Counts 1 or 3 examples, and adds 4 for each of them. */
const trainer =
  (initial: ModelParameters, numExamples: 1 | 3): Handle =>
  async (instruction) => {
    switch (instruction.kind) {
      case "getParameters":
        return { kind: "getParameters", parameters: initial };
      case "fit": {
        const parameters = plus(instruction.parameters, 4 * numExamples);
        return { kind: "fit", parameters, numExamples, metrics: instruction.config };
      }
      case "evaluate":
        return { kind: "evaluate", loss: numExamples, numExamples, metrics: {} };
      default:
        return { kind: "failure", code: "NOT_IMPLEMENTED", message: "no properties" };
    }
  };

/** Joins as soon as the server is there. */
async function joining(options: FlowerClientOptions, handle: Handle): Promise<SessionEnd> {
  for (const end = performance.now() + 60_000; ; await sleep(200)) {
    let wasIn = false;
    try {
      return await flowerClientTransport(options).run(handle, {
        onConnected: () => {
          wasIn = true;
        },
      });
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== "DISCONNECTED" || wasIn || performance.now() > end) throw error;
    }
  }
}

/** Two rounds of FedAvg: every aggregated bit is as it has to be. */
export async function rounds(peer: Peer, bytes: number, isTls = false): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "dsail-fl-"));
  const port = await freePort();
  const authority = await testAuthority();
  const { cert, key } = await authority.issue({ name: "server", kind: "server" });
  for (const [file, text] of Object.entries({ ca: authority.cert, cert, key })) {
    writeFileSync(join(folder, `${file}.pem`), text);
  }
  const server = python(peer, "server.py", [`localhost:${port}`, "2", ...(isTls ? [folder] : [])]);
  try {
    const options: FlowerClientOptions = {
      address: `localhost:${port}`,
      dialect: peer.dialect,
      ...(isTls ? { tls: { rootCertificates: authority.cert } } : { insecure: true }),
    };
    const initial = tensors(Math.floor(bytes / 4));
    const began = performance.now();
    const ends = Promise.all(
      ([1, 3] as const).map((count) => joining(options, trainer(initial, count))),
    );
    const said: Record<string, unknown>[] = [];
    for await (const line of server.lines) said.push(line);
    const { status, log } = await server.exited;
    assert.equal(status, 0, log);
    const seconds = (performance.now() - began) / 1000;
    assert.deepEqual(await ends, [
      { reconnectAfterSeconds: undefined },
      { reconnectAfterSeconds: undefined },
    ]);
    // (1 · (x + 4) + 3 · (x + 12)) / 4 = x + 10
    const expected = [1, 2].flatMap((round) => {
      const model = plus(initial, 10 * round);
      return [
        {
          round,
          failures: 0,
          metrics_are_the_config: [true, true],
          sha256: model.map((t) => createHash("sha256").update(bytesOfTensor(t)).digest("hex")),
          shapes: model.map(({ shape }) => shape),
          dtypes: model.map(({ dtype }) => dtype),
        },
        { round, loss: 2.5 },
      ];
    });
    assert.deepEqual(said, expected);
    return `${seconds.toFixed(1)} s in all, ${memory()}`;
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

/** A server that dies, and comes back; a client that fails. */
export async function failures(peer: Peer): Promise<undefined> {
  const port = await freePort();
  const { dialect } = peer;
  const options: FlowerClientOptions = { address: `localhost:${port}`, dialect, insecure: true };
  const initial = tensors(10);
  const first = python(peer, "server.py", [options.address, "1"]);
  const killing: Handle = async (instruction) => {
    if (instruction.kind === "fit") first.kill();
    await sleep(100);
    return trainer(initial, 1)(instruction);
  };
  const ends = await Promise.allSettled([joining(options, killing), joining(options, killing)]);
  assert.deepEqual(
    ends.map((end) => (end.status === "rejected" ? end.reason.code : end.status)),
    ["DISCONNECTED", "DISCONNECTED"],
  );

  const second = python(peer, "server.py", [options.address, "1"]);
  const failing: Handle = async (instruction) =>
    instruction.kind === "fit"
      ? { kind: "failure", code: "POLICY", message: "not today" }
      : trainer(initial, 1)(instruction);
  const both = Promise.all([
    joining(options, failing).catch((error) => {
      // 0.16 has no word for it: the client leaves, and comes again.
      assert.ok(dialect === "flower.transport" && error.code === "DISCONNECTED");
      return joining(options, trainer(initial, 1));
    }),
    joining(options, trainer(initial, 3)),
  ]);
  const said: Record<string, unknown>[] = [];
  for await (const line of second.lines) said.push(line);
  await both;
  assert.equal((await second.exited).status, 0);
  assert.deepEqual(
    said.map(({ round, failures, loss }) => ({ round, failures, loss })),
    [
      { round: 1, failures: 1, loss: undefined },
      { round: 1, failures: undefined, loss: 2.5 },
    ],
  );
}
