/**
 * An event taken apart: which mechanisms ran on private data, and how often each.
 *
 * @module
 */

import { DpError } from "./errors.js";
import type { DpEvent, NeighboringRelation } from "./event.js";
import { checkEvent } from "./make-event.js";

/** What adds noise, or should. */
export type Mechanism =
  | { readonly kind: "non-private" }
  | { readonly kind: "gaussian"; readonly noiseMultiplier: number }
  | { readonly kind: "laplace"; readonly noiseMultiplier: number }
  /** With a sample rate above 0 and below 1. */
  | {
      readonly kind: "sampled-gaussian" | "sampled-laplace";
      readonly noiseMultiplier: number;
      readonly sampleRate: number;
    }
  /** One pass over the data, of which the tallest tree counts. */
  | {
      readonly kind: "tree-aggregation";
      readonly noiseMultiplier: number;
      readonly maxSteps: number;
    };

/** A mechanism, and how often it ran. */
export interface CountedMechanism {
  readonly mechanism: Mechanism;
  /** Above 0; `Infinity` where it is more than a double counts exactly. */
  readonly count: number;
  /** The same for the same mechanism. */
  readonly key: string;
}

/**
 * The mechanisms of an event, each once: composition does not depend on the order.
 *
 * Under `replace-one` without their samples: one record less and another one more move a sum by twice as much, which is
 * half of the noise. Of sampled ones that does not hold; they are told as they are.
 *
 * @throws {@link DpError} `UNSUPPORTED_EVENT` for an event that is not known, or sampling of anything but Gaussians or one
 * Laplace mechanism
 */
export function countMechanisms(
  event: DpEvent,
  neighboringRelation: NeighboringRelation,
): readonly CountedMechanism[] {
  const counted = new Map<string, CountedMechanism>();
  const add = (found: Mechanism | undefined, times: number): void => {
    if (found === undefined) return;
    const mechanism = neighboringRelation === "replace-one" ? withReplacement(found) : found;
    const key = Object.values(mechanism).join(" ");
    const sum = (counted.get(key)?.count ?? 0) + times;
    const count = sum > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : sum;
    counted.set(key, { mechanism, count, key });
  };
  visit(checkEvent(event), 1, add);
  return [...counted.values()];
}

/** That an accountant does not know a mechanism under a neighboring relation. */
export function unsupportedMechanism(
  accountant: string,
  { kind }: Mechanism,
  neighboringRelation: NeighboringRelation,
): DpError {
  const relation = neighboringRelation === "replace-one" ? ` under ${neighboringRelation}` : "";
  return new DpError("UNSUPPORTED_EVENT", `event: ${accountant} does not know ${kind}${relation}`);
}

/** @throws {@link RangeError} for what is no relation */
export function assertNeighboringRelation(relation: NeighboringRelation): void {
  if (relation === "add-or-remove-one" || relation === "replace-one") return;
  throw new RangeError("neighboringRelation: expected add-or-remove-one or replace-one");
}

/** A mechanism under `replace-one`, as it would be under `add-or-remove-one`. */
function withReplacement(mechanism: Mechanism): Mechanism {
  switch (mechanism.kind) {
    case "gaussian":
    case "laplace":
    case "tree-aggregation":
      return { ...mechanism, noiseMultiplier: mechanism.noiseMultiplier / 2 };
    default:
      return mechanism;
  }
}

function visit(
  event: DpEvent,
  times: number,
  add: (mechanism: Mechanism | undefined, times: number) => void,
): void {
  switch (event.kind) {
    case "none":
      return;
    case "non-private":
    case "gaussian":
    case "laplace":
      add(event, times);
      return;
    case "tree-aggregation": {
      const { kind, noiseMultiplier, stepsPerTree } = event;
      const maxSteps = stepsPerTree.reduce((most, steps) => Math.max(most, steps));
      add({ kind, noiseMultiplier, maxSteps }, times);
      return;
    }
    case "composed":
      for (const each of event.events) visit(each, times, add);
      return;
    case "repeated":
      // Also where `times` is infinite, for which 0 times would not be a number.
      if (event.count > 0) visit(event.event, times * event.count, add);
      return;
    case "poisson-sampled": {
      const { event: inner, sampleRate } = event;
      const mechanism =
        inner.kind === "laplace"
          ? sampled("laplace", inner.noiseMultiplier, sampleRate)
          : sampled("gaussian", noiseOf(inner), sampleRate);
      add(mechanism, times);
      return;
    }
  }
}

/** A mechanism on a sample, or what it is at the ends. */
function sampled(
  kind: "gaussian" | "laplace",
  noiseMultiplier: number,
  sampleRate: number,
): Mechanism | undefined {
  if (sampleRate === 0 || noiseMultiplier === Number.POSITIVE_INFINITY) return undefined;
  if (noiseMultiplier === 0) return { kind: "non-private" };
  if (sampleRate === 1) return { kind, noiseMultiplier };
  return { kind: `sampled-${kind}`, noiseMultiplier, sampleRate };
}

/**
 * Gaussians on the same sample are one whose noise is less: 1/σ² of them add up (Balle & Wang 2018, arXiv:1805.06530,
 * section 3; also dp_accounting 0.6.0).
 *
 * @returns the noise multiplier of that one; infinite if nothing was done
 */
function noiseOf(event: DpEvent): number {
  switch (event.kind) {
    case "none":
      return Number.POSITIVE_INFINITY;
    case "non-private":
      return 0;
    case "gaussian":
      return event.noiseMultiplier;
    case "composed":
      return event.events.map(noiseOf).reduce(noiseOfTwo, Number.POSITIVE_INFINITY);
    case "repeated": {
      // Asked also for 0 times, so that what is not known is refused.
      const noise = noiseOf(event.event);
      return event.count === 0 ? Number.POSITIVE_INFINITY : noise / Math.sqrt(event.count);
    }
    default:
      throw new DpError("UNSUPPORTED_EVENT", `event: a Poisson sample of kind ${event.kind}`);
  }
}

/** Relative to the smaller one, so that no square overflows. */
function noiseOfTwo(a: number, b: number): number {
  const smaller = Math.min(a, b);
  if (smaller === 0 || smaller === Number.POSITIVE_INFINITY) return smaller;
  return smaller / Math.sqrt(1 + (smaller / Math.max(a, b)) ** 2);
}
