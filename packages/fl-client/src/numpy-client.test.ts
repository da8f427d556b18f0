import { createInMemoryTransport, type Scalars } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { ask, openHub, runRounds } from "../test/round-loop.js";
import {
  arraysOf,
  createTrainer,
  initialParameters,
  makeExamples,
  parametersOf,
  step,
} from "../test/softmax-trainer.js";
import { createClient } from "./client.js";
import { type NDArray, type NumPyClient, trainerOfNumPyClient } from "./numpy-client.js";

/** A client as D-SAIL's `FLClient`: `get_parameters`, `fit`, `evaluate`. */
function flClient(): NumPyClient {
  const data = makeExamples({ seed: 5, examples: 60 });
  const listOf = (weight: Float64Array, bias: Float64Array): NDArray[] =>
    parametersOf(weight, bias).map(({ name: _, ...array }) => array as NDArray);
  return {
    getParameters: () => listOf(...arraysOf(initialParameters())),
    fit: (parameters: readonly NDArray[], _config: Scalars) => {
      const [weight, bias] = parameters.map((array) => array.data as Float64Array);
      return [listOf(...step(weight!, bias!, [data])), 60, {}];
    },
    evaluate: () => [0.25, 60, { accuracy: 0.5 }],
  };
}

describe("trainerOfNumPyClient", () => {
  it("learns as a trainer does", async () => {
    const run = async (trainer: ReturnType<typeof createTrainer>) => {
      const { server, client } = createInMemoryTransport();
      const hub = await openHub(server);
      const end = createClient({ transport: client("a"), trainer }).run();
      const parameters = initialParameters();
      const result = await runRounds(hub, { rounds: 3, count: 1, parameters });
      const [connection] = await hub.clients(1);
      const instruction = { kind: "evaluate", id: "e", parameters, config: {} } as const;
      const evaluation = await ask(connection!, instruction);
      const properties = await ask(connection!, { kind: "getProperties", id: "p", config: {} });
      await hub.release();
      await end;
      return { ...result, evaluation, properties };
    };
    const ours = await run(createTrainer({ seed: 5, examples: 60 }));
    const theirs = await run(trainerOfNumPyClient(flClient()));
    expect(theirs.parameters.map(({ data }) => data)).toEqual(
      ours.parameters.map(({ data }) => data),
    );
    // Flower's wire has no names.
    expect(theirs.parameters.map(({ name }) => name)).toEqual(["0", "1"]);
    const evaluation = {
      kind: "evaluate",
      loss: 0.25,
      numExamples: 60,
      metrics: { accuracy: 0.5 },
    };
    expect(theirs.evaluation).toMatchObject(evaluation);
    expect(theirs.properties).toMatchObject({ code: "NOT_IMPLEMENTED" });
  });

  it.each([
    ["fit", { fit: () => [[], 1] as never }],
    ["evaluate", { evaluate: () => 0.5 as never }],
    ["getParameters", { getParameters: () => ({}) as never }],
  ] as const)("refuses what is no result of %s", async (kind, client) => {
    const trainer = trainerOfNumPyClient(client);
    const context = { signal: new AbortController().signal, round: 1, onProgress: () => undefined };
    const call = () =>
      kind === "getParameters"
        ? trainer.getParameters({}, context)
        : trainer[kind](initialParameters(), {}, context);
    await expect(call()).rejects.toThrow(TypeError);
    const none = trainerOfNumPyClient({});
    await expect(none.fit([], {}, context)).rejects.toMatchObject({ code: "NOT_IMPLEMENTED" });
  });
});
