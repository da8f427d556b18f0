import { describe, expect, it } from "vitest";
import { vector } from "../../test/federation.js";
import { createRandom } from "../random.js";
import { fedAvg } from "./fed-avg.js";
import { type StrategyOptions, weightedMeanOfMetrics } from "./strategy-options.js";

const contextOf = (clients: number) => ({
  round: 1,
  parameters: vector(0),
  state: {},
  clients: Array.from({ length: clients }, (_, i) => `c${i}`),
  random: createRandom(1, clients),
});

async function countsOf(clients: number, options: StrategyOptions): Promise<[number, number]> {
  const strategy = fedAvg(options);
  const fit = await strategy.configureFit(contextOf(clients));
  const evaluate = await strategy.configureEvaluate(contextOf(clients));
  return [fit.length, evaluate.length];
}

describe("who is asked", () => {
  it.each([
    [10, {}, [10, 10]],
    [10, { fractionFit: 0.5, fractionEvaluate: 0.29 }, [5, 2]],
    [10, { fractionFit: 0.1, minFitClients: 4, fractionEvaluate: 0 }, [4, 0]],
    [10, { fractionFit: 0, minFitClients: 3 }, [3, 10]],
  ] as const)("of %i with %o: %o", async (clients, options, expected) => {
    expect(await countsOf(clients, options)).toEqual(expected);
  });

  it("is nobody of too few", () => {
    const strategy = fedAvg({ minFitClients: 3, minEvaluateClients: 4 });
    expect(() => strategy.configureFit(contextOf(2))).toThrow("2 clients, 3 needed");
    expect(() => strategy.configureEvaluate(contextOf(3))).toThrow("3 clients, 4 needed");
  });

  it("waits for as many as the round needs", () => {
    expect(fedAvg({ minFitClients: 5 }).minAvailableClients).toBe(5);
    expect(fedAvg({ minEvaluateClients: 7, fractionEvaluate: 0 }).minAvailableClients).toBe(2);
  });
});

describe("evaluation", () => {
  const results = [
    { clientId: "a", loss: 1, numExamples: 1, metrics: { accuracy: 0.5, n: 3n } },
    { clientId: "b", loss: 4, numExamples: 3, metrics: { accuracy: 1, name: "x" } },
  ];

  it("is the mean over all examples", async () => {
    const strategy = fedAvg({ evaluateMetricsAggregation: weightedMeanOfMetrics });
    expect(await strategy.aggregateEvaluate(contextOf(2), results, [])).toEqual({
      loss: 3.25,
      metrics: { accuracy: 0.875, n: 3 },
    });
    expect(await fedAvg().aggregateEvaluate(contextOf(2), results, [])).toMatchObject({
      metrics: {},
    });
  });

  it("is of nobody if nobody has a result, or an example", () => {
    const none = results.map((result) => ({ ...result, numExamples: 0 }));
    for (const of of [[], none]) {
      expect(() => fedAvg().aggregateEvaluate(contextOf(2), of, [])).toThrow("no client had");
    }
  });
});
