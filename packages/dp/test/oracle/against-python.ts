/**
 * Compares accountants with opacus and dp_accounting, and the RDP of the sampled Gaussian with quadrature, on random
 * settings of a fixed seed. Prints the worst difference of each section; the exit code is 1 if one is too large, or if
 * accountants of a little more noise than there is would have passed.
 *
 *     tsx --conditions=@dsail/source test/oracle/against-python.ts PYTHON [SECTION…]
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EpsilonBound } from "../../src/accountant.js";
import type { DpEvent, NeighboringRelation } from "../../src/event.js";
import { gdpAccountant } from "../../src/gdp-accountant.js";
import {
  gaussian,
  laplace,
  repeated,
  sampledGaussian,
  treeAggregation,
} from "../../src/make-event.js";
import { pldAccountant } from "../../src/pld-accountant.js";
import { rdpOfSampledGaussian } from "../../src/rdp.js";
import { rdpAccountant } from "../../src/rdp-accountant.js";

/** One line of accountants.py; which fields there are depends on the section. */
interface Line {
  readonly section: string;
  readonly sampleRate: number;
  readonly noiseMultiplier: number;
  readonly steps: number;
  readonly delta: number;
  readonly orders: readonly number[];
  /** Per order, or of `order`. */
  readonly rdp: readonly number[] | number;
  readonly order: number;
  readonly epsilon: number;
  readonly kind: "laplace" | "tree-aggregation";
  readonly stepsPerTree: readonly number[];
  readonly count: number;
  readonly event: DpEvent;
  readonly neighboringRelation: NeighboringRelation;
  /** Upper bounds of epsilon, on a default grid and on the same or a finer one, and a lower bound. */
  readonly byDefault: number;
  readonly upper: number;
  readonly lower: number;
}

/** How one section is compared. */
interface Section {
  /** Differences of a line, each to be at most `most`. */
  readonly differences: (line: Line) => readonly number[];
  readonly most: number;
  /** What else is worth knowing. */
  readonly remark?: (lines: readonly Line[]) => string;
}

const rdp = rdpAccountant();
const gdp = gdpAccountant();
const relative = (got: number, expected: number): number =>
  got === expected ? 0 : Math.abs(got - expected) / Math.abs(expected);
const eventOf = (line: Line) => repeated(sampledGaussian(line), line.steps);

/** Of RDP; opacus does not know that an RDP below δ² is (0, δ)-DP. */
function epsilonDifference(line: Line): number {
  const { epsilon } = rdp.epsilon(eventOf(line), line.delta);
  const least = Math.min(...(line.rdp as readonly number[])) * line.steps;
  if (epsilon === 0) return least <= -Math.log1p(-line.delta * line.delta) ? 0 : 1;
  return relative(epsilon, line.epsilon);
}

const pldAccountants = {
  "add-or-remove-one": pldAccountant(),
  "replace-one": pldAccountant({ neighboringRelation: "replace-one" }),
} as const;
const pldOf = ({ event, delta, neighboringRelation }: Line): EpsilonBound =>
  pldAccountants[neighboringRelation].epsilon(event, delta);

/** An epsilon below this is compared as if it were this: intervals are 1e-5 and more. */
const SMALL_EPSILON = 0.01;

const SECTIONS: { readonly [name: string]: Section } = {
  "opacus-rdp": {
    most: 1e-6,
    differences: (line) => [
      ...line.orders.map((order, i) => {
        const got = rdpOfSampledGaussian(order, line.sampleRate, line.noiseMultiplier);
        const expected = (line.rdp as readonly number[])[i] as number;
        // opacus takes log(A) of an A near 1, and stops at terms of exp(-30): digits below these are no digits.
        const noise = 1e-12 / (order - 1);
        return Math.max(0, Math.abs(got - expected) - noise) / expected;
      }),
      epsilonDifference(line),
    ],
  },
  "opacus-gdp": {
    most: 1e-6,
    differences: (line) => {
      // opacus does not cap the limit by what no sampling costs.
      const unsampled = gdp.epsilon(repeated(gaussian(line), line.steps), line.delta).epsilon;
      const { epsilon } = gdp.epsilon(eventOf(line), line.delta);
      return [relative(epsilon, Math.min(line.epsilon, unsampled))];
    },
  },
  quadrature: {
    most: 1e-9,
    differences: (line) => [
      relative(
        rdpOfSampledGaussian(line.order, line.sampleRate, line.noiseMultiplier),
        line.rdp as number,
      ),
    ],
  },
  "dp-accounting-closed-forms": {
    most: 1e-9,
    differences: (line) => {
      const once = line.kind === "laplace" ? laplace(line) : treeAggregation(line);
      const event = repeated(once, line.count);
      return [relative(rdp.epsilon(event, line.delta).epsilon, line.epsilon)];
    },
  },
  "dp-accounting-pld": {
    most: 5e-3,
    differences: (line) => {
      const { epsilon, lowerEpsilon = Number.NaN } = pldOf(line);
      return [
        Math.abs(epsilon - line.upper) / Math.max(line.upper, SMALL_EPSILON),
        // Bounds of one truth: no lower one is above an upper one.
        epsilon >= line.lower ? 0 : Number.POSITIVE_INFINITY,
        lowerEpsilon <= line.upper ? 0 : Number.POSITIVE_INFINITY,
      ];
    },
    remark: (lines) => {
      const bounds = lines.map((line) => ({ line, bound: pldOf(line) }));
      const above = bounds.filter(({ line, bound }) => bound.epsilon >= line.byDefault).length;
      const tighter = bounds.filter(({ line, bound }) => bound.lowerEpsilon! >= line.lower).length;
      const gaps = bounds
        .map(({ bound: { epsilon, lowerEpsilon } }) => (epsilon - lowerEpsilon!) / epsilon)
        .filter((gap) => !Number.isNaN(gap))
        .sort((a, b) => a - b);
      const middle = gaps[gaps.length >> 1]!.toExponential(1);
      return (
        `${above} of ${lines.length} are not below dp_accounting's by default, ${tighter} lower bounds not below its; ` +
        `between both bounds ${middle} of epsilon at the median, at most ${gaps.at(-1)!.toExponential(1)}`
      );
    },
  },
};

/** The same with 2 % more noise, and the same expected. */
function withMoreNoise<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withMoreNoise) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === "noiseMultiplier" ? each * 1.02 : withMoreNoise(each),
    ]),
  ) as T;
}

/** Not a number if one is: that is not at most anything. */
const worstOf = (differences: readonly number[]): number =>
  differences.reduce((max, each) => Math.max(max, each), 0);

const [python, ...names] = process.argv.slice(2);
if (python === undefined) throw new Error("usage: against-python.ts PYTHON [SECTION…]");
const script = fileURLToPath(new URL("accountants.py", import.meta.url));
const { stdout, stderr, status } = spawnSync(python, [script, ...names], { maxBuffer: 2 ** 28 });
if (status !== 0) throw new Error(`accountants.py failed: ${stderr}`);
const lines = String(stdout)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Line);

for (const [name, { differences, most, remark }] of Object.entries(SECTIONS)) {
  const own = lines.filter(({ section }) => section === name);
  if (own.length === 0) continue;
  const all = own.flatMap(differences);
  const worst = worstOf(all);
  const isOk = worst <= most;
  if (!isOk) process.exitCode = 1;
  console.log(
    `${isOk ? "ok  " : "FAIL"} ${name}: ${own.length} settings, ${all.length} values, worst ${worst.toExponential(2)}`,
  );
  if (remark !== undefined) console.log(`     ${remark(own)}`);
  // The positive control.
  const control = worstOf(own.slice(0, 20).map(withMoreNoise).flatMap(differences));
  if (control <= most) {
    process.exitCode = 1;
    console.log(`FAIL ${name}: 2 % more noise would have passed too`);
  }
}
