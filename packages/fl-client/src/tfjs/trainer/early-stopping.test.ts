import { describe, expect, it } from "vitest";
import { createEarlyStopping } from "./early-stopping.js";

describe("createEarlyStopping", () => {
  it("knows the best epoch, and stops after as many that are no better", () => {
    const stopping = createEarlyStopping({ patience: 2 });
    const verdicts = [1, 0.5, 0.5, 0.6, 0.4].map((loss) => stopping.epochEnded(loss));
    expect(verdicts.map(({ isBest }) => isBest)).toEqual([true, true, false, false, true]);
    expect(verdicts.map(({ shouldStop }) => shouldStop)).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it("takes more for better where that is better", () => {
    const stopping = createEarlyStopping({ monitor: "roc_auc_score", minDelta: 0.01, patience: 1 });
    expect(stopping.epochEnded(0.8).isBest).toBe(true);
    expect(stopping.epochEnded(0.805)).toEqual({ isBest: false, shouldStop: true });
    expect(stopping.epochEnded(0.9)).toEqual({ isBest: true, shouldStop: false });
  });

  it("does not count an epoch of which nothing is known", () => {
    const stopping = createEarlyStopping({ patience: 1 });
    for (const value of [Number.NaN, undefined]) {
      expect(stopping.epochEnded(value)).toEqual({ isBest: false, shouldStop: false });
    }
    expect(stopping.epochEnded(3).isBest).toBe(true);
    expect(createEarlyStopping({ monitor: "brier_score" }).epochEnded(0.2).isBest).toBe(true);
  });

  it.each([{ patience: 0 }, { patience: 1.5 }, { minDelta: -1 }])("refuses %j", (options) => {
    expect(() => createEarlyStopping(options)).toThrow(RangeError);
  });
});
