/**
 * The RDP accountant: adds up Rényi divergences per order, and takes the order with the smallest epsilon.
 *
 * An upper bound for every event. Looser than an accountant of the privacy loss distribution, and faster.
 *
 * @module
 */
import type { Accountant } from "./accountant.js";
import { assertDelta, assertEpsilon } from "./assert-target.js";
import type { DpEvent, NeighboringRelation } from "./event.js";
import {
  assertNeighboringRelation,
  type CountedMechanism,
  countMechanisms,
  type Mechanism,
  unsupportedMechanism,
} from "./mechanism.js";
import {
  DEFAULT_ORDERS,
  deltaOfRdp,
  epsilonOfRdp,
  rdpOfGaussian,
  rdpOfLaplace,
  rdpOfSampledGaussian,
  rdpOfTreeAggregation,
} from "./rdp.js";

export interface RdpAccountantOptions {
  /** Orders to try; each above 1, at most 1e6, ascending. Default 1.1, 1.2 to 10.9, then 12 to 63, as in Opacus. */
  readonly orders?: readonly number[];
  /** Default `add-or-remove-one`. Under `replace-one` a sampled Gaussian is not known. */
  readonly neighboringRelation?: NeighboringRelation;
}

/** A sum over the order's integers takes as many terms. */
const MAX_ORDER = 1e6;

/** Curves that are kept, so that one more step of a training costs no series. */
const MAX_CURVES = 32;

/**
 * Makes an RDP accountant.
 *
 * Knows all but Laplace noise on a sample.
 *
 * @throws {@link RangeError} for orders that are none, out of range or not ascending
 */
export function rdpAccountant({
  orders = DEFAULT_ORDERS,
  neighboringRelation = "add-or-remove-one",
}: RdpAccountantOptions = {}): Accountant {
  assertOrders(orders);
  assertNeighboringRelation(neighboringRelation);
  const ownOrders = [...orders];
  const curves = new Map<string, readonly number[]>();

  const curveOf = ({ mechanism, key }: CountedMechanism): readonly number[] => {
    const known = curves.get(key);
    if (known !== undefined) return known;
    const curve = rdpOfMechanism(mechanism, neighboringRelation, ownOrders);
    if (curves.size >= MAX_CURVES) curves.clear();
    curves.set(key, curve);
    return curve;
  };

  const rdpOf = (event: DpEvent): readonly number[] => {
    const counted = countMechanisms(event, neighboringRelation).map((each) => ({
      curve: curveOf(each),
      count: each.count,
    }));
    return ownOrders.map((_, index) =>
      counted.reduce((sum, { curve, count }) => sum + times(count, curve[index] as number), 0),
    );
  };

  return {
    name: "rdp",
    neighboringRelation,
    isApproximate: false,

    epsilon: (event, delta) => {
      assertDelta(delta);
      const rdp = rdpOf(event);
      const epsilons = ownOrders.map((order, i) => epsilonOfRdp(order, rdp[i] as number, delta));
      const best = indexOfLeast(epsilons);
      const epsilon = epsilons[best] as number;
      if (epsilon === Number.POSITIVE_INFINITY) return { epsilon, warnings: [] };
      const warnings = epsilon === 0 ? [] : warningsOf(ownOrders, best, "epsilon");
      return { epsilon, order: ownOrders[best] as number, warnings };
    },

    delta: (event, epsilon) => {
      assertEpsilon(epsilon);
      const rdp = rdpOf(event);
      const deltas = ownOrders.map((order, i) => deltaOfRdp(order, rdp[i] as number, epsilon));
      const best = indexOfLeast(deltas);
      const delta = deltas[best] as number;
      const isBounded = delta > 0 && delta < 1;
      return { delta, warnings: isBounded ? warningsOf(ownOrders, best, "delta") : [] };
    },
  };
}

function rdpOfMechanism(
  mechanism: Mechanism,
  relation: NeighboringRelation,
  orders: readonly number[],
): readonly number[] {
  const curve = (rdpAt: (order: number) => number) => orders.map(rdpAt);
  switch (mechanism.kind) {
    case "non-private":
      return curve(() => Number.POSITIVE_INFINITY);
    case "gaussian":
      return curve((order) => rdpOfGaussian(order, mechanism.noiseMultiplier));
    case "laplace":
      return curve((order) => rdpOfLaplace(order, mechanism.noiseMultiplier));
    case "sampled-gaussian": {
      if (relation === "replace-one") throw unsupportedMechanism("rdp", mechanism, relation);
      const { sampleRate, noiseMultiplier } = mechanism;
      return curve((order) => rdpOfSampledGaussian(order, sampleRate, noiseMultiplier));
    }
    case "sampled-laplace":
      throw unsupportedMechanism("rdp", mechanism, relation);
    case "tree-aggregation": {
      const { maxSteps, noiseMultiplier } = mechanism;
      return curve((order) => rdpOfTreeAggregation(order, maxSteps, noiseMultiplier));
    }
  }
}

/** Not a number where one is 0 and the other infinite: nothing can be promised then. */
function times(count: number, rdp: number): number {
  return count === Number.POSITIVE_INFINITY ? count : count * rdp;
}

function indexOfLeast(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value < (values[best] as number) ? i : best), 0);
}

function warningsOf(
  orders: readonly number[],
  best: number,
  what: "epsilon" | "delta",
): readonly string[] {
  if (best !== 0 && best !== orders.length - 1) return [];
  const end = best === 0 ? "first" : "last";
  return [`best order ${orders[best]} is the ${end}: more orders may give a smaller ${what}`];
}

function assertOrders(orders: readonly number[]): void {
  if (orders.length === 0) throw new RangeError("orders: expected one or more");
  orders.forEach((order, i) => {
    if (!(order > 1 && order <= MAX_ORDER)) {
      throw new RangeError(`orders: expected 1 < x <= ${MAX_ORDER}, got ${order}`);
    }
    if (i > 0 && order <= (orders[i - 1] as number)) {
      throw new RangeError(`orders: expected them to ascend, got ${order} after ${orders[i - 1]}`);
    }
  });
}
