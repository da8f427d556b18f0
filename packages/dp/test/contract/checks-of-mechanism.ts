/**
 * The contract of an accountant: what one mechanism comes to.
 *
 * @module
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { DpEvent } from "../../src/event.js";
import { composed, gaussian, repeated } from "../../src/make-event.js";
import {
  type ContractCheck,
  type ContractOptions,
  type CreateAccountant,
  counts,
  DELTA,
  deltas,
  expectAtMost,
  factors,
  MAKE,
  type MechanismKind,
  NONE,
  noises,
  rates,
  UNSAMPLED,
} from "./settings.js";

/** What more steps, more noise and a larger delta come to. */
export function checksOfKind(
  create: CreateAccountant,
  kind: MechanismKind,
  options: ContractOptions,
): ContractCheck[] {
  const { numRuns = 50, tolerance = 1e-9 } = options;
  const accountant = create();
  const make = MAKE[kind];
  // Of a slow accountant, shrinking would take hours.
  const runs = { numRuns, endOnFailure: true };
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
export function checksOfSampling(
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
          { numRuns: options.numRuns ?? 50, endOnFailure: true },
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
