import { expect, it } from "vitest";
import { aggregateWith } from "../../test/aggregate-with.js";
import { valuesOf, vector } from "../../test/federation.js";
import { qFedAvg } from "./q-fed-avg.js";

const parameters = vector(1, 2);
const clients = [
  { parameters: vector(0, 2), metrics: { train_loss: 4 } },
  { parameters: vector(1, 5), metrics: { train_loss: 9 } },
];

it("counts a client the more, the greater its own loss", async () => {
  const q = 0.5;
  const next = await aggregateWith(qFedAvg({ qParam: q, qfflLearningRate: 0.1 }), clients, {
    parameters,
  });
  // Gradients are (w − wₖ) / 0.1: (10, 0) and (0, −30).
  const h = q * 4 ** (q - 1) * 100 + 4 ** q / 0.1 + (q * 9 ** (q - 1) * 900 + 9 ** q / 0.1);
  const [x, y] = valuesOf(next.parameters);
  expect(x).toBeCloseTo(1 - (4 ** q * 10) / h, 6);
  expect(y).toBeCloseTo(2 + (9 ** q * 30) / h, 6);
});

it("is the mean of all alike for q = 0", async () => {
  const next = await aggregateWith(qFedAvg({ qParam: 0 }), clients, { parameters });
  expect(valuesOf(next.parameters)[0]).toBeCloseTo(0.5, 6);
  expect(valuesOf(next.parameters)[1]).toBeCloseTo(3.5, 6);
});

it("refuses a reply without its loss, but not if the server has one", async () => {
  const replies = [{ parameters: vector(0, 2), metrics: { train_loss: "much" } }];
  await expect(aggregateWith(qFedAvg(), replies, { parameters })).rejects.toMatchObject({
    code: "BAD_MESSAGE",
    clientId: "0",
  });
  await aggregateWith(qFedAvg({ evaluate: () => ({ loss: 1 }) }), replies, { parameters });
});
