/**
 * What any accountant must do, whatever it computes with.
 *
 *     describeAccountant("rdp", rdpAccountant, { knows: ["gaussian", "laplace"], knowsReplaced: ["gaussian"] });
 *
 * @module
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Accountant } from "../src/accountant.js";
import { isDpError } from "../src/errors.js";
import type { DpEvent, NeighboringRelation } from "../src/event.js";
import {
  composed,
  gaussian,
  laplace,
  repeated,
  sampledGaussian,
  treeAggregation,
} from "../src/make-event.js";

/** What an accountant may know; it must refuse those that it does not. */
export type MechanismKind =
  | "gaussian"
  | "sampled-gaussian"
  | "laplace"
  | "sampled-laplace"
  | "tree-aggregation";

export interface ContractOptions {
  readonly knows: readonly MechanismKind[];
  /** What it knows under `replace-one`. */
  readonly knowsReplaced: readonly MechanismKind[];
  /** Settings per property. Default 50. */
  readonly numRuns?: number;
  /** How far results may go the wrong way through discretization, of epsilon and delta itself. Default 1e-9. */
  readonly tolerance?: number;
}

/** One mechanism of each kind, with a noise multiplier; sampled at 1 % unless told otherwise. */
const MAKE: {
  readonly [kind in MechanismKind]: (noiseMultiplier: number, sampleRate?: number) => DpEvent;
} = {
  gaussian: (noiseMultiplier) => gaussian({ noiseMultiplier }),
  "sampled-gaussian": (noiseMultiplier, sampleRate = 0.01) =>
    sampledGaussian({ noiseMultiplier, sampleRate }),
  laplace: (noiseMultiplier) => laplace({ noiseMultiplier }),
  "sampled-laplace": (noiseMultiplier, sampleRate = 0.01) => ({
    kind: "poisson-sampled",
    sampleRate,
    event: laplace({ noiseMultiplier }),
  }),
  "tree-aggregation": (noiseMultiplier) =>
    treeAggregation({ noiseMultiplier, stepsPerTree: [3, 12] }),
};

const DELTA = 1e-5;
const NONE: DpEvent = { kind: "none" };
const NON_PRIVATE: DpEvent = { kind: "non-private" };

const noises = fc.double({ min: 0.6, max: 8, noNaN: true });
const counts = fc.integer({ min: 1, max: 200 });
const rates = fc.double({ min: 1e-4, max: 0.5, noNaN: true });
const deltas = fc.double({ min: -9, max: -1.5, noNaN: true }).map((exponent) => 10 ** exponent);
const factors = fc.double({ min: 1, max: 4, noNaN: true });

/** What a mechanism without sampling is on a sample. */
const UNSAMPLED = { "sampled-gaussian": "gaussian", "sampled-laplace": "laplace" } as const;
const isSampled = (kind: MechanismKind): kind is keyof typeof UNSAMPLED => kind in UNSAMPLED;

/** How an accountant is made. */
export type CreateAccountant = (options?: {
  readonly neighboringRelation?: NeighboringRelation;
}) => Accountant;

/** One thing that an accountant must do. */
export interface ContractCheck {
  readonly name: string;
  /** Throws if the accountant does not. */
  readonly run: () => void;
}

/** Describes the contract: call it at the top of a test file. */
export function describeAccountant(
  name: string,
  create: CreateAccountant,
  options: ContractOptions,
): void {
  describe(`contract of an accountant: ${name}`, () => {
    it.each(accountantContract(create, options))("$name", ({ run }) => run());
  });
}

/** The contract, check by check. */
export function accountantContract(
  create: CreateAccountant,
  options: ContractOptions,
): readonly ContractCheck[] {
  return [
    ...checksOfEnds(create, options),
    ...options.knows.flatMap((kind) => checksOfKind(create, kind, options)),
    ...options.knows.filter(isSampled).flatMap((kind) => checksOfSampling(create, kind, options)),
    ...checksOfReplacement(create, options),
    ...checksOfRefusal(create, options),
  ];
}

/** At most, but for the tolerance. */
function expectAtMost(smaller: number, larger: number, { tolerance = 1e-9 }: ContractOptions) {
  expect(smaller).not.toBeNaN();
  expect(smaller).toBeLessThanOrEqual(larger * (1 + tolerance) + Number.MIN_VALUE);
}

/** Nothing, and everything. */
function checksOfEnds(create: CreateAccountant, { knows }: ContractOptions): ContractCheck[] {
  const accountant = create();
  const free: readonly (readonly [string, DpEvent])[] = [
    ["none", NONE],
    ["nothing composed", composed()],
    ["nothing repeated", repeated(NONE, 1000)],
    ["private data 0 times", repeated(NON_PRIVATE, 0)],
  ];
  const ruinous: readonly (readonly [string, DpEvent])[] = [
    ["non-private", NON_PRIVATE],
    ["non-private, nested", composed(NONE, repeated(composed(NON_PRIVATE), 2))],
    ...knows.map((kind) => [`${kind} without noise`, MAKE[kind](0)] as const),
  ];
  return [
    ...free.map(([name, event]) => ({
      name: `spends nothing on ${name}`,
      run: () => {
        expect(accountant.epsilon(event, DELTA).epsilon).toBe(0);
        expect(accountant.delta(event, 0).delta).toBe(0);
      },
    })),
    ...ruinous.map(([name, event]) => ({
      name: `promises nothing for ${name}`,
      run: () => {
        expect(accountant.epsilon(event, DELTA).epsilon).toBe(Number.POSITIVE_INFINITY);
        expect(accountant.delta(event, 100).delta).toBe(1);
      },
    })),
  ];
}

/** What more steps, more noise and a larger delta come to. */
function checksOfKind(
  create: CreateAccountant,
  kind: MechanismKind,
  options: ContractOptions,
): ContractCheck[] {
  const { numRuns = 50, tolerance = 1e-9 } = options;
  const accountant = create();
  const make = MAKE[kind];
  const runs = { numRuns };
  return [
    {
      name: `${kind}: is an upper bound that is a number above 0`,
      run: () =>
        fc.assert(
          fc.property(noises, counts, deltas, (noise, count, delta) => {
            const bound = accountant.epsilon(repeated(make(noise), count), delta);
            expect(bound.epsilon).toBeGreaterThanOrEqual(0);
            expect(bound.epsilon).toBeLessThan(Number.POSITIVE_INFINITY);
            expectAtMost(bound.lowerEpsilon ?? 0, bound.epsilon, options);
          }),
          runs,
        ),
    },
    {
      name: `${kind}: spends more in more steps`,
      run: () =>
        fc.assert(
          fc.property(noises, counts, counts, deltas, (noise, count, more, delta) => {
            const at = (steps: number) =>
              accountant.epsilon(repeated(make(noise), steps), delta).epsilon;
            expectAtMost(at(count), at(count + more), options);
          }),
          runs,
        ),
    },
    {
      name: `${kind}: spends more in 20 steps than in 10`,
      run: () => {
        const at = (steps: number) => accountant.epsilon(repeated(make(1), steps), DELTA).epsilon;
        expect(at(20)).toBeGreaterThan(1.001 * at(10));
      },
    },
    {
      name: `${kind}: spends less with more noise`,
      run: () =>
        fc.assert(
          fc.property(noises, factors, counts, deltas, (noise, factor, count, delta) => {
            const at = (noiseMultiplier: number) =>
              accountant.epsilon(repeated(make(noiseMultiplier), count), delta).epsilon;
            expectAtMost(at(noise * factor), at(noise), options);
          }),
          runs,
        ),
    },
    {
      name: `${kind}: spends less for a larger delta, and delta falls with epsilon`,
      run: () =>
        fc.assert(
          fc.property(noises, counts, deltas, factors, (noise, count, delta, factor) => {
            const event = repeated(make(noise), count);
            const { epsilon } = accountant.epsilon(event, delta);
            const larger = Math.min(0.5, delta * factor);
            expectAtMost(accountant.epsilon(event, larger).epsilon, epsilon, options);
            expectAtMost(
              accountant.delta(event, epsilon * factor).delta,
              accountant.delta(event, epsilon).delta,
              options,
            );
          }),
          runs,
        ),
    },
    {
      name: `${kind}: tells the same by epsilon and by delta`,
      run: () =>
        fc.assert(
          fc.property(noises, counts, deltas, (noise, count, delta) => {
            const event = repeated(make(noise), count);
            const { epsilon } = accountant.epsilon(event, delta);
            const back = accountant.delta(event, epsilon).delta;
            // A change of epsilon is one of delta too, by as much again as epsilon is large.
            expect(back).toBeLessThanOrEqual(delta * (1 + 100 * tolerance * (1 + epsilon)));
            if (epsilon > 0) {
              // And no epsilon that is smaller by more than the tolerance would have done.
              const less = accountant.delta(event, epsilon * (1 - 100 * tolerance)).delta;
              expect(less).toBeGreaterThanOrEqual(delta * (1 - 100 * tolerance * (1 + epsilon)));
            }
          }),
          runs,
        ),
    },
    {
      name: `${kind}: does not ask how an event is nested`,
      run: () => {
        const event = make(2);
        const seven = accountant.epsilon(repeated(event, 7), DELTA).epsilon;
        const nested = composed(event, NONE, repeated(composed(event, event), 3));
        const apart = accountant.epsilon(nested, DELTA).epsilon;
        expect(Math.abs(apart - seven)).toBeLessThanOrEqual(seven * Math.max(tolerance, 1e-12));
      },
    },
  ];
}

/** What a sample comes to. */
function checksOfSampling(
  create: CreateAccountant,
  kind: keyof typeof UNSAMPLED,
  options: ContractOptions,
): ContractCheck[] {
  const accountant = create();
  const checks: ContractCheck[] = [
    {
      name: `${kind}: spends nothing at sample rate 0, and what it does without samples at 1`,
      run: () => {
        const never = MAKE[kind](0, 0);
        const always = MAKE[kind](1.5, 1);
        expect(accountant.epsilon(never, DELTA).epsilon).toBe(0);
        expect(accountant.epsilon(always, DELTA).epsilon).toBe(
          accountant.epsilon(MAKE[UNSAMPLED[kind]](1.5), DELTA).epsilon,
        );
      },
    },
    {
      name: `${kind}: spends more at a higher sample rate`,
      run: () =>
        fc.assert(
          fc.property(noises, rates, factors, counts, (noise, rate, factor, count) => {
            const at = (sampleRate: number) =>
              accountant.epsilon(repeated(MAKE[kind](noise, sampleRate), count), DELTA).epsilon;
            expectAtMost(at(rate), at(Math.min(1, rate * factor)), options);
          }),
          { numRuns: options.numRuns ?? 50 },
        ),
    },
  ];
  if (kind !== "sampled-gaussian") return checks;
  return [
    ...checks,
    {
      name: `${kind}: takes several on one sample for one, wherever they are`,
      run: () => {
        const sampled = (event: DpEvent): DpEvent => ({
          kind: "poisson-sampled",
          sampleRate: 0.05,
          event,
        });
        const apart = composed(gaussian({ noiseMultiplier: 6 }), composed(), NONE);
        const many = sampled(composed(repeated(apart, 4), gaussian({ noiseMultiplier: 4 })));
        // 4 of 6 are one of 3; with one of 4 that is 2.4.
        const one = sampled(gaussian({ noiseMultiplier: 2.4 }));
        const at = (event: DpEvent) => accountant.epsilon(repeated(event, 30), DELTA).epsilon;
        expect(Math.abs(at(many) - at(one))).toBeLessThanOrEqual(1e-12 * at(one));
      },
    },
  ];
}

/** What a replacement comes to. */
function checksOfReplacement(create: CreateAccountant, options: ContractOptions): ContractCheck[] {
  const { knows, knowsReplaced } = options;
  const accountant = create();
  const replacing = create({ neighboringRelation: "replace-one" });
  return [
    {
      name: "replace-one: is told",
      run: () => {
        expect(accountant.neighboringRelation).toBe("add-or-remove-one");
        expect(replacing.neighboringRelation).toBe("replace-one");
      },
    },
    {
      name: "replace-one: refuses a relation that is none",
      run: () => {
        for (const neighboringRelation of ["", "replace-special"] as never[]) {
          expect(() => create({ neighboringRelation })).toThrow(RangeError);
        }
      },
    },
    ...knowsReplaced
      .filter((kind) => !isSampled(kind))
      .map((kind) => ({
        name: `replace-one: moves a sum by twice as much: ${kind}`,
        run: () => {
          const event = (noise: number) => repeated(MAKE[kind](noise), 3);
          const { epsilon } = accountant.epsilon(event(1.5), DELTA);
          expect(replacing.epsilon(event(3), DELTA).epsilon).toBe(epsilon);
          const { delta } = accountant.delta(event(1.5), epsilon / 2);
          expect(replacing.delta(event(3), epsilon / 2).delta).toBe(delta);
        },
      })),
    ...knowsReplaced.filter(isSampled).map((kind) => ({
      name: `replace-one: spends more than a record more or less, and less than without samples: ${kind}`,
      run: () => {
        fc.assert(
          fc.property(noises, rates, counts, (noise, rate, count) => {
            const event = repeated(MAKE[kind](noise, rate), count);
            const { epsilon } = replacing.epsilon(event, DELTA);
            expectAtMost(accountant.epsilon(event, DELTA).epsilon, epsilon, options);
            const all = repeated(MAKE[UNSAMPLED[kind]](noise), count);
            expectAtMost(epsilon, replacing.epsilon(all, DELTA).epsilon, options);
          }),
          { numRuns: options.numRuns ?? 50 },
        );
        const event = repeated(MAKE[kind](1, 0.1), 100);
        const { epsilon } = accountant.epsilon(event, DELTA);
        expect(replacing.epsilon(event, DELTA).epsilon).toBeGreaterThan(1.1 * epsilon);
        const always = replacing.epsilon(MAKE[kind](1.5, 1), DELTA).epsilon;
        expect(always).toBe(replacing.epsilon(MAKE[UNSAMPLED[kind]](1.5), DELTA).epsilon);
      },
    })),
    ...knows
      .filter((kind) => !knowsReplaced.includes(kind))
      .map((kind) => ({
        name: `replace-one: refuses what it knows otherwise, by name: ${kind}`,
        run: () => {
          for (const event of [MAKE[kind](1), composed(NONE, repeated(MAKE[kind](1), 2))]) {
            expectRefused(() => replacing.epsilon(event, DELTA));
            expectRefused(() => replacing.delta(event, 1));
            expect(() => replacing.delta(event, 1)).toThrow(`${kind} under replace-one`);
          }
        },
      })),
  ];
}

/** What must not be answered. */
function checksOfRefusal(create: CreateAccountant, { knows }: ContractOptions): ContractCheck[] {
  const accountant = create();
  const others = (Object.keys(MAKE) as MechanismKind[]).filter((kind) => !knows.includes(kind));
  const unknown: readonly (readonly [string, unknown])[] = [
    ...others.map((kind) => [kind, MAKE[kind](1)] as const),
    ["a kind of another version", { kind: "discrete-gaussian", noiseMultiplier: 1 }],
    ["noise that is negative", { kind: "gaussian", noiseMultiplier: -1 }],
    ["noise that is not a number", { kind: "gaussian", noiseMultiplier: Number.NaN }],
    [
      "a sample of an unknown kind",
      { kind: "poisson-sampled", sampleRate: 0.1, event: { kind: "exponential" } },
    ],
    ["no event", null],
  ];
  return [
    ...others.map((kind) => ({
      name: `names what it refuses: ${kind}`,
      run: () => expect(() => accountant.epsilon(MAKE[kind](1), DELTA)).toThrow(kind),
    })),
    ...unknown.map(([name, event]) => ({
      name: `refuses ${name}, at any depth`,
      run: () => {
        for (const each of [
          event,
          { kind: "repeated", count: 2, event },
          { kind: "composed", events: [NONE, { kind: "composed", events: [event] }] },
          // Also where infinity would be a true answer: what is not known must be seen.
          { kind: "composed", events: [NON_PRIVATE, event] },
        ]) {
          expectRefused(() => accountant.epsilon(each as DpEvent, DELTA));
          expectRefused(() => accountant.delta(each as DpEvent, 1));
        }
      },
    })),
    ...[0, 1, -0.1, 1.5, Number.NaN].map((delta) => ({
      name: `refuses delta ${delta}`,
      run: () => expect(() => accountant.epsilon(NONE, delta)).toThrow(RangeError),
    })),
    ...[-1e-9, Number.NaN].map((epsilon) => ({
      name: `refuses epsilon ${epsilon}`,
      run: () => expect(() => accountant.delta(NONE, epsilon)).toThrow(RangeError),
    })),
  ];
}

function expectRefused(run: () => unknown): void {
  expect(run).toThrow(
    expect.toSatisfy((error: unknown) => isDpError(error) && error.code === "UNSUPPORTED_EVENT"),
  );
}
