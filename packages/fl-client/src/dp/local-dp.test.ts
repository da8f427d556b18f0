import { type DpEvent, rdpAccountant } from "@dsail/dp";
import type { ModelParameters } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import type { Trainer, TrainerContext } from "../trainer.js";
import { withLocalDp } from "./local-dp.js";

const CONTEXT: TrainerContext = {
  ...{ signal: new AbortController().signal, round: 1, onProgress: () => undefined },
};
const SIZE = 20_000;
const model = (value: number): ModelParameters => [
  { name: "w", dtype: "float64", shape: [SIZE], data: new Float64Array(SIZE).fill(value) },
];
/** Moves by a step of norm 100. */
const TRAINER: Trainer = {
  getParameters: () => model(0),
  fit: () => ({ parameters: model(100 / Math.sqrt(SIZE)), numExamples: 50, metrics: { loss: 1 } }),
  evaluate: () => ({ loss: 0, numExamples: 1, metrics: {} }),
};

const momentsOf = ({ data }: ModelParameters[number]) => {
  const values = data as Float64Array;
  const mean = values.reduce((sum, value) => sum + value, 0) / SIZE;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / SIZE;
  return { mean, deviation: Math.sqrt(variance) };
};

describe("withLocalDp", () => {
  it("clips, and adds noise of noiseMultiplier times maxGradNorm", async () => {
    const [maxGradNorm, noiseMultiplier] = [2, 1.5];
    const events: DpEvent[] = [];
    const record = (event: DpEvent) => void events.push(event);
    const trainer = withLocalDp(TRAINER, { maxGradNorm, noiseMultiplier, record });
    const result = await trainer.fit(model(0), {}, CONTEXT);
    const { mean, deviation } = momentsOf(result.parameters[0]!);
    // Of 20,000 values: the error of the mean is 3/141, of the deviation 3/200; five of each.
    expect(Math.abs(mean - maxGradNorm / Math.sqrt(SIZE))).toBeLessThan(0.107);
    expect(Math.abs(deviation - 3)).toBeLessThan(0.075);
    expect(events).toEqual([{ kind: "gaussian", noiseMultiplier }]);
    expect(result).toMatchObject({ numExamples: 50, metrics: {} });
    expect(result.metrics).toEqual({});
  });

  it("is accounted for as a step in the place of another: half the noise", async () => {
    const events: DpEvent[] = [];
    const record = (event: DpEvent) => void events.push(event);
    const trainer = withLocalDp(TRAINER, { maxGradNorm: 1, noiseMultiplier: 8, record });
    await trainer.fit(model(0), {}, CONTEXT);
    const { epsilon } = rdpAccountant({ neighboringRelation: "replace-one" }).epsilon(
      events[0]!,
      1e-5,
    );
    // Two updates are 2 · maxGradNorm apart at most.
    const half: DpEvent = { kind: "gaussian", noiseMultiplier: 4 };
    expect(epsilon).toBeCloseTo(rdpAccountant().epsilon(half, 1e-5).epsilon, 12);
  });

  it("lets nothing out that could not be recorded", async () => {
    const spent = Object.assign(new Error("spent"), { name: "DpError", code: "BUDGET_EXCEEDED" });
    const record = () => Promise.reject(spent);
    const trainer = withLocalDp(TRAINER, { maxGradNorm: 1, noiseMultiplier: 1, record });
    await expect(trainer.fit(model(0), {}, CONTEXT)).rejects.toBe(spent);
    expect(await trainer.getParameters({}, CONTEXT)).toEqual(model(0));
  });

  it("gives what left last when it is asked for its parameters", async () => {
    const options = { maxGradNorm: 1, noiseMultiplier: 1, record: () => undefined };
    const trainer = withLocalDp({ ...TRAINER, getParameters: () => model(7) }, options);
    expect(await trainer.getParameters({}, CONTEXT)).toEqual(model(7));
    const { parameters } = await trainer.fit(model(0), {}, CONTEXT);
    expect(await trainer.getParameters({}, CONTEXT)).toBe(parameters);
  });

  it.each([
    [{ noiseMultiplier: 0 }],
    [{ noiseMultiplier: Number.NaN }],
    [{ maxGradNorm: 0 }],
    [{ maxGradNorm: Number.POSITIVE_INFINITY }],
  ])("refuses %o", (wrong) => {
    const right = { maxGradNorm: 1, noiseMultiplier: 1, record: () => undefined };
    expect(() => withLocalDp(TRAINER, { ...right, ...wrong })).toThrow(RangeError);
  });
});
