/**
 * The two dialects of Flower's bidirectional wire, as tables of field numbers: `flower.transport` (0.16, 0.17) and
 * `flwr.proto` (1.0 to 1.29, `start_server` and `start_client`).
 *
 * @module
 */

/** Which Flower. The path of the service tells. */
export type FlowerDialect = "flwr.proto" | "flower.transport";

/** What the members of the `oneof` of both messages are about; they have the same numbers in both directions. */
interface Members {
  readonly session: number;
  readonly getProperties?: number;
  readonly getParameters: number;
  readonly fit: number;
  readonly evaluate: number;
}

/** Where a dialect has what. A field that is left out is not in it. */
export interface DialectTable {
  /** Of the method, as HTTP/2 names it. */
  readonly path: string;
  readonly members: Members;
  /** Whether a scalar above 2^63 − 1 can be said (by Flower from 1.12 on; before, it is skipped as unknown). */
  readonly hasUint64: boolean;
  /** Of `Status`, in every answer. */
  readonly status?: number;
  readonly getParametersIns: { readonly config?: number };
  readonly getParametersRes: { readonly parameters: number };
  readonly fitRes: {
    readonly parameters: number;
    readonly numExamples: number;
    readonly metrics: number;
  };
  readonly evaluateRes: {
    readonly loss: number;
    readonly numExamples: number;
    readonly metrics: number;
  };
}

/** The field numbers of each dialect. Those that both have in common stand where they are used. */
export const DIALECTS: { readonly [D in FlowerDialect]: DialectTable } = {
  "flwr.proto": {
    path: "/flwr.proto.FlowerService/Join",
    members: { session: 1, getProperties: 2, getParameters: 3, fit: 4, evaluate: 5 },
    hasUint64: true,
    status: 1,
    getParametersIns: { config: 1 },
    getParametersRes: { parameters: 2 },
    fitRes: { parameters: 2, numExamples: 3, metrics: 4 },
    evaluateRes: { loss: 2, numExamples: 3, metrics: 4 },
  },
  "flower.transport": {
    path: "/flower.transport.FlowerService/Join",
    members: { session: 1, getParameters: 2, fit: 3, evaluate: 4 },
    hasUint64: false,
    getParametersIns: {},
    getParametersRes: { parameters: 1 },
    fitRes: { parameters: 1, numExamples: 2, metrics: 5 },
    evaluateRes: { loss: 2, numExamples: 1, metrics: 4 },
  },
};
