/**
 * Three hospitals and a server in one process, and each hospital alone for comparison:
 *
 *     tsx three-hospitals.ts [OUTPUT]
 */
import { createClient, type Trainer } from "@dsail/fl-client";
import { createInMemoryTransport, type ModelParameters } from "@dsail/fl-protocol";
import { fedAvg, runServer, weightedMeanOfMetrics } from "@dsail/fl-server";
import { EVERYBODY, HOSPITALS, makePatients } from "./hospital-data.ts";
import { accuracyOf, logisticTrainer, toModel } from "./logistic-trainer.ts";

const [output = "output"] = process.argv.slice(2);
const ROUNDS = 15;

const everybody = makePatients(EVERYBODY, 2000, 1);
const trainers = Object.entries(HOSPITALS).map(([name, population], i) => {
  const train = makePatients(population, 200, 10 + i);
  const valid = makePatients(population, 100, 20 + i);
  return { name, trainer: logisticTrainer({ train, valid }) };
});

console.log("round   loss  accuracy at the hospitals");
const together = await train(trainers, output);
const alone = await Promise.all(
  trainers.map(async ({ name, trainer }) => ({ name, model: await train([{ name, trainer }]) })),
);

console.log("\naccuracy for patients of all kinds");
for (const { name, model } of [{ name: "together", model: together }, ...alone]) {
  console.log(`${name.padEnd(10)}${accuracyOf(toModel(model), everybody).toFixed(3)}`);
}

interface Hospital {
  readonly name: string;
  readonly trainer: Trainer;
}

/** Trains in rounds, and returns the model of the last one; `folder` gets the model of each. */
async function train(hospitals: readonly Hospital[], folder?: string): Promise<ModelParameters> {
  const transport = createInMemoryTransport();
  const count = hospitals.length;
  const { status, message, parameters } = await runServer({
    transports: [transport.server],
    strategy: fedAvg({
      minAvailableClients: count,
      minFitClients: count,
      minEvaluateClients: count,
      minFitResults: count,
      evaluateMetricsAggregation: weightedMeanOfMetrics,
    }),
    numRounds: ROUNDS,
    ...(folder !== undefined && { saveModel: { folder, overwrite: true } }),
    onEvent: (event) => {
      if (event.kind === "listening") {
        for (const { name, trainer } of hospitals) {
          void createClient({ transport: transport.client(name), trainer }).run();
        }
      } else if (event.kind === "roundFinished" && folder !== undefined) {
        const { round, evaluate } = event.record;
        const accuracy = Number(evaluate?.metrics["accuracy"]);
        console.log(
          `${String(round).padStart(5)}  ${evaluate?.loss?.toFixed(3)}  ${accuracy.toFixed(3)}`,
        );
      }
    },
  });
  if (status !== "completed" || parameters === undefined) throw new Error(message ?? status);
  return parameters;
}
