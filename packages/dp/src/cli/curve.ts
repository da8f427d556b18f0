/**
 * Epsilon against steps or noise, as numbers.
 *
 * @module
 */
import type { Accountant } from "../accountant.js";
import type { DpEvent } from "../event.js";

/** Epsilon at some values of one parameter, the others fixed. */
export interface Curve {
  readonly against: "steps" | "noise";
  readonly title: string;
  /** The parameters that are fixed. */
  readonly subtitle: string;
  readonly points: readonly CurvePoint[];
}

/** One point. */
interface CurvePoint {
  /** Steps, or noise multiplier. */
  readonly x: number;
  readonly epsilon: number;
  readonly lowerEpsilon?: number;
}

/** What a curve is made of. */
export interface CurveOptions {
  readonly against: "steps" | "noise";
  readonly accountant: Accountant;
  readonly delta: number;
  readonly noiseMultiplier: number;
  /** The last noise multiplier where the curve is against noise, above `noiseMultiplier`. */
  readonly toNoiseMultiplier: number;
  readonly sampleRate: number;
  readonly steps: number;
  /** How many, at least 2. */
  readonly pointCount: number;
  readonly eventOf: (noiseMultiplier: number, steps: number) => DpEvent;
}

/**
 * Computes the points.
 *
 * @throws {@link RangeError} for fewer than 2 points, or a range of noise that is none
 */
export function curveOf(options: CurveOptions): Curve {
  const { against, accountant, delta, noiseMultiplier, toNoiseMultiplier, sampleRate } = options;
  const { steps, pointCount, eventOf } = options;
  if (!(Number.isSafeInteger(pointCount) && pointCount >= 2 && pointCount <= 1000)) {
    throw new RangeError(`points: expected an integer from 2 to 1000, got ${pointCount}`);
  }
  if (against === "noise" && !(noiseMultiplier > 0)) {
    throw new RangeError(`noise-multiplier: expected above 0, got ${noiseMultiplier}`);
  }
  if (against === "noise" && !(toNoiseMultiplier > noiseMultiplier)) {
    throw new RangeError(
      `to-noise-multiplier: expected more than ${noiseMultiplier}, got ${toNoiseMultiplier}`,
    );
  }
  const xs =
    against === "steps"
      ? Array.from({ length: pointCount }, (_, i) => Math.round((steps * (i + 1)) / pointCount))
      : Array.from(
          { length: pointCount },
          (_, i) =>
            // Each the same factor apart: epsilon falls fastest where there is little noise.
            noiseMultiplier * (toNoiseMultiplier / noiseMultiplier) ** (i / (pointCount - 1)),
        );
  const points = [...new Set(xs)]
    .filter((x) => x > 0)
    .map((x) => {
      const event = against === "steps" ? eventOf(noiseMultiplier, x) : eventOf(x, steps);
      const { epsilon, lowerEpsilon } = accountant.epsilon(event, delta);
      return { x, epsilon, ...(lowerEpsilon !== undefined && { lowerEpsilon }) };
    });
  const fixed = against === "steps" ? `noise multiplier ${noiseMultiplier}` : `${steps} steps`;
  return {
    against,
    title: against === "steps" ? "What each further step costs" : "What more noise saves",
    subtitle: `${fixed}, sample rate ${sampleRate}, delta ${delta.toExponential()}, accountant ${accountant.name}`,
    points,
  };
}

/** The points as comma-separated values, with names in the first line. */
export function csvOf(curve: Curve): string {
  return rowsOf(curve, String)
    .map((row) => `${row.join(",")}\n`)
    .join("");
}

/** The points as columns for a terminal. */
export function tableOf(curve: Curve): string {
  const rows = rowsOf(curve, (value) => String(Number(value.toPrecision(6))));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `${row.map((cell, column) => cell.padStart(widths[column]!)).join("  ")}\n`)
    .join("");
}

function rowsOf(
  { against, points }: Curve,
  format: (value: number) => string,
): readonly (readonly string[])[] {
  const hasLower = points.some(({ lowerEpsilon }) => lowerEpsilon !== undefined);
  const names = [against === "steps" ? "steps" : "noiseMultiplier", "epsilon"];
  return [
    hasLower ? [...names, "lowerEpsilon"] : names,
    ...points.map(({ x, epsilon, lowerEpsilon }) =>
      [x, epsilon, ...(lowerEpsilon === undefined ? [] : [lowerEpsilon])].map(format),
    ),
  ];
}
