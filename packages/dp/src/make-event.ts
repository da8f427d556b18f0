/**
 * Makes events: of checked parameters, and of what comes from outside.
 *
 * @module
 */
import { DpError } from "./errors.js";
import type { DpEvent } from "./event.js";

/** How deep events may lie in each other. What we make ourselves is 4 deep. */
const MAX_DEPTH = 32;

/** A kind that may be told: nothing in it can forge a line or hide. */
const PRINTABLE_KIND = /^[a-z0-9_-]{1,40}$/i;

/** Noise that is added to a sum of sensitivity 1. */
export interface NoiseOptions {
  /** Standard deviation (Gaussian) or scale (Laplace) of the noise per sensitivity; finite, at least 0. */
  readonly noiseMultiplier: number;
}

/** One step of DP-SGD. */
export interface SampledGaussianOptions extends NoiseOptions {
  /** With which probability each record is in the batch, by itself; 0 to 1. */
  readonly sampleRate: number;
}

/** One step of DP-SGD, or of federated averaging, whose clipping bound follows a quantile of the norms. */
export interface SampledAdaptiveGaussianOptions {
  /** z_Δ, standard deviation of the noise on the sum over the clipping bound; finite, at least 0. */
  readonly sumNoiseMultiplier: number;
  /** σ_b, standard deviation of the noise on the count of units within the bound; finite, at least 0. */
  readonly countNoise: number;
  /** With which probability each unit is in the batch, by itself; 0 to 1. */
  readonly sampleRate: number;
}

/** Sums of a tree. */
export interface TreeAggregationOptions extends NoiseOptions {
  /** Steps of each tree; at least one tree, each of at least 1 step. */
  readonly stepsPerTree: readonly number[];
}

/**
 * One step of DP-SGD: a sum with normal noise over a Poisson sample.
 *
 * @throws {@link RangeError} for a parameter out of its range
 */
export function sampledGaussian({ noiseMultiplier, sampleRate }: SampledGaussianOptions): DpEvent {
  assertSampleRate(sampleRate);
  return { kind: "poisson-sampled", sampleRate, event: gaussian({ noiseMultiplier }) };
}

/**
 * A step with adaptive clipping: of one Poisson sample the noisy sum, and the noisy count of units within the bound. The
 * count is of ±½ for each unit, so its sensitivity is ½ (Andrew et al. 2021, arXiv:1905.03871, theorem 1).
 *
 * @throws {@link RangeError} for a parameter out of its range
 */
export function sampledAdaptiveGaussian({
  sumNoiseMultiplier,
  countNoise,
  sampleRate,
}: SampledAdaptiveGaussianOptions): DpEvent {
  assertSampleRate(sampleRate);
  const sum = gaussian({ noiseMultiplier: sumNoiseMultiplier });
  const count = gaussian({ noiseMultiplier: 2 * countNoise });
  return { kind: "poisson-sampled", sampleRate, event: composed(sum, count) };
}

/**
 * A sum of sensitivity 1 over all records with normal noise.
 *
 * @throws {@link RangeError} for a parameter out of its range
 */
export function gaussian({ noiseMultiplier }: NoiseOptions): DpEvent {
  assertNoiseMultiplier(noiseMultiplier);
  return { kind: "gaussian", noiseMultiplier };
}

/**
 * A sum of sensitivity 1 over all records with Laplace noise.
 *
 * @throws {@link RangeError} for a parameter out of its range
 */
export function laplace({ noiseMultiplier }: NoiseOptions): DpEvent {
  assertNoiseMultiplier(noiseMultiplier);
  return { kind: "laplace", noiseMultiplier };
}

/**
 * Sums of trees (DP-FTRL). Each record must be in at most one step of all of them; a second pass over the data is a
 * second event.
 *
 * @throws {@link RangeError} for a parameter out of its range
 */
export function treeAggregation({
  noiseMultiplier,
  stepsPerTree,
}: TreeAggregationOptions): DpEvent {
  assertNoiseMultiplier(noiseMultiplier);
  assertStepsPerTree(stepsPerTree);
  return { kind: "tree-aggregation", noiseMultiplier, stepsPerTree: [...stepsPerTree] };
}

/** Events one after the other. */
export function composed(...events: readonly DpEvent[]): DpEvent {
  return { kind: "composed", events };
}

/**
 * The same event `count` times.
 *
 * @param count - integer, at least 0
 * @throws {@link RangeError} for another count
 */
export function repeated(event: DpEvent, count: number): DpEvent {
  assertCount(count);
  return { kind: "repeated", event, count };
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The event that a value from outside is, as a copy that nobody else holds.
 *
 * A field that is not known is refused as a kind is: what it means might cost privacy.
 *
 * @throws {@link DpError} `UNSUPPORTED_EVENT` if it is none that is known, at any depth
 */
export function checkEvent(event: unknown): DpEvent {
  return check(event, 1);
}

function check(value: unknown, depth: number): DpEvent {
  if (depth > MAX_DEPTH) throw unsupported(`events in each other more than ${MAX_DEPTH} deep`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unsupported("expected an event");
  }
  try {
    return checkFields(value as Fields, depth);
  } catch (error) {
    // What is a programmer's mistake in a constructor is bad data here.
    if (error instanceof RangeError) throw unsupported(error.message, { cause: error });
    throw error;
  }
}

function checkFields(fields: Fields, depth: number): DpEvent {
  const { kind, noiseMultiplier, sampleRate, stepsPerTree, count } = fields;
  switch (kind) {
    case "none":
    case "non-private":
      assertKeys(fields, ["kind"]);
      return { kind };
    case "gaussian":
    case "laplace":
      assertKeys(fields, ["kind", "noiseMultiplier"]);
      assertNoiseMultiplier(noiseMultiplier);
      return { kind, noiseMultiplier: withoutSign(noiseMultiplier) };
    case "poisson-sampled":
      assertKeys(fields, ["kind", "sampleRate", "event"]);
      assertSampleRate(sampleRate);
      return { kind, sampleRate, event: check(fields["event"], depth + 1) };
    case "tree-aggregation":
      assertKeys(fields, ["kind", "noiseMultiplier", "stepsPerTree"]);
      assertNoiseMultiplier(noiseMultiplier);
      assertStepsPerTree(stepsPerTree);
      return {
        kind,
        noiseMultiplier: withoutSign(noiseMultiplier),
        stepsPerTree: [...stepsPerTree],
      };
    case "composed": {
      assertKeys(fields, ["kind", "events"]);
      const { events } = fields;
      if (!Array.isArray(events)) throw unsupported("events: expected a list");
      return { kind, events: Array.from(events, (each) => check(each, depth + 1)) };
    }
    case "repeated":
      assertKeys(fields, ["kind", "event", "count"]);
      assertCount(count);
      return { kind, event: check(fields["event"], depth + 1), count };
    default:
      throw unsupported(
        typeof kind === "string" && PRINTABLE_KIND.test(kind)
          ? `kind ${kind} is not known`
          : "of a kind that is not known",
      );
  }
}

/** A 0 that is not -0: that has another quotient. */
function withoutSign(value: number): number {
  return value === 0 ? 0 : value;
}

function assertKeys(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw unsupported(
    PRINTABLE_KIND.test(unknown) ? `field ${unknown} is not known` : "a field that is not known",
  );
}

function unsupported(reason: string, options?: ErrorOptions): DpError {
  return new DpError("UNSUPPORTED_EVENT", `event: ${reason}`, options);
}

/** @throws {@link RangeError} */
function assertNoiseMultiplier(value: unknown): asserts value is number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return;
  throw new RangeError(`noiseMultiplier: expected a finite number >= 0, got ${shown(value)}`);
}

/** @throws {@link RangeError} */
function assertSampleRate(value: unknown): asserts value is number {
  if (typeof value === "number" && value >= 0 && value <= 1) return;
  throw new RangeError(`sampleRate: expected 0 <= x <= 1, got ${shown(value)}`);
}

/** @throws {@link RangeError} */
function assertCount(value: unknown): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw new RangeError(`count: expected an integer >= 0, got ${shown(value)}`);
}

/** @throws {@link RangeError} */
function assertStepsPerTree(value: unknown): asserts value is readonly number[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new RangeError("stepsPerTree: expected one tree or more");
  }
  for (const steps of value) {
    if (!Number.isSafeInteger(steps) || steps < 1) {
      throw new RangeError(`stepsPerTree: expected integers >= 1, got ${shown(steps)}`);
    }
  }
}

/** Numbers only: other values may come from a file, and say anything. */
function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value;
}
