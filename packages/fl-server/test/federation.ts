/**
 * Clients of a federation for tests: each moves the model by its own step, so that what has to come out can be computed by
 * hand.
 */
import {
  createInMemoryTransport,
  type FitReply,
  type InMemoryTransport,
  type Instruction,
  type ModelParameters,
  type NamedTensor,
  type Reply,
} from "@dsail/fl-protocol";
import { type RunResult, runServer, type ServerEvent, type ServerOptions } from "../src/index.js";

/** A float32 vector as a model of one tensor. */
export function vector(...values: number[]): ModelParameters {
  return [{ name: "w", dtype: "float32", shape: [values.length], data: Float32Array.from(values) }];
}

/** The numbers of the first tensor. */
export function valuesOf(parameters: ModelParameters | undefined): number[] {
  return Array.from(parameters?.[0]?.data as Iterable<number | bigint>, Number);
}

/** What a client does with an instruction. */
export type Handle = (instruction: Instruction) => Promise<Reply<ModelParameters>>;

export interface ClientScript {
  /** Added to each number of the model. Default 1. */
  readonly step?: number;
  readonly numExamples?: number;
  /** Milliseconds before it answers. */
  readonly delayMs?: number | (() => number);
  /** Changes what it answers. */
  readonly onFit?: (reply: FitReply<ModelParameters>, round: number) => Reply<ModelParameters>;
  /** In the place of everything else. */
  readonly handle?: Handle;
}

/** A client that trains by adding `step`. */
export function scripted(script: ClientScript): Handle {
  const { step = 1, numExamples = 1, delayMs = 0, onFit = (reply) => reply } = script;
  return async (instruction) => {
    if (script.handle !== undefined) return script.handle(instruction);
    const delay = typeof delayMs === "number" ? delayMs : delayMs();
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    switch (instruction.kind) {
      case "getParameters":
        return { kind: "getParameters", parameters: vector(0, 0) };
      case "getProperties":
        return { kind: "getProperties", properties: {} };
      case "evaluate": {
        const [first = 0] = valuesOf(instruction.parameters);
        return {
          kind: "evaluate",
          loss: Math.abs(first - step),
          numExamples,
          metrics: { seen: first },
        };
      }
      case "fit": {
        const parameters = instruction.parameters.map((tensor) => moved(tensor, step));
        return onFit(
          { kind: "fit", parameters, numExamples, metrics: { step } },
          instruction.round ?? 0,
        );
      }
    }
  };
}

function moved(tensor: NamedTensor, step: number): NamedTensor {
  if (tensor.dtype !== "float32") return tensor;
  return { ...tensor, data: tensor.data.map((value) => value + step) };
}

export interface Played {
  readonly result: RunResult;
  readonly events: readonly ServerEvent[];
  /** How the `run` of each client ended. */
  readonly ends: ReadonlyMap<string, unknown>;
}

/** A run with these clients over the in-memory transport. */
export async function play(
  clients: Readonly<Record<string, ClientScript>>,
  options: Omit<ServerOptions, "transports"> & { readonly transport?: InMemoryTransport },
): Promise<Played> {
  const { transport = createInMemoryTransport(), ...others } = options;
  const events: ServerEvent[] = [];
  const ends = new Map<string, unknown>();
  const running = runServer({
    seed: 1,
    ...others,
    transports: [transport.server],
    onEvent: (event) => {
      events.push(event);
      others.onEvent?.(event);
      if (event.kind !== "listening") return;
      for (const [clientId, script] of Object.entries(clients))
        join(transport, clientId, script, ends);
    },
  });
  return { result: await running, events, ends };
}

/** Connects a client. */
export function join(
  transport: InMemoryTransport,
  clientId: string,
  script: ClientScript,
  ends: Map<string, unknown> = new Map(),
  signal?: AbortSignal,
): void {
  transport
    .client(clientId)
    .run(scripted(script), { ...(signal && { signal }) })
    .then(
      (end) => ends.set(clientId, end),
      (error: unknown) => ends.set(clientId, error),
    );
}

/** Three hospitals whose weighted mean step is (1·1 + 2·2 + 5·3) / 6. */
export const THREE: Readonly<Record<string, ClientScript>> = {
  a: { step: 1, numExamples: 1 },
  b: { step: 2, numExamples: 2 },
  c: { step: 5, numExamples: 3 },
};

/** Those of one kind. */
export function ofKind<K extends ServerEvent["kind"]>(
  events: readonly ServerEvent[],
  kind: K,
): readonly (ServerEvent & { readonly kind: K })[] {
  return events.filter((event): event is ServerEvent & { readonly kind: K } => event.kind === kind);
}
