/**
 * Compares metrics with scikit-learn's on random cases of a fixed seed: 2 to 7 classes, ties, classes that are missing.
 * Prints the worst difference of each metric; the exit code is 1 if one is above 1e-12 of the value, or if a value is
 * there on one side alone.
 *
 *     tsx --conditions=@dsail/source test/oracle/metrics-against-sklearn.ts PYTHON
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  type ClassificationMetrics,
  classificationMetrics,
} from "../../src/metrics/classification-metrics.js";
import type { Predictions } from "../../src/metrics/predictions.js";
import { seededRandom } from "../../src/seeded-random.js";

const MOST = 1e-12;
const CASES = 600;

const random = seededRandom(7, 600);
const below = (count: number): number => Math.ceil(random.uniform() * count) - 1;

function randomCase(index: number): Predictions {
  const count = 2 + (index % 6);
  const size = index % 50 === 49 ? 3000 : 1 + below(80);
  // Some classes never occur, every seventh time all but one of them.
  const missing = index % 7 === 0 ? count - 1 : index % 3 === 0 ? 1 : 0;
  // Few levels of scores make ties; none of them makes hardly any.
  const levels = [0, 1, 3, 10][index % 4]!;
  const labels: number[] = [];
  const rows: number[] = [];
  for (let i = 0; i < size; i++) {
    const label = below(count - missing);
    labels.push(label);
    const scores = Array.from({ length: count }, (_, j) => {
      const score = random.uniform() + (j === label ? 0.4 : 0);
      return levels === 0 ? Math.exp(4 * score) : 1 + Math.round(score * levels);
    });
    const sum = scores.reduce((total, score) => total + score, 0);
    rows.push(...scores.map((score) => score / sum));
  }
  // Every fifth case has certain predictions, right and wrong.
  const sure = index % 5 === 0;
  const probabilities = sure
    ? Float32Array.from(rows, (_, i) => (i % count === Math.floor(i / count) % count ? 1 : 0))
    : index % 2 === 0
      ? Float32Array.from(rows)
      : Float64Array.from(rows);
  return { probabilities, labels, classes: Array.from({ length: count }, (_, i) => `class ${i}`) };
}

type Value = number | null | undefined | readonly Value[];

/** What is compared, in the order and under the names of the script. */
function valuesOf(metrics: ClassificationMetrics): Record<string, Value> {
  const { perClass, macro } = metrics;
  return {
    loss: metrics.loss,
    accuracy: metrics.accuracy,
    balancedAccuracy: metrics.balancedAccuracy,
    rocAuc: metrics.rocAuc,
    rocAucWeighted: metrics.rocAucWeighted,
    areas: perClass.map(({ rocAuc }) => rocAuc),
    sensitivity: perClass.map(({ sensitivity }) => sensitivity),
    specificity: perClass.map(({ specificity }) => specificity),
    precision: perClass.map(({ precision }) => precision),
    f1: perClass.map(({ f1 }) => f1),
    macro: [macro.precision, macro.sensitivity, macro.f1],
    confusionMatrix: metrics.confusionMatrix,
    expectedCalibrationError: metrics.expectedCalibrationError,
    brierScore: metrics.brierScore,
    curves: perClass.map(({ roc }) =>
      roc === undefined
        ? undefined
        : [roc.falsePositiveRates, roc.truePositiveRates, roc.thresholds.slice(1)],
    ),
  };
}

/** Infinity where the shapes, or what is there, differ. */
function difference(got: Value, expected: Value): number {
  if (got === undefined || got === null || expected === undefined || expected === null) {
    return (got ?? null) === (expected ?? null) ? 0 : Number.POSITIVE_INFINITY;
  }
  if (typeof got === "number" || typeof expected === "number") {
    if (typeof got !== "number" || typeof expected !== "number") return Number.POSITIVE_INFINITY;
    // Below the smallest normal step next to one, rounding is all there is.
    return Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-3);
  }
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  return got.reduce<number>((most, value, i) => Math.max(most, difference(value, expected[i])), 0);
}

const python = process.argv[2];
if (python === undefined) throw new Error("expected a Python with scikit-learn");
const cases = Array.from({ length: CASES }, (_, index) => randomCase(index));
const script = fileURLToPath(new URL("metrics-against-sklearn.py", import.meta.url));
const { stdout, status } = spawnSync(python, [script], {
  input: cases
    .map(({ probabilities, labels, classes }) =>
      JSON.stringify({
        probabilities: Array.from(probabilities),
        labels: Array.from(labels),
        classes: classes.length,
      }),
    )
    .join("\n"),
  encoding: "utf8",
  maxBuffer: 2 ** 28,
  stdio: ["pipe", "pipe", "inherit"],
});
if (status !== 0) throw new Error("the script failed");
const answers = stdout
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Record<string, Value>);
if (answers.length !== CASES) throw new Error(`expected ${CASES} answers, got ${answers.length}`);

const worst = new Map<string, number>();
for (const [index, answer] of answers.entries()) {
  for (const [name, value] of Object.entries(valuesOf(classificationMetrics(cases[index]!)))) {
    const far = difference(value, answer[name]);
    worst.set(name, Math.max(worst.get(name) ?? 0, far));
    if (far > MOST) process.exitCode = 1;
  }
}
for (const [name, far] of worst) {
  process.stdout.write(
    `${name.padEnd(26)} ${far.toExponential(1)}${far > MOST ? "  WRONG" : ""}\n`,
  );
}
