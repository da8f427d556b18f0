import { describe, expect, it } from "vitest";
import { tinyModel } from "../../../test/tiny-model.js";
import { learningRates } from "./parameter-groups.js";
import { oneCycle } from "./schedule.js";
import { constantPlan, fineTunePlan, oneCyclePlan, scaledGroups } from "./training-plan.js";

describe("one cycle", () => {
  // fastai 2.5: SchedCos(a, b)(p) = a + (1 + cos(π (1 - p))) (b - a) / 2, of pct_start 0.25, div 25, div_final 1e5.
  it.each([
    [0, 1 / 25, 0.95],
    [0.125, (1 / 25 + 1) / 2, 0.9],
    [0.25, 1, 0.85],
    [0.625, (1 + 1e-5) / 2, 0.9],
    [1, 1e-5, 0.95],
  ])("at %f has fastai's rate and momentum", (share, factor, momentum) => {
    const step = oneCycle()(share);
    expect(step.factor).toBeCloseTo(factor, 10);
    expect(step.momentum).toBeCloseTo(momentum, 10);
  });

  it("refuses shares that are none", () => {
    expect(() => oneCycle({ pctStart: 1 })).toThrow(/pctStart/);
    expect(() => oneCycle({ div: 0 })).toThrow(/div/);
    expect(() => oneCycle({ divFinal: Number.NaN })).toThrow(/divFinal/);
  });
});

describe("plans", () => {
  const model = tinyModel();

  it("fine-tune as fastai: the head, then all with rates from lr/200 to lr/2", () => {
    const [frozen, unfrozen] = fineTunePlan(model, 5, 0.02);
    expect([frozen!.epochs, unfrozen!.epochs]).toEqual([1, 4]);
    expect([...learningRates(model, frozen!.groups)]).toEqual([
      ["fc2.weight", 0.02],
      ["fc2.bias", 0.02],
    ]);
    const rates = learningRates(model, unfrozen!.groups);
    expect(rates.size).toBe(model.state.length);
    // even_mults(1e-4, 1e-2, 3).
    expect(rates.get("conv1.weight")).toBeCloseTo(1e-4, 12);
    expect(rates.get("fc1.bias")).toBeCloseTo(1e-3, 12);
    expect(rates.get("fc2.bias")).toBeCloseTo(1e-2, 12);
    expect(frozen!.schedule(0.99).factor).toBe(1);
    expect(frozen!.schedule(0).factor).toBeCloseTo(1 / 25, 12);
    expect(unfrozen!.schedule(0.3).factor).toBeCloseTo(1, 12);
    expect(unfrozen!.schedule(0).factor).toBeCloseTo(1 / 5, 12);
  });

  it.each([1, 2, 3, 10])("have %i epochs in all, the frozen one among them", (epochs) => {
    for (const plan of [
      fineTunePlan(model, epochs, 0.02),
      constantPlan(epochs, 0.02),
      oneCyclePlan(epochs, 0.02),
    ]) {
      expect(plan.reduce((sum, phase) => sum + phase.epochs, 0)).toBe(epochs);
      expect(plan.every((phase) => phase.epochs >= 1)).toBe(true);
      // The last trains the body, too.
      expect(learningRates(model, plan.at(-1)!.groups).size).toBe(model.state.length);
    }
  });

  it("train all at one rate, or in one cycle", () => {
    const [constant] = constantPlan(2, 0.1);
    expect(constant!.schedule(0.5)).toEqual({ factor: 1 });
    const [cycle] = oneCyclePlan(2, 0.1, { pctStart: 0.5 });
    const groups = scaledGroups(cycle!.groups, cycle!.schedule(0).factor);
    expect(learningRates(model, groups).get("conv1.bias")).toBeCloseTo(0.004, 12);
    expect(() => constantPlan(0, 0.1)).toThrow(/epochs/);
  });

  it("have rates and groups that are there", () => {
    expect(() => learningRates(model, [{ prefixes: ["none"], learningRate: 1 }])).toThrow(/groups/);
    expect(() => learningRates(model, [{ prefixes: [""], learningRate: -1 }])).toThrow(
      /learningRate/,
    );
  });
});
