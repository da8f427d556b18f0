import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY, OTHER_KEY } from "../test/keys.js";
import { isPseudonymizerError } from "./errors.js";
import { keyedHash } from "./keyed-hash.js";
import { dateChanges, type ModifiedDates } from "./modified-dates.js";

const hash = keyedHash(KEY);

/** The days by which the dates of a patient move. */
function daysOf(settings: ModifiedDates, patient: string, key = KEY): number {
  const change = dateChanges(settings, keyedHash(key))(patient);
  if (change.kind !== "shift") throw new TypeError("settings: expected a shift");
  return change.days;
}

const PATIENTS: readonly string[] = Array.from({ length: 2000 }, (_, i) => `PAT-${i}`);

describe("a keyed shift", () => {
  it("is the same for the same patient and key, whoever asks, and in whatever order", () => {
    const settings = { kind: "keyed" } as const;
    const forth = dateChanges(settings, hash);
    const back = dateChanges(settings, keyedHash(KEY));
    const first = PATIENTS.map((patient) => forth(patient));
    const second = [...PATIENTS].reverse().map((patient) => back(patient));
    expect(second.reverse()).toEqual(first);
  });

  it("is that of HMAC-SHA-256, as another program computes it", () => {
    // python3 -c 'import hmac; d = hmac.digest(bytes(range(1, 33)), b"DateShift\0PAT-1", "sha256");
    // print(-1 - int.from_bytes(d[:8], "big") % 3650)'
    expect(daysOf({ kind: "keyed" }, "PAT-1")).toBe(-1300);
  });

  it("takes a Patient ID with padding for the same", () => {
    expect(daysOf({ kind: "keyed" }, " PAT-1 ")).toBe(daysOf({ kind: "keyed" }, "PAT-1"));
  });

  it("goes into the past, by one day at least and the window at most", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 36_525 }), (patient, windowDays) => {
        const days = daysOf({ kind: "keyed", windowDays }, patient);
        expect(Number.isInteger(days)).toBe(true);
        expect(days).toBeLessThanOrEqual(-1);
        expect(days).toBeGreaterThanOrEqual(-windowDays);
      }),
    );
  });

  it("has a window of ten years unless told otherwise", () => {
    const days = PATIENTS.map((patient) => daysOf({ kind: "keyed" }, patient));
    expect(Math.max(...days)).toBeLessThanOrEqual(-1);
    expect(Math.min(...days)).toBeGreaterThanOrEqual(-3650);
    // Of 2,000 patients, hardly any is left out of the first or the last hundredth: (99/100)^2000 is 2e-9.
    expect(Math.max(...days)).toBeGreaterThan(-37);
    expect(Math.min(...days)).toBeLessThan(-3613);
  });

  it("reaches every day of the window, each about as often", () => {
    const counts = new Map<number, number>();
    for (const patient of PATIENTS) {
      const days = daysOf({ kind: "keyed", windowDays: 10 }, patient);
      counts.set(days, (counts.get(days) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([
      -10, -9, -8, -7, -6, -5, -4, -3, -2, -1,
    ]);
    // 200 are expected of each, with a standard deviation of 13.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(70);
  });

  it("differs between patients", () => {
    const days = new Set(PATIENTS.map((patient) => daysOf({ kind: "keyed" }, patient)));
    // Of 3,650 days, 2,000 patients are expected to hit 3650 (1 - e^(-2000/3650)) = 1,540.
    expect(days.size).toBeGreaterThan(1450);
  });

  it("differs between keys", () => {
    const same = PATIENTS.filter((patient) => {
      return daysOf({ kind: "keyed" }, patient) === daysOf({ kind: "keyed" }, patient, OTHER_KEY);
    });
    // One in 3,650 by chance.
    expect(same.length).toBeLessThan(10);
  });

  it("is one day for everybody where the window is one day", () => {
    for (const patient of PATIENTS) {
      expect(daysOf({ kind: "keyed", windowDays: 1 }, patient)).toBe(-1);
    }
  });
});

describe("a fixed shift", () => {
  it("is the same for all patients and keys", () => {
    expect(daysOf({ kind: "fixed", days: 17 }, "PAT-1")).toBe(17);
    expect(daysOf({ kind: "fixed", days: -17 }, "", OTHER_KEY)).toBe(-17);
  });
});

describe("a table of shifts", () => {
  const table: ModifiedDates = {
    kind: "table",
    days: new Map([
      ["PAT-1", -100],
      ["PAT-2", 36_525],
    ]),
  };

  it("has one for each patient", () => {
    expect(daysOf(table, "PAT-1")).toBe(-100);
    expect(daysOf(table, " PAT-2 ")).toBe(36_525);
  });

  it.each(["PAT-CANARY", "", "pat-1"])("refuses a patient whom it lacks: %j", (patient) => {
    const changeOf = dateChanges(table, hash);
    let caught: unknown;
    try {
      changeOf(patient);
    } catch (error) {
      caught = error;
    }
    expect(isPseudonymizerError(caught) && caught.code).toBe("PATIENT_UNKNOWN");
    const told = `${String(caught)} ${JSON.stringify(caught)} ${(caught as Error).stack}`;
    for (const value of [patient, "PAT-1", "-100", "36525"]) {
      if (value !== "") expect(told.includes(value)).toBe(false);
    }
  });
});

it("cuts off by the same unit for everybody", () => {
  for (const to of ["month", "year"] as const) {
    const changeOf = dateChanges({ kind: "truncated", to }, hash);
    expect(changeOf("PAT-1")).toEqual({ kind: "truncate", to });
    expect(changeOf("")).toEqual({ kind: "truncate", to });
  }
});

describe("a number that is none of days", () => {
  const BAD = [1.5, Number.NaN, Number.POSITIVE_INFINITY, 36_526, -36_526];

  it.each([...BAD, 0, -1])("is refused as a window: %d", (windowDays) => {
    expect(() => dateChanges({ kind: "keyed", windowDays }, hash)).toThrow(RangeError);
  });

  it.each(BAD)("is refused as a fixed shift, and in a table: %d", (days) => {
    expect(() => dateChanges({ kind: "fixed", days }, hash)).toThrow(RangeError);
    const table = new Map([
      ["PAT-1", 1],
      ["PAT-CANARY", days],
    ]);
    expect(() => dateChanges({ kind: "table", days: table }, hash)).toThrow(RangeError);
    expect(() => dateChanges({ kind: "table", days: table }, hash)).not.toThrow("PAT-CANARY");
  });

  it.each([1, 36_525])("is not the least, nor the greatest: %d", (days) => {
    expect(() => dateChanges({ kind: "keyed", windowDays: days }, hash)).not.toThrow();
    expect(() => dateChanges({ kind: "fixed", days: -days }, hash)).not.toThrow();
  });
});
