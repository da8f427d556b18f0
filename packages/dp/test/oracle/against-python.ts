/**
 * Compares accountants with opacus and dp_accounting, and the RDP of the sampled Gaussian with quadrature, on random
 * settings of a fixed seed. Prints the worst difference of each section; the exit code is 1 if one is too large.
 *
 *     tsx --conditions=@dsail/source test/oracle/against-python.ts PYTHON [SECTION…]
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gdpAccountant } from "../../src/gdp-accountant.js";
import {
  gaussian,
  laplace,
  repeated,
  sampledGaussian,
  treeAggregation,
} from "../../src/make-event.js";
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
}

/** How one section is compared. */
interface Section {
  /** Differences of a line, each to be at most `most`. */
  readonly differences: (line: Line) => readonly number[];
  readonly most: number;
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
};

const [python, ...names] = process.argv.slice(2);
if (python === undefined) throw new Error("usage: against-python.ts PYTHON [SECTION…]");
const script = fileURLToPath(new URL("accountants.py", import.meta.url));
const { stdout, stderr, status } = spawnSync(python, [script, ...names], { maxBuffer: 2 ** 28 });
if (status !== 0) throw new Error(`accountants.py failed: ${stderr}`);
const lines = String(stdout)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Line);

for (const [name, { differences, most }] of Object.entries(SECTIONS)) {
  const own = lines.filter(({ section }) => section === name);
  if (own.length === 0) continue;
  const all = own.flatMap(differences);
  // Not a number if one is: not at most anything.
  const worst = all.reduce((max, each) => Math.max(max, each), 0);
  const isOk = worst <= most;
  if (!isOk) process.exitCode = 1;
  console.log(
    `${isOk ? "ok  " : "FAIL"} ${name}: ${own.length} settings, ${all.length} values, worst ${worst.toExponential(2)}`,
  );
}
