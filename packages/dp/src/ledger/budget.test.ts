import { describe, expect, it } from "vitest";
import { gaussian, laplace } from "../make-event.js";
import { rdpAccountant } from "../rdp-accountant.js";
import { assertWithinBudget, remainingCount } from "./budget.js";

const budget = { epsilon: 8, delta: 1e-5, accountant: rdpAccountant() };
const step = gaussian({ noiseMultiplier: 5 });
const nothing = { kind: "none" } as const;

describe("remainingCount", () => {
  it("is the last that fits, and takes off what was spent", () => {
    const count = remainingCount(nothing, step, budget);
    const spent = { kind: "repeated", event: step, count } as const;
    expect(() => assertWithinBudget({ ...spent, count: count - 1 }, step, budget)).not.toThrow();
    expect(() => assertWithinBudget(spent, step, budget)).toThrow("of 8 at delta 0.00001");
    expect(remainingCount(step, step, budget)).toBe(count - 1);
    expect(remainingCount(spent, step, budget)).toBe(0);
    expect(remainingCount(laplace({ noiseMultiplier: 0 }), step, budget)).toBe(0);
  });

  it("is no more than is of interest, and a count", () => {
    expect(remainingCount(nothing, step, budget, 3)).toBe(3);
    expect(remainingCount(nothing, nothing, budget)).toBe(2 ** 31);
    expect(remainingCount(nothing, nothing, budget, Infinity)).toBe(Number.MAX_SAFE_INTEGER);
    const weak = gaussian({ noiseMultiplier: 1e12 });
    expect(remainingCount(nothing, weak, budget, 2 ** 60)).toBe(Number.MAX_SAFE_INTEGER);
  });
});
