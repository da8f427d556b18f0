/**
 * By how much the dates of a patient move: the Retain Longitudinal Temporal Information With Modified Dates Option
 * (PS3.15 E.3.6).
 *
 * @module
 */
import { PseudonymizerError } from "./errors.js";
import type { KeyedHash } from "./keyed-hash.js";

/** How dates are modified. */
export type ModifiedDates =
  /**
   * Into the past, by whole days that differ from patient to patient and are the same for all files of one, on every
   * machine that has the key.
   */
  | {
      readonly kind: "keyed";
      /** The greatest number of days, 1 to 36,525. The least is 1. Default 3,650. */
      readonly windowDays?: number;
    }
  /** By the same number of days for all patients: whoever knows one true date knows all. */
  | { readonly kind: "fixed"; readonly days: number }
  /** By a number of days for each patient, by Patient ID; files of other patients are refused. */
  | { readonly kind: "table"; readonly days: ReadonlyMap<string, number> }
  /** Cut down to the month, or year, that they are in; times of day are cut off. Intervals are kept roughly. */
  | { readonly kind: "truncated"; readonly to: "month" | "year" };

/** What becomes of the dates of one patient. */
export type DateChange =
  | { readonly kind: "shift"; readonly days: number }
  | { readonly kind: "truncate"; readonly to: "month" | "year" };

/** The days that a keyed shift has at most, unless told otherwise: ten years. */
const DEFAULT_WINDOW_DAYS = 3650;

/** A hundred years. */
const MAX_DAYS = 36_525;

/**
 * Makes the function that tells what becomes of a patient's dates.
 *
 * @returns takes what identifies the patient, usually the Patient ID. Throws {@link PseudonymizerError}
 * `PATIENT_UNKNOWN` if a table lacks it
 * @throws {@link RangeError} if days or window are out of range
 */
export function dateChanges(
  settings: ModifiedDates,
  hash: KeyedHash,
): (patient: string) => DateChange {
  switch (settings.kind) {
    case "keyed": {
      const { windowDays = DEFAULT_WINDOW_DAYS } = settings;
      assertDays("windowDays", windowDays, 1);
      return (patient) => {
        const bytes = hash(`DateShift\0${patient.trim()}`);
        const number = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
        return { kind: "shift", days: -1 - Number(number % BigInt(windowDays)) };
      };
    }
    case "fixed": {
      assertShift(settings.days);
      const change: DateChange = { kind: "shift", days: settings.days };
      return () => change;
    }
    case "table": {
      for (const days of settings.days.values()) assertShift(days);
      return (patient) => {
        const days = settings.days.get(patient.trim());
        if (days === undefined) {
          throw new PseudonymizerError(
            "PATIENT_UNKNOWN",
            "the table of date offsets has no such patient",
          );
        }
        return { kind: "shift", days };
      };
    }
    case "truncated": {
      if (settings.to !== "month" && settings.to !== "year") {
        throw new RangeError("to: expected month or year");
      }
      const change: DateChange = { kind: "truncate", to: settings.to };
      return () => change;
    }
    default:
      throw new RangeError("modifiedDates.kind: expected keyed, fixed, table or truncated");
  }
}

function assertShift(days: number): void {
  assertDays("days", days, -MAX_DAYS);
  if (days === 0)
    throw new RangeError("days: expected another number than 0, which modifies nothing");
}

function assertDays(name: string, days: number, least: number): void {
  if (!Number.isInteger(days) || days < least || days > MAX_DAYS) {
    throw new RangeError(`${name}: expected an integer of ${least} to ${MAX_DAYS}, got ${days}`);
  }
}
