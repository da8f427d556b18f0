/**
 * A server for clients of Python's Flower:
 *
 *     node server.mjs [OUTPUT [ADDRESS]]
 */
import { flowerServerTransport } from "@dsail/fl-protocol/flower";
import { fedAvg, runServer, weightedMeanOfMetrics } from "@dsail/fl-server";

const [output = "output", address = "127.0.0.1:8080"] = process.argv.slice(2);
const CLIENTS = 2;

const { status, message } = await runServer({
  // Without TLS: for clients on this machine. `tls: { ... }` for others.
  transports: [flowerServerTransport({ address, insecure: true })],
  strategy: fedAvg({
    minAvailableClients: CLIENTS,
    minFitResults: CLIENTS,
    onFitConfig: () => ({ epochs: 20 }),
    evaluateMetricsAggregation: weightedMeanOfMetrics,
  }),
  numRounds: 5,
  saveModel: { folder: output, overwrite: true },
  onEvent: (event) => {
    switch (event.kind) {
      case "listening":
        console.log(`waiting for ${CLIENTS} clients at ${event.address}`);
        break;
      case "clientConnected":
        console.log(`${event.clientId} is here`);
        break;
      case "replyRefused":
        console.error(`${event.clientId}: ${event.code}: ${event.message}`);
        break;
      case "roundFinished": {
        const { round, evaluate } = event.record;
        const accuracy = Number(evaluate?.metrics["accuracy"]);
        const loss = evaluate?.loss?.toFixed(3);
        console.log(`round ${round}: loss ${loss}, accuracy ${accuracy.toFixed(3)}`);
        break;
      }
    }
  },
});

console.log(status === "completed" ? `models are in ${output}` : `${status}: ${message}`);
if (status !== "completed") process.exitCode = 1;
