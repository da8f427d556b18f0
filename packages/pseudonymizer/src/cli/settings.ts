/**
 * Options of the command line as settings, with the files that they name read.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import type { TableOption } from "../action.js";
import type { DescriptorOptions } from "../clean-text.js";
import type { CustomRule } from "../custom-rule.js";
import { PseudonymizerError } from "../errors.js";
import type { ModifiedDates } from "../modified-dates.js";
import { readDateOffsetTable } from "../node/date-offset-table.js";
import { readKeyFile } from "../node/key-file.js";
import type { LinkedPseudonymizationOptions } from "../node/linked-pseudonymization.js";
import { readPatientTable } from "../node/patient-table.js";
import type { PseudonymFormat } from "../pseudonym.js";
import { type PrivateElement, parsePrivateElement } from "../safe-private.js";

/** What is said about how files are pseudonymized. */
export interface SettingsFlags {
  readonly option: readonly TableOption[];
  readonly unlisted: "keep" | "remove";
  readonly rules?: string;
  readonly lookup?: string;
  readonly patientIds?: string;
  readonly randomPatientIds: boolean;
  readonly patientPrefix?: string;
  readonly patientLength?: number;
  readonly patientAlphabet?: string;
  readonly dateWindow?: number;
  readonly dateOffset?: number;
  readonly dateOffsets?: string;
  readonly truncateDates?: "month" | "year";
  readonly safePrivate?: string;
  readonly descriptorLevel: "strict" | "moderate";
  readonly safeWords?: string;
  readonly identifiers?: string;
}

/**
 * The settings.
 *
 * @throws {@link PseudonymizerError} if options contradict each other, or a file is not what it should be
 */
export async function readSettings(
  keyFile: string,
  flags: SettingsFlags,
): Promise<LinkedPseudonymizationOptions> {
  refuseWithoutEffect(flags);
  const modifiedDates = modifiedDatesOf(flags);
  const patientPseudonyms = patientPseudonymsOf(flags);
  const { rules, safePrivate, lookup } = flags;
  return {
    key: await readKeyFile(keyFile),
    options: flags.option,
    unlisted: flags.unlisted,
    descriptors: await descriptorsOf(flags),
    ...(modifiedDates === undefined ? {} : { modifiedDates }),
    ...(patientPseudonyms === undefined ? {} : { patientPseudonyms }),
    ...(rules === undefined ? {} : { rules: await readRules(rules) }),
    ...(safePrivate === undefined ? {} : { safePrivate: await readPrivateElements(safePrivate) }),
    ...(lookup === undefined ? {} : { lookup }),
  };
}

/** What is asked for and does nothing would be believed to be done. */
function refuseWithoutEffect(flags: SettingsFlags): void {
  const { descriptorLevel, safeWords, identifiers, safePrivate, option, unlisted, rules } = flags;
  const cleansTexts =
    option.some((name) => CLEANING.has(name)) || unlisted === "remove" || rules !== undefined;
  const aboutTexts = descriptorLevel !== "strict" || isGiven(safeWords) || isGiven(identifiers);
  if (aboutTexts && !cleansTexts) {
    throw contradiction(
      "--descriptor-level, --safe-words and --identifiers are for texts that are cleaned: see --option clean-descriptors",
    );
  }
  if (isGiven(safePrivate) && !option.includes("retainSafePrivate")) {
    throw contradiction("--safe-private is for --option retain-safe-private");
  }
  if (flags.randomPatientIds && !isGiven(flags.lookup) && !isGiven(flags.patientIds)) {
    throw contradiction(
      "--random-patient-ids needs --lookup: nothing but a lookup table tells them again",
    );
  }
}

/** Options under which some texts are cleaned. */
const CLEANING: ReadonlySet<TableOption> = new Set<TableOption>([
  "cleanDescriptors",
  "cleanGraphics",
  "cleanStructuredContent",
  "retainDeviceIdentity",
  "retainPatientCharacteristics",
  "retainSafePrivate",
]);

function modifiedDatesOf(flags: SettingsFlags): ModifiedDates | undefined {
  const { dateWindow, dateOffset, dateOffsets, truncateDates } = flags;
  const given = [dateWindow, dateOffset, dateOffsets, truncateDates].filter(isGiven);
  if (given.length === 0) return undefined;
  if (given.length > 1) {
    throw contradiction(
      "of --date-window, --date-offset, --date-offsets and --truncate-dates only one can be given",
    );
  }
  if (!flags.option.includes("retainLongitudinalModifiedDates")) {
    throw contradiction("dates are only modified with --option retain-longitudinal-modified-dates");
  }
  if (dateWindow !== undefined) return { kind: "keyed", windowDays: dateWindow };
  if (dateOffset !== undefined) return { kind: "fixed", days: dateOffset };
  if (truncateDates !== undefined) return { kind: "truncated", to: truncateDates };
  return { kind: "table", days: readDateOffsetTable(dateOffsets ?? "") };
}

function patientPseudonymsOf(
  flags: SettingsFlags,
): LinkedPseudonymizationOptions["patientPseudonyms"] {
  const { patientIds, randomPatientIds, patientPrefix, patientLength, patientAlphabet } = flags;
  const format: PseudonymFormat = {
    ...(patientPrefix === undefined ? {} : { prefix: patientPrefix }),
    ...(patientLength === undefined ? {} : { length: patientLength }),
    ...(patientAlphabet === undefined ? {} : { alphabet: patientAlphabet }),
  };
  if (patientIds !== undefined) {
    if (randomPatientIds || Object.keys(format).length > 0) {
      throw contradiction("--patient-ids gives the pseudonyms: nothing else can be said of them");
    }
    return { kind: "table", pseudonyms: readPatientTable(patientIds) };
  }
  return { kind: randomPatientIds ? "random" : "keyed", format };
}

async function descriptorsOf(flags: SettingsFlags): Promise<DescriptorOptions> {
  const { descriptorLevel: level, safeWords, identifiers } = flags;
  return {
    level,
    ...(safeWords === undefined ? {} : { words: await readLines("--safe-words", safeWords) }),
    ...(identifiers === undefined
      ? {}
      : { identifiers: await readLines("--identifiers", identifiers) }),
  };
}

/** The dictionary is loaded for them only. */
async function readRules(path: string): Promise<readonly CustomRule[]> {
  const { parseRules } = await import("../parse-rules.js");
  return parseRules(await readText("--rules", path));
}

/** Lines such as `(0019,xx0C) SIEMENS MR HEADER`. */
async function readPrivateElements(path: string): Promise<readonly PrivateElement[]> {
  const lines = await readLines("--safe-private", path);
  return lines.map((line, index) => {
    const [element = "", ...creator] = line.split(/\s+/);
    const parsed = parsePrivateElement(creator.join(" "), element);
    if (parsed !== undefined) return parsed;
    throw new PseudonymizerError(
      "BAD_INPUT",
      `--safe-private: entry ${index + 1} is not like (0019,xx0C) SIEMENS MR HEADER`,
    );
  });
}

/** One entry a line; empty lines, and what begins with #, say nothing. */
async function readLines(option: string, path: string): Promise<readonly string[]> {
  const lines = (await readText(option, path)).split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

async function readText(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PseudonymizerError(
      "BAD_INPUT",
      `the file of ${option} cannot be read (${code ?? "unknown"})`,
    );
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

function contradiction(why: string): PseudonymizerError {
  return new PseudonymizerError("BAD_OPTION", why);
}
