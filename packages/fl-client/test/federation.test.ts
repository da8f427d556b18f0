import { createInMemoryTransport, type ModelParameters } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { createClient } from "../src/client.js";
import { openHub, runRounds } from "./round-loop.js";
import {
  accuracyOf,
  arraysOf,
  createTrainer,
  initialParameters,
  makeExamples,
  step,
} from "./softmax-trainer.js";

const SITES = [
  { seed: 1, examples: 120 },
  { seed: 2, examples: 300 },
  { seed: 3, examples: 181 },
];

async function federate(rounds: number, config = {}): Promise<ModelParameters> {
  const { server, client } = createInMemoryTransport();
  const hub = await openHub(server);
  const clients = SITES.map((site, i) =>
    createClient({ transport: client(`site-${i}`), trainer: createTrainer(site) }),
  );
  const ends = Promise.all(clients.map((one) => one.run()));
  const { parameters, failures } = await runRounds(hub, {
    ...{ rounds, count: SITES.length, parameters: initialParameters(), config },
  });
  expect(failures).toEqual([]);
  await hub.release();
  for (const end of await ends) {
    expect(end).toMatchObject({ status: "completed", answered: rounds, failed: 0, sessions: 1 });
  }
  await hub.close();
  return parameters;
}

describe("three clients in a federation", () => {
  it("of one local step each are gradient descent on the data of all", async () => {
    const [weight, bias] = arraysOf(await federate(25));
    let [centralWeight, centralBias] = arraysOf(initialParameters());
    const all = SITES.map(makeExamples);
    for (let i = 0; i < 25; i++) {
      [centralWeight, centralBias] = step(centralWeight, centralBias, all);
    }
    // The sums have another order: that is all the difference.
    for (const [i, value] of centralWeight.entries()) expect(weight[i]).toBeCloseTo(value, 12);
    for (const [i, value] of centralBias.entries()) expect(bias[i]).toBeCloseTo(value, 12);
  });

  it("learn, and do so in the same way each time", async () => {
    const config = { steps: 5n };
    const [first, second] = [await federate(10, config), await federate(10, config)];
    expect(second).toEqual(first);
    const test = makeExamples({ seed: 99, examples: 1000 });
    expect(accuracyOf(...arraysOf(initialParameters()), test)).toBeLessThan(0.5);
    expect(accuracyOf(...arraysOf(first), test)).toBeGreaterThan(0.85);
  });
});
