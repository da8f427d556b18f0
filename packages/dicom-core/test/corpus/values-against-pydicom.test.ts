/**
 * Values and JSON of every file of the corpus against pydicom 3.0.2. Two steps, which talk through
 * files:
 *
 *     python test/corpus/pydicom_values.py CORPUS VALUES
 *     DSAIL_CORPUS=CORPUS DSAIL_PYDICOM_VALUES=VALUES vitest run values-against-pydicom
 *
 * Without the two variables it is skipped; `compare.test.ts` shows at all times that it can fail.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { DicomFile } from "../../src/dicom-file.js";
import { isDicomError } from "../../src/errors.js";
import { datasetToJson } from "../../src/json/dataset-to-json.js";
import { formatJson } from "../../src/json/json-model.js";
import { readFile } from "../../src/read/part10.js";
import {
  type CanonicalElement,
  type CanonicalJson,
  canonicalElements,
  canonicalJson,
} from "./canonical-values.js";
import {
  type Comparison,
  compareJson,
  compareValues,
  type Deviation,
  type Difference,
  explain,
  type JsonDifference,
  type ValueDifference,
} from "./compare.js";
import {
  JSON_DEVIATIONS,
  MISREAD_BY_PYDICOM,
  NO_JSON_IN_PYDICOM,
  TRUNCATED,
  VALUE_DEVIATIONS,
} from "./deviations.js";

const { DSAIL_CORPUS: corpus = "", DSAIL_PYDICOM_VALUES: oracle = "" } = process.env;

interface Index {
  readonly read: readonly string[];
}

type OracleLine = CanonicalElement | { readonly json: CanonicalJson | null };

describe.skipIf(corpus === "" || oracle === "")("the corpus, as pydicom reads it", () => {
  const truncated: string[] = [];
  const withoutJson: string[] = [];
  const values: Comparison<ValueDifference>[] = [];
  const json: Comparison<JsonDifference>[] = [];
  let files: readonly string[] = [];

  beforeAll(() => {
    files = (JSON.parse(readFileSync(join(oracle, "index.json"), "utf8")) as Index).read;
    for (const name of files) {
      const file = readPossiblyTruncated(name, truncated);
      if (Object.hasOwn(MISREAD_BY_PYDICOM, name)) continue;
      const { elements, json: theirJson } = readOracle(name);
      values.push(compareValues(name, elementsOf(file), elements));
      const ourJson = datasetToJson(file.dataset);
      expect(JSON.parse(formatJson(ourJson))).toEqual(ourJson);
      if (theirJson === null) withoutJson.push(name);
      else json.push(compareJson(name, canonicalJson(ourJson), theirJson));
    }
  }, 120_000);

  it("is there, and as large as it should be", () => {
    expect(files.length).toBe(369);
  });

  it("holds only the truncated files that are named", () => {
    expect(truncated.toSorted()).toEqual(TRUNCATED);
  });

  it("has the same values, or a reason why not", () => {
    const unexplained = report("values", values, VALUE_DEVIATIONS);
    expect(unexplained).toEqual([]);
  });

  it("has the same JSON, or a reason why not", () => {
    expect(withoutJson).toEqual(Object.keys(NO_JSON_IN_PYDICOM));
    const unexplained = report("JSON", json, JSON_DEVIATIONS);
    expect(unexplained).toEqual([]);
  });

  it("is compared in no small part", () => {
    expect(sum(values)).toBeGreaterThan(45_000);
    expect(sum(json)).toBeGreaterThan(40_000);
  });
});

function readPossiblyTruncated(name: string, truncated: string[]): DicomFile {
  const bytes = new Uint8Array(readFileSync(join(corpus, name)));
  try {
    return readFile(bytes);
  } catch (error) {
    if (!isDicomError(error) || error.code !== "TRUNCATED") throw error;
    truncated.push(name);
    return readFile(bytes, { allowTruncated: true });
  }
}

function* elementsOf({ fileMetaInformation, dataset }: DicomFile) {
  yield* canonicalElements(fileMetaInformation);
  yield* canonicalElements(dataset);
}

function readOracle(name: string) {
  const lines = readFileSync(join(oracle, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as OracleLine);
  return {
    elements: lines.filter((line) => "path" in line),
    json: lines.flatMap((line) => ("json" in line ? [line.json] : []))[0] ?? null,
  };
}

function sum(comparisons: readonly Comparison<unknown>[]): number {
  return comparisons.reduce((total, { count }) => total + count, 0);
}

/** Prints what was found; returns what has no reason, and which reasons had nothing to explain. */
function report<D extends Difference<unknown, unknown>>(
  what: string,
  comparisons: readonly Comparison<D>[],
  deviations: readonly Deviation<D>[],
): string[] {
  const differences = comparisons.flatMap((comparison) => comparison.differences);
  const classes = explain(differences, deviations);
  const count = sum(comparisons);
  console.log(
    `${what}: ${comparisons.length} files, ${count} elements compared, ` +
      `${count - differences.length} equal, ${differences.length} not`,
  );
  for (const deviation of deviations) {
    const found = classes.get(deviation) ?? [];
    const files = new Set(found.map(({ file }) => file));
    console.log(`  ${found.length} in ${files.size} files: ${deviation.name}. ${deviation.reason}`);
  }
  const idle = deviations.filter((deviation) => !classes.has(deviation));
  return [
    ...(classes.get(undefined) ?? []).map(({ file, path }) => `${file} ${path}`),
    ...idle.map(({ name }) => `nothing to explain: ${name}`),
  ];
}
