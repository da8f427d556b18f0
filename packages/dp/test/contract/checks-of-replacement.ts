/**
 * The contract of an accountant: what a replacement comes to.
 *
 * @module
 */
import fc from "fast-check";
import { expect } from "vitest";
import { composed, repeated } from "../../src/make-event.js";
import {
  type ContractCheck,
  type ContractOptions,
  type CreateAccountant,
  counts,
  DELTA,
  expectAtMost,
  expectRefused,
  isSampled,
  MAKE,
  NONE,
  noises,
  rates,
  UNSAMPLED,
} from "./settings.js";

export function checksOfReplacement(
  create: CreateAccountant,
  options: ContractOptions,
): ContractCheck[] {
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
          { numRuns: options.numRuns ?? 50, endOnFailure: true },
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
