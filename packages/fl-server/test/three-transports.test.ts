/**
 * The same clients over every transport, and in any order of arrival: the same bits.
 */
import {
  type ClientTransport,
  createInMemoryTransport,
  fingerprintOf,
  type Instruction,
  type ModelParameters,
  type Reply,
  type ServerTransport,
} from "@dsail/fl-protocol";
import { flowerClientTransport, flowerServerTransport } from "@dsail/fl-protocol/flower";
import { nativeClientTransport, nativeServerTransport } from "@dsail/fl-protocol/native";
import { describe, expect, it } from "vitest";
import { fedAdam, fedAvg, runServer, type Strategy } from "../src/index.js";

const DIMENSION = 12;
const START: ModelParameters = [
  { name: "weight", dtype: "float32", shape: [3, 4], data: new Float32Array(DIMENSION) },
  { name: "bias", dtype: "float64", shape: [], data: new Float64Array(1) },
  { name: "steps", dtype: "int64", shape: [1], data: new BigInt64Array(1) },
];

/** Numbers that look random: of these the last bits depend on the order of a sum. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** A hospital that fits a line to its own points, by gradient descent. */
function hospital(seed: number, numExamples: number) {
  const next = noise(seed);
  const points = Array.from({ length: numExamples }, () => {
    const x = Array.from({ length: DIMENSION }, next);
    return { x, y: x.reduce((sum, value, i) => sum + value * (i - seed), 0.1 * next()) };
  });

  return function answer(instruction: Instruction): Reply<ModelParameters> {
    if (instruction.kind === "getProperties") return { kind: "getProperties", properties: {} };
    if (instruction.kind === "getParameters") return { kind: "getParameters", parameters: START };
    const [weight, bias, steps] = instruction.parameters;
    const w = Float32Array.from(weight!.data as Float32Array);
    const b = Float64Array.from(bias!.data as Float64Array);
    let loss = 0;
    for (const { x, y } of points) {
      const error = x.reduce((sum, value, i) => sum + value * w[i]!, b[0]!) - y;
      loss += error ** 2 / numExamples;
      if (instruction.kind === "evaluate") continue;
      for (const [i, value] of x.entries()) w[i]! -= 0.05 * error * value;
      b[0]! -= 0.05 * error;
    }
    const metrics = { loss };
    if (instruction.kind === "evaluate") return { kind: "evaluate", loss, numExamples, metrics };
    const count = BigInt64Array.of((steps!.data as BigInt64Array)[0]! + BigInt(numExamples));
    const parameters = [
      { ...START[0]!, data: w },
      { ...START[1]!, data: b },
      { ...START[2]!, data: count },
    ] as ModelParameters;
    return { kind: "fit", parameters, numExamples, metrics };
  };
}

const HOSPITALS = { north: [3, 20], south: [5, 33], west: [8, 47] } as const;

interface Stage {
  readonly server: ServerTransport;
  readonly client: (name: string, address: string) => ClientTransport;
}

const local = { address: "127.0.0.1:0", insecure: true } as const;

const STAGES: Readonly<Record<string, () => Stage>> = {
  "in memory": () => createInMemoryTransport(),
  "Flower's wire": () => ({
    server: flowerServerTransport(local),
    client: (clientId, address) => flowerClientTransport({ ...local, address, clientId }),
  }),
  native: () => ({
    server: nativeServerTransport(local),
    client: (clientId, address) => nativeClientTransport({ ...local, address, clientId }),
  }),
};

/** The bits, without names: Flower's wire has none. */
const bitsOf = (parameters: ModelParameters) =>
  fingerprintOf(parameters.map((tensor, i) => ({ ...tensor, name: `${i}` })));

/** A run of three rounds; each client has a delay of its own for each instruction. */
async function modelOf(
  { server, client }: Stage,
  strategy: Strategy,
  delayOf: (name: string) => number,
): Promise<{ readonly fingerprint: string; readonly arrivals: string }> {
  const arrivals: string[] = [];
  const ends: Promise<unknown>[] = [];
  const { status, parameters, message } = await runServer({
    ...{ transports: [server], strategy, numRounds: 3, seed: 1, onRoundFailure: "stop" },
    onEvent: (event) => {
      if (event.kind === "replyReceived") arrivals.push(event.clientId);
      if (event.kind !== "listening") return;
      for (const [name, [seed, numExamples]] of Object.entries(HOSPITALS)) {
        const answer = hospital(seed, numExamples);
        const run = client(name, event.address).run(async (instruction) => {
          await new Promise((resolve) => setTimeout(resolve, delayOf(name)));
          return answer(instruction);
        });
        ends.push(run);
      }
    },
  });
  await Promise.all(ends);
  expect(status, message).toBe("completed");
  return { fingerprint: bitsOf(parameters!), arrivals: arrivals.join(" ") };
}

const STRATEGIES = {
  "fed-avg": () => fedAvg({ minAvailableClients: 3, initialParameters: START }),
  "fed-adam": () => fedAdam({ minAvailableClients: 3, initialParameters: START }),
};

describe.each(Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[])("%s", (name) => {
  it("ends with the same bits over every transport, in any order of arrival", async () => {
    const make = STRATEGIES[name];
    const inOrder = (client: string) => Object.keys(HOSPITALS).indexOf(client) * 25;
    const expected = await modelOf(createInMemoryTransport(), make(), inOrder);
    for (const stage of Object.values(STAGES)) {
      const reverse = await modelOf(stage(), make(), (client) => 50 - inOrder(client));
      expect(reverse.fingerprint).toBe(expected.fingerprint);
      expect(reverse.arrivals).not.toBe(expected.arrivals);
      const random = noise(Date.now());
      const shuffled = await modelOf(stage(), make(), () => 20 + 20 * random());
      expect(shuffled.fingerprint).toBe(expected.fingerprint);
    }
  });

  it("begins with the model of a client, over every transport", async () => {
    const { initialParameters: _, ...strategy } = STRATEGIES[name]();
    const fingerprints = new Set<string>();
    for (const stage of Object.values(STAGES)) {
      const { fingerprint } = await modelOf(stage(), strategy, () => 0);
      fingerprints.add(fingerprint);
    }
    expect(fingerprints.size).toBe(1);
  });
});
