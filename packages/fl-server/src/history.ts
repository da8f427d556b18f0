/**
 * What came of each round: plain data, the same as its JSON.
 *
 * @module
 */
import type { Scalars } from "@dsail/fl-protocol";
import type { ClientFailure, PrivacySpent } from "./strategy.js";

/** Metrics as JSON: integers beyond 2^53 and numbers that are not finite are texts, bytes are left out. */
export type MetricValues = Readonly<Record<string, boolean | number | string>>;

/** What clients did in a part of a round. */
export interface Participation {
  /** Ids of those whose result counts, sorted. */
  readonly clients: readonly string[];
  readonly failures: readonly ClientFailure[];
  /** Of all whose result counts. */
  readonly numExamples: number;
  readonly metrics: MetricValues;
}

/** A round that gave a model. */
export interface RoundRecord {
  /** From 1. */
  readonly round: number;
  /** How often it was tried: 1 if at once. */
  readonly attempts: number;
  readonly fit: Participation;
  /** The evaluation by clients, if there was one; its loss is `null` where too few had a result. */
  readonly evaluate?: Participation & { readonly loss: number | null };
  /** The evaluation at the server. */
  readonly central?: CentralRecord;
  /** What was spent until now, of a strategy that is private. */
  readonly privacy?: PrivacySpent;
}

/** What the server found itself. `null`: not finite. */
export interface CentralRecord {
  readonly loss: number | null;
  readonly metrics: MetricValues;
}

/** All rounds. */
export interface History {
  /** The evaluation at the server of the initial parameters. */
  readonly initial?: CentralRecord;
  readonly rounds: readonly RoundRecord[];
}

/** Metrics in a form that JSON holds. */
export function metricValuesOf(metrics: Scalars): MetricValues {
  const values: [string, boolean | number | string][] = [];
  for (const [key, value] of Object.entries(metrics)) {
    if (value instanceof Uint8Array) continue;
    if (typeof value === "bigint") {
      const number = Number(value);
      values.push([key, Number.isSafeInteger(number) ? number : value.toString()]);
    } else if (typeof value === "number" && !Number.isFinite(value)) {
      values.push([key, String(value)]);
    } else values.push([key, value]);
  }
  return Object.fromEntries(values);
}

/** A number, or `null` where JSON has none. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
