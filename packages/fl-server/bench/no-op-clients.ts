/**
 * Clients on Flower's wire that do nothing: ADDRESS COUNT.
 *
 * @module
 */
import { flowerClientTransport } from "@dsail/fl-protocol/flower";

const [address = "", count = "1"] = process.argv.slice(2);
const clients = Array.from({ length: Number(count) }, (_, i) =>
  flowerClientTransport({ address, insecure: true, clientId: `client-${i}` })
    .run(async (instruction) => {
      if (instruction.kind === "fit") {
        return { kind: "fit", parameters: instruction.parameters, numExamples: 1, metrics: {} };
      }
      return { kind: "evaluate", loss: 0, numExamples: 1, metrics: {} };
    })
    // The server ends in the middle of a round.
    .catch(() => undefined),
);
await Promise.all(clients);
process.exit();
