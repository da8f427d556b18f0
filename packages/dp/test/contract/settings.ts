/**
 * What the contract of an accountant is about: the settings, and what a check is.
 *
 * @module
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { Accountant } from "../../src/accountant.js";
import { isDpError } from "../../src/errors.js";
import type { DpEvent, NeighboringRelation } from "../../src/event.js";
import { gaussian, laplace, sampledGaussian, treeAggregation } from "../../src/make-event.js";

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
export const MAKE: {
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

export const DELTA = 1e-5;
export const NONE: DpEvent = { kind: "none" };
export const NON_PRIVATE: DpEvent = { kind: "non-private" };

export const noises: fc.Arbitrary<number> = fc.double({ min: 0.6, max: 8, noNaN: true });
export const counts: fc.Arbitrary<number> = fc.integer({ min: 1, max: 200 });
export const rates: fc.Arbitrary<number> = fc.double({ min: 1e-4, max: 0.5, noNaN: true });
export const deltas: fc.Arbitrary<number> = fc
  .double({ min: -9, max: -1.5, noNaN: true })
  .map((exponent) => 10 ** exponent);
export const factors: fc.Arbitrary<number> = fc.double({ min: 1, max: 4, noNaN: true });

/** What a mechanism without sampling is on a sample. */
export const UNSAMPLED = {
  "sampled-gaussian": "gaussian",
  "sampled-laplace": "laplace",
} as const;

export function isSampled(kind: MechanismKind): kind is keyof typeof UNSAMPLED {
  return kind in UNSAMPLED;
}

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

/** At most, but for the tolerance. */
export function expectAtMost(
  smaller: number,
  larger: number,
  { tolerance = 1e-9 }: ContractOptions,
): void {
  expect(smaller).not.toBeNaN();
  expect(smaller).toBeLessThanOrEqual(larger * (1 + tolerance) + Number.MIN_VALUE);
}

/** That an event is refused as one that is not known. */
export function expectRefused(run: () => unknown): void {
  expect(run).toThrow(
    expect.toSatisfy((error: unknown) => isDpError(error) && error.code === "UNSUPPORTED_EVENT"),
  );
}
