/**
 * A server as short as can be: asks clients in turn, and takes the mean of what they learned.
 *
 * @module
 */
import {
  type ClientConnection,
  collectParameters,
  type FitReply,
  type Instruction,
  type ModelParameters,
  type Reply,
  type Scalars,
  type ServerTransport,
} from "@dsail/fl-protocol";

/** A server with its clients. */
export interface Hub {
  readonly address: string;
  /** Waits for so many. */
  readonly clients: (count: number) => Promise<readonly ClientConnection[]>;
  readonly release: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openHub(server: ServerTransport): Promise<Hub> {
  const connected = new Map<string, ClientConnection>();
  let onChange = (): void => {};
  const listening = await server.listen({
    onConnect: (client) => {
      connected.set(client.clientId, client);
      void client.closed.then(() => {
        if (connected.get(client.clientId) === client) connected.delete(client.clientId);
      });
      onChange();
    },
  });
  const sorted = () => [...connected.values()].sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
  return {
    address: listening.address,
    clients: async (count) => {
      while (connected.size < count) {
        await new Promise<void>((resolve) => {
          onChange = resolve;
        });
      }
      return sorted();
    },
    release: async () => {
      await Promise.all(sorted().map((client) => client.release()));
    },
    close: () => listening.close(),
  };
}

/** Asks, and reads the parameters of the reply. */
export async function ask(
  client: ClientConnection,
  instruction: Instruction,
): Promise<Reply<ModelParameters>> {
  const reply = await client.request(instruction);
  if (reply.kind !== "fit" && reply.kind !== "getParameters") return reply;
  return { ...reply, parameters: await collectParameters(reply.parameters) };
}

/** Rounds of FedAvg: the mean weighted by examples, in the order of client ids, of clients that did not fail. */
export async function runRounds(
  hub: Hub,
  { rounds, count, parameters, config = {} }: RoundOptions,
): Promise<{ readonly parameters: ModelParameters; readonly failures: readonly string[] }> {
  let current = parameters;
  const failures: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    const clients = await hub.clients(count);
    const replies = await Promise.all(
      clients.map((client) =>
        ask(client, {
          kind: "fit",
          id: `${round}-${client.clientId}`,
          round,
          parameters: current,
          config,
        }),
      ),
    );
    const fits = replies.flatMap((reply, i) => {
      if (reply.kind === "fit") return [reply];
      const message = reply.kind === "failure" ? reply.message : reply.kind;
      failures.push(`${clients[i]!.clientId}: ${message}`);
      return [];
    });
    current = meanOf(fits);
  }
  return { parameters: current, failures };
}

interface RoundOptions {
  readonly rounds: number;
  readonly count: number;
  readonly parameters: ModelParameters;
  readonly config?: Scalars;
}

/** Of float64 and float32 tensors. */
function meanOf(fits: readonly FitReply<ModelParameters>[]): ModelParameters {
  const total = fits.reduce((sum, { numExamples }) => sum + numExamples, 0);
  return fits[0]!.parameters.map((tensor, t) => {
    const sum = new Float64Array(tensor.data.length);
    for (const { parameters, numExamples } of fits) {
      const data = parameters[t]!.data;
      for (let i = 0; i < sum.length; i++) sum[i]! += (numExamples / total) * Number(data[i]!);
    }
    const data = tensor.dtype === "float32" ? Float32Array.from(sum) : sum;
    return { ...tensor, data } as typeof tensor;
  });
}
