/**
 * `--dry-run`: prints what would happen to each file, and writes nothing.
 *
 * @module
 */
import { join } from "node:path";
import { keywordOfTag } from "@dsail/dicom-core/dictionary";
import { readDicomFile } from "@dsail/dicom-core/node";
import { describePlan } from "../describe-plan.js";
import { failureOf, formatFailure } from "../failure.js";
import type { LinkedPseudonymizationOptions } from "../node/linked-pseudonymization.js";
import { listInput } from "../node/list-files.js";
import { planFile } from "../plan.js";
import { quoted } from "../printable.js";
import { createPseudonymization } from "../pseudonymization.js";

/** How a dry run ended. */
export interface DryRunSummary {
  readonly planned: number;
  readonly skipped: number;
  readonly failed: number;
  /** Whether it was stopped before the last file. */
  readonly stopped: boolean;
}

/**
 * Plans all files of an input.
 *
 * @param print - takes a line
 * @param fail - takes a line about a file that would be refused
 */
export async function dryRun(
  input: string,
  { lookup: _, patientPseudonyms, ...settings }: LinkedPseudonymizationOptions,
  options: { readonly showValues: boolean; readonly signal?: AbortSignal | undefined },
  {
    print,
    fail,
  }: { readonly print: (line: string) => void; readonly fail: (line: string) => void },
): Promise<DryRunSummary> {
  // Nothing is recorded: pseudonyms at random are shown as keyed ones would be.
  const shown =
    patientPseudonyms?.kind === "random"
      ? { ...patientPseudonyms, kind: "keyed" as const }
      : patientPseudonyms;
  const pseudonymization = createPseudonymization({
    ...settings,
    ...(shown === undefined ? {} : { patientPseudonyms: shown }),
  });
  const { folder, files } = await listInput(input);
  const counts = { planned: 0, skipped: 0, failed: 0 };
  for (const { path, isFile, error } of files) {
    if (options.signal?.aborted === true) return { ...counts, stopped: true };
    if (error === undefined && !isFile) {
      counts.skipped++;
      continue;
    }
    try {
      if (error !== undefined) throw error;
      const file = await readDicomFile(join(folder, path));
      const plan = planFile(file, pseudonymization, { explain: true });
      const { showValues } = options;
      print(quoted(path));
      for (const line of describePlan(file, plan, { showValues, nameOf: keywordOfTag })) {
        print(`  ${line}`);
      }
      counts.planned++;
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (failure.code === "NOT_DICOM") {
        counts.skipped++;
      } else {
        counts.failed++;
        fail(`${quoted(path)}: ${formatFailure(failure)}`);
      }
    }
  }
  return { ...counts, stopped: false };
}
