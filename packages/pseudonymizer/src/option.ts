/**
 * The options of PS3.15 Annex E: what may be kept or cleaned instead of removed, and which of them go together.
 *
 * @module
 */
import type { TableOption } from "./action.js";
import { PseudonymizerError } from "./errors.js";

/** The code of an option in CID 7050, by which a file says that it was applied. */
const CODE_VALUES: { readonly [option in TableOption]: string } = {
  cleanGraphics: "113103",
  cleanStructuredContent: "113104",
  cleanDescriptors: "113105",
  retainLongitudinalFullDates: "113106",
  retainLongitudinalModifiedDates: "113107",
  retainPatientCharacteristics: "113108",
  retainDeviceIdentity: "113109",
  retainUids: "113110",
  retainSafePrivate: "113111",
  retainInstitutionIdentity: "113112",
};

/** All options, in the order of their codes. */
export const TABLE_OPTIONS: readonly TableOption[] = Object.keys(CODE_VALUES) as TableOption[];

/** Options that the standard has and this package has not: they are about pixels. */
const OF_PIXELS: ReadonlySet<string> = new Set([
  "cleanPixelData",
  "cleanRecognizableVisualFeatures",
]);

/** The value of the code of an option in CID 7050. */
export function codeValueOfOption(option: TableOption): string {
  return CODE_VALUES[option];
}

/** How an option is written on a command line: `retain-uids` for `retainUids`. */
export function formatOption(option: TableOption): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * The option in a text such as `retain-uids` or `retainUids`.
 *
 * @throws {@link PseudonymizerError} `BAD_OPTION` if there is none, or it is not offered
 */
export function parseOption(text: string): TableOption {
  const name = text.trim().replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if ((TABLE_OPTIONS as readonly string[]).includes(name)) return name as TableOption;
  throw new PseudonymizerError(
    "BAD_OPTION",
    OF_PIXELS.has(name)
      ? "option: pixels are not cleaned yet; headers only"
      : `option: expected one of ${TABLE_OPTIONS.map(formatOption).join(", ")}`,
  );
}

/**
 * The options as a set.
 *
 * @throws {@link PseudonymizerError} `BAD_OPTION` if one is not known, or two exclude each other
 */
export function checkOptions(options: readonly TableOption[]): ReadonlySet<TableOption> {
  const checked = new Set(options.map((option) => parseOption(option)));
  if (
    checked.has("retainLongitudinalFullDates") &&
    checked.has("retainLongitudinalModifiedDates")
  ) {
    throw new PseudonymizerError(
      "BAD_OPTION",
      "option: retain-longitudinal-full-dates and retain-longitudinal-modified-dates exclude each other (PS3.15 E.3.6)",
    );
  }
  return checked;
}
