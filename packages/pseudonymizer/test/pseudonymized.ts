/**
 * What becomes of a file with these settings, and of one place in it.
 *
 * @module
 */
import {
  type Dataset,
  type DicomFile,
  type ElementInit,
  findElement,
  formatPath,
  type Item,
  joinSegments,
  parsePath,
  readFile,
  readStrings,
  writeFile,
} from "@dsail/dicom-core";
import { expect } from "vitest";
import { applyPlan } from "../src/apply.js";
import { type Plan, planFile } from "../src/plan.js";
import { createPseudonymization, type PseudonymizationOptions } from "../src/pseudonymization.js";
import { KEY } from "./keys.js";

export interface Pseudonymized {
  /** As it was. */
  readonly file: DicomFile;
  readonly plan: Plan;
  readonly bytes: Uint8Array;
  readonly dataset: Dataset;
}

/** Pseudonymizes a file, or one of these elements, under a key for tests. */
export function pseudonymized(
  input: Uint8Array | readonly ElementInit[],
  options: Partial<PseudonymizationOptions> = {},
): Pseudonymized {
  const file = readFile(input instanceof Uint8Array ? input : writeFile(input));
  const plan = planFile(file, createPseudonymization({ key: KEY, ...options }));
  const bytes = joinSegments(applyPlan(file, plan), file.source);
  return { file, plan, bytes, dataset: readFile(bytes).dataset };
}

/** The values of a text element, by a path such as `(0040,A730)[0].(0040,A160)`; undefined if it is not there. */
export function textAt(dataset: Dataset, path: string): readonly string[] | undefined {
  const steps = parsePath(path);
  let scope: Dataset | undefined = dataset;
  for (let i = 0; i + 2 < steps.length; i += 2) scope = itemsOf(scope, steps[i])?.[steps[i + 1]!];
  const element = scope && findElement(scope, steps.at(-1)!);
  return scope && element && readStrings(scope, element);
}

/** The items of a sequence; undefined if it is not there. */
export function itemsOf(
  dataset: Dataset | undefined,
  tag: number | undefined,
): readonly Item[] | undefined {
  return dataset && tag !== undefined ? findElement(dataset, tag)?.items : undefined;
}

/** The places where a rule of this name, or reason, decided. */
export function placesOf({ decisions }: Plan, reason: string): readonly string[] {
  return decisions
    .filter(({ rule }) => rule.reason === reason)
    .map(({ path }) => formatPath(path))
    .sort();
}

/** As an argument of `toThrow`: work that is refused with this code. */
export const refused = (code: string, message: RegExp = /./): unknown =>
  expect.objectContaining({
    name: "PseudonymizerError",
    code,
    message: expect.stringMatching(message),
  });
