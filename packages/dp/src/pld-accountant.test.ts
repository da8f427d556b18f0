import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { describeAccountant } from "../test/accountant-contract.js";
import type { DpEvent, NeighboringRelation } from "./event.js";
import { composed, gaussian, laplace, repeated, sampledGaussian } from "./make-event.js";
import { pldAccountant } from "./pld-accountant.js";

vi.setConfig({ testTimeout: 60_000 });

describeAccountant("pld", pldAccountant, {
  knows: ["gaussian", "sampled-gaussian", "laplace", "sampled-laplace"],
  knowsReplaced: ["gaussian", "sampled-gaussian", "laplace"],
  numRuns: 3,
  // Grids of different settings differ in how much they add.
  tolerance: 1e-4,
});

const accountant = pldAccountant();
const steps = (sampleRate: number, noiseMultiplier: number, count: number): DpEvent =>
  repeated(sampledGaussian({ sampleRate, noiseMultiplier }), count);

describe("reference values", () => {
  // dp_accounting 0.6.0, PLDAccountant: q, noise multiplier, steps, delta, epsilon. Its interval is always 1e-4, which
  // for small losses is coarser than here: there it is up to 0.2 % larger.
  it.each([
    [0.04, 1.5, 2250, 1e-5, 6.768787],
    [256 / 60000, 1.1, 14062, 1e-5, 2.381686],
    [256 / 60000, 1.1, 3515, 1e-5, 1.133745],
    [0.01, 1, 100, 1e-5, 0.718037],
    [0.01, 1, 1000, 1e-5, 1.828244],
    [0.01, 1, 10000, 1e-5, 6.187745],
    [0.01, 4, 10000, 1e-5, 0.946999],
    [0.01, 0.5, 100, 1e-5, 6.47621],
    [0.01, 0.5, 1000, 1e-5, 13.360826],
    [0.1, 1, 100, 1e-5, 7.046603],
    [0.1, 0.5, 100, 1e-5, 31.370995],
    [0.1, 0.5, 10, 1e-5, 12.261239],
    [0.064, 0.5, 80, 1e-5, 19.914882],
    [0.064, 0.5, 1600, 1e-5, 105.967448],
    [0.032, 0.5, 157, 1e-5, 15.670452],
    [0.032, 0.5, 1563, 1e-5, 49.192956],
    [64 / 60000, 0.5, 4690, 1e-5, 4.490285],
    [64 / 60000, 1, 4690, 1e-5, 0.344572],
    [1, 0.5, 1, 1e-5, 9.997256],
    [1, 1, 1, 1e-5, 4.377178],
    [1, 4, 100, 1e-5, 13.206712],
    [0.001, 0.8, 1000, 1e-6, 0.467695],
    [0.001, 1.5, 20000, 1e-6, 0.427622],
    [0.05, 2, 1000, 1e-6, 4.162611],
    [0.2, 3, 100, 1e-6, 3.371055],
    [0.05, 0.8, 100, 1e-6, 6.730629],
  ])("dp_accounting: q %d, noise %d, %i steps", (q, noise, count, delta, expected) => {
    const { epsilon, lowerEpsilon } = accountant.epsilon(steps(q, noise, count), delta);
    expect(epsilon / expected).toBeGreaterThan(1 - 2e-3);
    expect(epsilon / expected).toBeLessThan(1 + 5e-5);
    expect(lowerEpsilon).toBeLessThanOrEqual(epsilon);
    expect(lowerEpsilon).toBeGreaterThan(epsilon * (1 - 2e-4));
  });

  // microsoft/prv_accountant by way of opacus/tests/prv_accountant.py; up to 0.01 above the truth by its own bound.
  const prv: readonly (readonly [number, number, ...number[]])[] = [
    [100, 0.001, 0.270403364, 0.039369419, 0.029104537, 0.021520093],
    [100, 0.05, 6.741051939, 1.953853136, 1.28363738, 0.76793379],
    [100, 0.2, 24.333664178, 8.498977859, 5.672055608, 3.38122051],
    [1000, 0.001, 0.477771266, 0.09982066, 0.071218783, 0.047615931],
    [1000, 0.05, 19.525842805, 6.209969247, 4.172799867, 2.527574326],
    [20000, 0.001, 1.296009258, 0.437005109, 0.30583794, 0.194031031],
    [20000, 0.05, Number.NaN, 38.306617914, 24.42171857, 13.961114699],
    [50000, 0.001, 2.034514808, 0.704218385, 0.49135491, 0.309694161],
    [50000, 0.05, Number.NaN, 73.190176724, 45.236995861, 24.942005644],
  ];
  it.each(prv)("PRV: %i steps, q %d", (count, q, ...expected) => {
    [0.8, 1.5, 2, 3].forEach((noise, i) => {
      if (Number.isNaN(expected[i])) return;
      const event = steps(q, noise, count);
      const { epsilon } = accountant.epsilon(event, 1e-6, { lowerBound: false });
      expect(epsilon).toBeGreaterThanOrEqual(expected[i]! - 0.012);
      expect(epsilon).toBeLessThanOrEqual(expected[i]!);
    });
  });

  it("dp_accounting's tests: delta of epsilon 1", () => {
    const plain = repeated(gaussian({ noiseMultiplier: Math.sqrt(3) }), 3);
    expect(Math.abs(accountant.delta(plain, 1).delta - 0.126936)).toBeLessThan(1e-5);
    expect(Math.abs(accountant.delta(steps(0.2, 0.5, 3), 1).delta - 0.15594)).toBeLessThan(1e-3);
  });

  it.each([
    [0.01, 0.67379294682, 1],
    // Sensitivity 6.
    [0.001, 3.20956502598 / 6, 25],
  ])("dp_accounting's tests: the least noise for epsilon 1 (q %d)", (q, noise, count) => {
    const at = (noiseMultiplier: number) =>
      accountant.epsilon(steps(q, noiseMultiplier, count), 1e-5).epsilon;
    expect(at(noise + 1e-3)).toBeLessThanOrEqual(1);
    expect(at(noise - 1e-3)).toBeGreaterThan(1);
  });
});

describe("closed forms", () => {
  // Balle & Wang 2018 (arXiv:1805.06530), theorem 8, by quadrature of N(1/s, 1) against N(0, 1).
  function deltaOfGaussian(noise: number, epsilon: number): number {
    const start = noise * epsilon + 1 / (2 * noise);
    let delta = 0;
    const width = 1e-4;
    for (let z = start + width / 2; z < start + 12; z += width) {
      const ratio = -Math.expm1(epsilon - (z - 1 / (2 * noise)) / noise);
      delta += Math.exp(-((z - 1 / noise) ** 2) / 2) * ratio * width;
    }
    return delta / Math.sqrt(2 * Math.PI);
  }

  it.each([
    [0.5, 1, 1e-5],
    [1, 1, 1e-5],
    [4, 100, 1e-12],
    [2, 7, 1e-25],
    [0.1, 1, 1e-6],
  ])(
    "is right for Gaussians, down to small deltas (noise %d, %i times, delta %d)",
    (noise, count, delta) => {
      const event = repeated(gaussian({ noiseMultiplier: noise }), count);
      const { epsilon, lowerEpsilon } = accountant.epsilon(event, delta);
      const together = noise / Math.sqrt(count);
      expect(deltaOfGaussian(together, epsilon)).toBeLessThanOrEqual(delta * (1 + 1e-6));
      expect(deltaOfGaussian(together, lowerEpsilon!)).toBeGreaterThanOrEqual(delta * (1 - 1e-6));
      expect(epsilon - lowerEpsilon!).toBeLessThan(1e-5 * epsilon);
    },
  );

  it.each([
    [0.6, 0],
    [0.6, 1],
    [0.6, 8],
    [4, 0.01],
    [4, 1.5],
    [30, 0.2],
    // Beyond the largest loss that is looked at.
    [0.6, 17.5],
    [0.6, 100],
  ])("tells the delta of a Gaussian: noise %d, epsilon %d", (noise, epsilon) => {
    const { delta } = accountant.delta(gaussian({ noiseMultiplier: noise }), epsilon);
    const truth = deltaOfGaussian(noise, epsilon);
    expect(delta).toBeGreaterThanOrEqual(truth * (1 - 1e-6));
    expect(delta).toBeLessThanOrEqual(truth * (1 + 1e-3) + 2e-20);
  });

  it("is right for one Laplace mechanism", () => {
    const { epsilon } = accountant.epsilon(laplace({ noiseMultiplier: 2 }), 0.01);
    expect(Math.abs(epsilon - (0.5 + 2 * Math.log(0.99)))).toBeLessThan(1e-6);
  });

  it("takes different mechanisms together as none of them alone", () => {
    const parts = [steps(0.01, 1, 500), repeated(laplace({ noiseMultiplier: 20 }), 10)] as const;
    const [a, b, both] = [...parts, composed(...parts)].map(
      (event) => accountant.epsilon(event, 1e-5).epsilon,
    );
    expect(both).toBeGreaterThan(Math.max(a!, b!));
    expect(both).toBeLessThan(a! + b!);
  });
});

describe("replace-one", () => {
  const replacing = pldAccountant({ neighboringRelation: "replace-one" });

  // dp_accounting 0.6.0, PLD.from_gaussian_mechanism with REPLACE_ONE, intervals of 5e-6 to 2e-5.
  it.each([
    [0.01, 1, 1000, 1e-5, 2.8434404],
    [0.1, 1, 100, 1e-5, 10.5163801],
    [0.04, 1.5, 2250, 1e-5, 13.4884966],
    [0.2, 3, 100, 1e-6, 6.7537947],
    [0.001, 0.8, 1000, 1e-6, 0.5058088],
    [0.5, 0.7, 3, 1e-5, 11.9420013],
    [0.01, 4, 10000, 1e-5, 1.9931989],
  ])("dp_accounting: q %d, noise %d, %i steps", (q, noise, count, delta, expected) => {
    const { epsilon, lowerEpsilon } = replacing.epsilon(steps(q, noise, count), delta);
    expect(epsilon / expected).toBeGreaterThan(1 - 1e-4);
    expect(epsilon / expected).toBeLessThan(1 + 5e-5);
    expect(lowerEpsilon).toBeLessThanOrEqual(epsilon);
    expect(lowerEpsilon).toBeGreaterThan(epsilon * (1 - 2e-4));
  });
});

describe("what is asked for", () => {
  const event = steps(0.01, 1, 500);

  it("leaves out the lower bound where it is not wanted", () => {
    const { epsilon, lowerEpsilon } = accountant.epsilon(event, 1e-5);
    const alone = accountant.epsilon(event, 1e-5, { lowerBound: false });
    expect(alone).toEqual({ epsilon, warnings: [] });
    expect(lowerEpsilon).toBeGreaterThan(0.999 * epsilon);
  });

  it("takes no interval that is wider", () => {
    const at = (valueDiscretization: number) =>
      pldAccountant({ valueDiscretization }).epsilon(event, 1e-5);
    const [fine, coarse] = [at(1e-5), accountant.epsilon(event, 1e-5)];
    expect(fine.epsilon).toBeLessThan(coarse.epsilon);
    expect(fine.epsilon - fine.lowerEpsilon!).toBeLessThan(
      0.1 * (coarse.epsilon - coarse.lowerEpsilon!),
    );
    expect(fine.epsilon).toBeGreaterThan(coarse.lowerEpsilon!);
  });
});

// Rounding of so many steps is more than the loss itself: it has to be on the safe side of it.
it.each([
  [1.8159889867558392, 1.1717266770604731e-94, 8143766706595644, 421.5585316687389, 5.6e-102],
  [0.7467029743194296, 1e-300, 1131163529980345, 1.0626451786716203e266, 1e-300],
  [2.5521272269197962e51, 1 - 2 ** -53, 2783481100178673, 70.97056480891789, 1e-30],
])(
  "is no less than a Laplace mechanism beside steps of next to nothing: %d",
  (noise, q, count, other, delta) => {
    const event = composed(steps(q, noise, count), laplace({ noiseMultiplier: other }));
    expect(accountant.epsilon(event, delta).epsilon).toBeGreaterThanOrEqual(1 / other);
  },
);

it("is a bound, and never NaN, whatever the setting", () => {
  const noises = fc.oneof(
    fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }),
    fc.double({ min: 1e-2, max: 100, noNaN: true }),
  );
  const setting = fc.record({
    noise: noises,
    q: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(1e-300, 1 - 2 ** -53)),
    count: fc.oneof(fc.nat(1000), fc.maxSafeNat()),
    other: noises,
  });
  const deltas = fc.oneof(
    fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
    fc.constantFrom(1e-300, 1e-30, 1e-5),
  );
  const epsilons = fc.double({ min: 0, noNaN: true });
  const relations = fc.constantFrom("add-or-remove-one", "replace-one");
  fc.assert(
    fc.property(setting, deltas, epsilons, relations, (of, delta, epsilon, relation) => {
      const { noise, q, count, other } = of;
      const any = pldAccountant({ neighboringRelation: relation as NeighboringRelation });
      const event = composed(steps(q, noise, count), laplace({ noiseMultiplier: other }));
      const bound = any.epsilon(event, delta);
      expect(bound.epsilon).toBeGreaterThanOrEqual(0);
      // No less than one Laplace mechanism alone, of which this is the truth.
      const pure = (relation === "replace-one" ? 2 : 1) / other;
      const alone = pure + 2 * Math.log1p(-delta);
      if (alone > 0) expect(bound.epsilon).toBeGreaterThanOrEqual(alone * (1 - 1e-9));
      expect(bound.lowerEpsilon ?? 0).toBeGreaterThanOrEqual(0);
      expect(bound.lowerEpsilon ?? 0).toBeLessThanOrEqual(bound.epsilon);
      const back = any.delta(event, epsilon).delta;
      expect(back).toBeGreaterThanOrEqual(0);
      expect(back).toBeLessThanOrEqual(1);
    }),
    // A run takes seconds, so that shrinking would take hours.
    { numRuns: 6, endOnFailure: true },
  );
});

it("refuses a sample of samples, and names it", () => {
  const event: DpEvent = { kind: "poisson-sampled", sampleRate: 0.1, event: steps(0.1, 1, 2) };
  expect(() => accountant.epsilon(event, 1e-5)).toThrow("a Poisson sample of kind poisson-sampled");
});

it.each([0, -1, 2, Number.NaN])("refuses an interval of %d", (valueDiscretization) => {
  expect(() => pldAccountant({ valueDiscretization })).toThrow(RangeError);
});

it.each([0, 1e-3, Number.NaN])("refuses a tail of %d", (tailMass) => {
  expect(() => pldAccountant({ tailMass })).toThrow(RangeError);
});
