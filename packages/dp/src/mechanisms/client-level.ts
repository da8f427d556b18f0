/**
 * Privacy of a whole client in federated averaging (McMahan et al. 2018, arXiv:1710.06963): its update is clipped, and
 * the server adds noise to the average.
 *
 * In Flower's names: `clipClientUpdate` at clients is `fixedclipping_mod` / `adaptiveclipping_mod` of
 * `DifferentialPrivacyClientSideFixedClipping` and `…ClientSideAdaptiveClipping`; without it the same functions are
 * `DifferentialPrivacyServerSideFixedClipping` and `…ServerSideAdaptiveClipping`. Unlike Flower the server clips always,
 * since the bound must hold for a client that does not keep to it; divides by the clients expected, not by those that
 * came; and gives each the same weight, since weights by examples would be private too.
 *
 * @module
 */
import type { DpEvent } from "../event.js";
import { sampledAdaptiveGaussian } from "../make-event.js";
import {
  type AdaptiveClippingOptions,
  adaptMaxGradNorm,
  defaultCountNoise,
  sumNoiseMultiplier,
} from "./adaptive-clipping.js";
import { clipInPlace } from "./clip.js";
import type { FloatArray } from "./l2-norm.js";
import { type PrivatizeSumOptions, privatizeSum } from "./noisy-sum.js";
import { sumClippedGradients } from "./sum-clipped.js";

/** A client's update: new parameters less the old ones, one array for each tensor. */
export interface ClientUpdate {
  readonly update: readonly FloatArray[];
  /**
   * Adaptive clipping at the client: whether the norm was within the bound before it clipped. Default: what the server
   * finds, which after a client's clipping is always `true`.
   */
  readonly isWithinNorm?: boolean;
}

/** How an average of updates is made private; the options of the sum, a client in the place of a sample. */
export interface ClientLevelOptions extends Omit<PrivatizeSumOptions, "expectedBatchSize"> {
  /** Values of each tensor: needed where no client came. */
  readonly sizes: readonly number[];
  /** Clients that there are times `sampleRate`. Above 0. */
  readonly expectedClients: number;
}

/** An average that may be released once its event is accounted, for the unit `client`. */
export interface PrivateAverage {
  readonly update: readonly Float32Array[];
  readonly event: DpEvent;
  /** Clients whose update was not finite and contributes zero. Private. */
  readonly nonFiniteClients: number;
}

/** {@link PrivateAverage} with the bound of the next round, which the event pays for too. */
export interface AdaptiveAverage extends PrivateAverage {
  readonly nextMaxGradNorm: number;
}

/**
 * The client's part: a clipped copy of its update, and the bit that adaptive clipping needs.
 *
 * @throws {@link RangeError} for a bound that `clipInPlace` refuses
 */
export function clipClientUpdate(
  update: readonly FloatArray[],
  maxGradNorm: number,
): Required<ClientUpdate> {
  const clipped = update.map((tensor) => tensor.slice());
  const { norm } = clipInPlace(clipped, maxGradNorm);
  return { update: clipped, isWithinNorm: norm <= maxGradNorm };
}

/**
 * The server's part with a fixed bound.
 *
 * @throws {@link RangeError} if sizes do not fit, or options are out of their range
 */
export function averageWithFixedClipping(
  clients: readonly ClientUpdate[],
  options: ClientLevelOptions,
): PrivateAverage {
  const { sizes, expectedClients, ...rest } = options;
  const { sum, nonFinite } = sumOfClients(clients, options);
  const event = privatizeSum(sum, { ...rest, expectedBatchSize: expectedClients });
  return { update: sum.map((t) => Float32Array.from(t)), event, nonFiniteClients: nonFinite };
}

/**
 * The server's part with a bound that follows a quantile of the norms. `noiseMultiplier` is that of average and count
 * together, so the average gets a little more noise (`sumNoiseMultiplier`), and the event, which holds both, costs what one
 * with a fixed bound does.
 *
 * @param options - `adaptive` as in {@link AdaptiveClippingOptions}
 * @throws {@link RangeError} if sizes do not fit, or options are out of their range
 */
export function averageWithAdaptiveClipping(
  clients: readonly ClientUpdate[],
  options: ClientLevelOptions & {
    readonly adaptive?: Pick<
      AdaptiveClippingOptions,
      "targetQuantile" | "learningRate" | "countNoise"
    >;
  },
): AdaptiveAverage {
  const { adaptive = {}, ...fixed } = options;
  const { maxGradNorm, expectedClients, noiseMultiplier } = fixed;
  const countNoise = adaptive.countNoise ?? defaultCountNoise(expectedClients);
  const { sum, norms, nonFinite } = sumOfClients(clients, fixed);
  const sumMultiplier = sumNoiseMultiplier(noiseMultiplier, countNoise);
  privatizeSum(sum, {
    ...fixed,
    noiseMultiplier: sumMultiplier,
    expectedBatchSize: expectedClients,
  });
  // A norm that is not finite is not within any bound: NaN compares false.
  const bits = clients.map((client, i) => client.isWithinNorm ?? norms[i]! <= maxGradNorm);
  const nextMaxGradNorm = adaptMaxGradNorm(maxGradNorm, bits, {
    ...adaptive,
    countNoise,
    expectedCount: expectedClients,
    ...(fixed.random && { random: fixed.random }),
    ...(fixed.hardening && { hardening: fixed.hardening }),
  });
  return {
    update: sum.map((tensor) => Float32Array.from(tensor)),
    event: sampledAdaptiveGaussian({
      sumNoiseMultiplier: sumMultiplier,
      countNoise,
      sampleRate: fixed.sampleRate,
    }),
    nonFiniteClients: nonFinite,
    nextMaxGradNorm,
  };
}

function sumOfClients(
  clients: readonly ClientUpdate[],
  { sizes, maxGradNorm }: ClientLevelOptions,
): { readonly sum: readonly Float64Array[]; readonly norms: number[]; readonly nonFinite: number } {
  const sum = sizes.map((size) => new Float64Array(size));
  const norms: number[] = [];
  let nonFinite = 0;
  for (const { update } of clients) {
    const one = sumClippedGradients(update, { batchSize: 1, sizes, maxGradNorm });
    one.sum.forEach((tensor, t) => {
      const total = sum[t]!;
      for (let i = 0; i < total.length; i++) total[i]! += tensor[i]!;
    });
    norms.push(one.norms[0]!);
    nonFinite += one.nonFiniteSamples;
  }
  return { sum, norms, nonFinite };
}
