/**
 * Flower's `NumPyClient` (and D-SAIL's `FLClient`) as a trainer: lists of tensors, and tuples.
 *
 * @module
 */
import { FlError, type ModelParameters, type NamedTensor, type Scalars } from "@dsail/fl-protocol";
import type { Trainer } from "./trainer.js";

/** A tensor without a name: its place in the list is what it is known by. */
export type NDArray = NamedTensor extends infer T
  ? T extends NamedTensor
    ? Omit<T, "name">
    : never
  : never;

/**
 * The methods of Flower's `flwr.client.NumPyClient`, in camel case. One that is missing is told to the server as not
 * implemented.
 */
export interface NumPyClient {
  readonly getParameters?: (config: Scalars) => readonly NDArray[] | Promise<readonly NDArray[]>;
  /** @returns new parameters, number of examples, metrics */
  readonly fit?: (parameters: readonly NDArray[], config: Scalars) => Fitted | Promise<Fitted>;
  /** @returns loss, number of examples, metrics */
  readonly evaluate?: (
    parameters: readonly NDArray[],
    config: Scalars,
  ) => Evaluated | Promise<Evaluated>;
  readonly getProperties?: (config: Scalars) => Scalars | Promise<Scalars>;
}

type Fitted = readonly [parameters: readonly NDArray[], numExamples: number, metrics: Scalars];
type Evaluated = readonly [loss: number, numExamples: number, metrics: Scalars];

/** A trainer that asks a `NumPyClient`. Tensors are called `0`, `1`, … as they leave it. */
export function trainerOfNumPyClient(client: NumPyClient): Trainer {
  return {
    getParameters: async (config) => {
      if (client.getParameters === undefined) throw missing("getParameters");
      return numbered(await client.getParameters(config), "getParameters");
    },
    fit: async (parameters, config) => {
      if (client.fit === undefined) throw missing("fit");
      const result = await client.fit(parameters, config);
      assertTriple(result, "fit");
      const [fitted, numExamples, metrics] = result;
      return { parameters: numbered(fitted, "fit"), numExamples, metrics };
    },
    evaluate: async (parameters, config) => {
      if (client.evaluate === undefined) throw missing("evaluate");
      const result = await client.evaluate(parameters, config);
      assertTriple(result, "evaluate");
      const [loss, numExamples, metrics] = result;
      return { loss, numExamples, metrics };
    },
    getProperties: async (config) => {
      if (client.getProperties === undefined) throw missing("getProperties");
      return client.getProperties(config);
    },
  };
}

function missing(method: keyof NumPyClient): FlError {
  return new FlError("NOT_IMPLEMENTED", `the client has no ${method}`);
}

function numbered(list: readonly NDArray[], method: string): ModelParameters {
  if (!Array.isArray(list)) throw new TypeError(`${method}: expected a list of tensors`);
  return list.map((tensor, i) => ({ ...tensor, name: String(i) }) as NamedTensor);
}

/** As Flower, which refuses the tuples of its older releases. */
function assertTriple(result: readonly unknown[], method: string): void {
  if (Array.isArray(result) && result.length === 3) return;
  throw new TypeError(`${method}: expected three results, the last two numExamples and metrics`);
}
