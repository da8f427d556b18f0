/**
 * A federation in one process: a server, and a client for each hospital.
 *
 * @module
 */
import { createClient, type Trainer } from "@dsail/fl-client";
import { createInMemoryTransport, type ModelParameters } from "@dsail/fl-protocol";
import { fedAvg, runServer, weightedMeanOfMetrics } from "@dsail/fl-server";

/** How a federation trains. */
export interface FederationOptions {
  readonly rounds: number;
  /** Where the model of each round goes. Default: nowhere. */
  readonly folder?: string;
  /** Called after each round, with the mean over the hospitals. */
  readonly onRound?: (round: number, loss: number, accuracy: number) => void;
}

/** Trains in rounds by FedAvg; gives the model of the last one. */
export async function federate(
  trainers: readonly Trainer[],
  { rounds, folder, onRound }: FederationOptions,
): Promise<ModelParameters> {
  const transport = createInMemoryTransport();
  const count = trainers.length;
  const { status, message, parameters } = await runServer({
    transports: [transport.server],
    strategy: fedAvg({
      minAvailableClients: count,
      minFitClients: count,
      minEvaluateClients: count,
      minFitResults: count,
      evaluateMetricsAggregation: weightedMeanOfMetrics,
    }),
    numRounds: rounds,
    ...(folder !== undefined && { saveModel: { folder, overwrite: true } }),
    onEvent: (event) => {
      if (event.kind === "listening") {
        for (const [i, trainer] of trainers.entries()) {
          void createClient({ transport: transport.client(`hospital-${i + 1}`), trainer }).run();
        }
      } else if (event.kind === "roundFinished") {
        const { round, evaluate } = event.record;
        onRound?.(round, evaluate?.loss ?? Number.NaN, Number(evaluate?.metrics["accuracy"]));
      }
    },
  });
  if (status !== "completed" || parameters === undefined) throw new Error(message ?? status);
  return parameters;
}
