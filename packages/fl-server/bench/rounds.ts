/**
 * How many rounds there are in a second, when clients do nothing.
 *
 * @module
 */
import { createInMemoryTransport, type ModelParameters } from "@dsail/fl-protocol";
import { fedAvg, runServer } from "../src/index.js";

/** Rounds per second, with training and evaluation, of a model of 1 kB. */
export async function roundsPerSecond(clients: number, seconds: number): Promise<number> {
  const model: ModelParameters = [
    { name: "w", dtype: "float32", shape: [250], data: new Float32Array(250) },
  ];
  const transport = createInMemoryTransport();
  const stop = new AbortController();
  let begun = 0;
  const result = await runServer({
    transports: [transport.server],
    strategy: fedAvg({ initialParameters: model, minAvailableClients: clients }),
    numRounds: 1_000_000,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === "roundStarted") begun ||= performance.now();
      if (event.kind === "roundFinished" && performance.now() - begun > seconds * 1000)
        stop.abort();
      if (event.kind !== "listening") return;
      for (let client = 0; client < clients; client++) {
        void transport
          .client(`client-${client}`)
          .run(async (instruction) =>
            instruction.kind === "fit"
              ? { kind: "fit", parameters: model, numExamples: 1, metrics: {} }
              : { kind: "evaluate", loss: 0, numExamples: 1, metrics: {} },
          );
      }
    },
  });
  return (result.rounds * 1000) / (performance.now() - begun);
}
