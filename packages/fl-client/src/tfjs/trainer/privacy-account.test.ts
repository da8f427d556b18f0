import { assertWithinBudget, composed, pldAccountant, repeated, sampledGaussian } from "@dsail/dp";
import { describe, expect, it } from "vitest";
import { openPrivacyAccount } from "./privacy-account.js";

const step = (count: number) =>
  repeated(sampledGaussian({ noiseMultiplier: 0.5, sampleRate: 0.064 }), count);

describe("openPrivacyAccount", () => {
  it("adds up what was charged, over rounds", () => {
    const account = openPrivacyAccount({ delta: 1e-5, numExamples: 1000 });
    expect(account.spent().epsilon).toBe(0);
    account.charge(step(80), "round 1");
    // dp_accounting 0.6.0 gives 19.914882 for 80 steps.
    expect(account.spent().epsilon).toBeCloseTo(19.9149, 3);
    account.charge(step(80), "round 2");
    expect(account.spent().epsilon).toBeGreaterThan(25);
  });

  it("warns where D-SAIL's defaults hide how much they spend", () => {
    const alphas = Array.from({ length: 30 }, (_, index) => index + 2);
    const account = openPrivacyAccount({ delta: 1e-5, numExamples: 1000, alphas });
    account.charge(step(80), "round 1");
    const { epsilon, warnings } = account.spent();
    // opacus's formula at alpha 2, the first one there is.
    expect(epsilon).toBeCloseTo(26.0044, 3);
    expect(warnings.join("\n")).toMatch(/order/);
    expect(warnings.join("\n")).toMatch(/protects little/);
  });

  it("warns of a delta that promises nothing", () => {
    const { warnings } = openPrivacyAccount({ delta: 0.01, numExamples: 100 }).spent();
    expect(warnings.join("\n")).toMatch(/delta/);
  });

  it("asks the ledger first", () => {
    const budget = { epsilon: 1, delta: 1e-5, accountant: pldAccountant() };
    const none = composed();
    const ledger = {
      spent: () => none,
      record: (event: ReturnType<typeof step>) => assertWithinBudget(none, event, budget),
    };
    const account = openPrivacyAccount({ delta: 1e-5, numExamples: 1000, ledger });
    expect(() => account.charge(step(80), "round 1")).toThrow(/would make epsilon/);
  });
});
