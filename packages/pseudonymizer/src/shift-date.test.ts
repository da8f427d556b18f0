import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeDate, isTemporal, type TemporalVR } from "./shift-date.js";

const shift = (days: number) => ({ kind: "shift", days }) as const;
const toMonth = { kind: "truncate", to: "month" } as const;
const toYear = { kind: "truncate", to: "year" } as const;

/**
 * The day of `YYYYMMDD`, counted from some day on: by the calendar's own rules, in which March begins the year, and not by
 * `Date`, with which the code under test counts.
 */
function dayNumber(date: string): number {
  const month = Number(date.slice(4, 6));
  const year = Number(date.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const daysBeforeMonth = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return year * 365 + leapDays + daysBeforeMonth + Number(date.slice(6, 8));
}

/** Dates of the calendar in which people and files live, as DA. */
const dates = fc
  .date({ min: new Date("1890-01-01"), max: new Date("2100-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll("-", ""));

const two = (max: number) => fc.nat(max).map((number) => String(number).padStart(2, "0"));

/** What follows the day of a DT: nothing, or a time of day as exact as one likes; and a zone, or none. */
const timesOfDay = fc
  .tuple(
    fc.constantFrom(0, 1, 2, 3, 4),
    two(23),
    two(59),
    two(60),
    fc.stringMatching(/^\d{1,6}$/),
    fc.constantFrom("", "+0000", "+0130", "-1200", "+1400"),
  )
  .map(([parts, hour, minute, second, fraction, zone]) => {
    return [hour, minute, second, `.${fraction}`].slice(0, parts).join("") + zone;
  });

const shifts = fc.integer({ min: -36_525, max: 36_525 });

describe("a shift", () => {
  it("keeps the interval between any two dates, be they DA or DT", () => {
    fc.assert(
      fc.property(dates, dates, timesOfDay, shifts, (first, second, time, days) => {
        const firstMoved = changeDate(first, "DA", shift(days)) as string;
        const secondMoved = changeDate(second + time, "DT", shift(days)) as string;
        expect(firstMoved).toMatch(/^\d{8}$/);
        expect(dayNumber(secondMoved) - dayNumber(firstMoved)).toBe(
          dayNumber(second) - dayNumber(first),
        );
        expect(dayNumber(firstMoved) - dayNumber(first)).toBe(days);
      }),
    );
  });

  it("leaves the time of day, its precision and the time zone of a DT", () => {
    fc.assert(
      fc.property(dates, timesOfDay, shifts, (date, time, days) => {
        expect(changeDate(date + time, "DT", shift(days))?.slice(8)).toBe(time);
      }),
    );
  });

  it("is undone by the opposite one", () => {
    fc.assert(
      fc.property(dates, shifts, (date, days) => {
        const moved = changeDate(date, "DA", shift(days)) as string;
        expect(changeDate(moved, "DA", shift(-days))).toBe(date);
      }),
    );
  });

  it.each([
    ["20240228", 1, "20240229"],
    ["20240228", 2, "20240301"],
    ["20230228", 1, "20230301"],
    ["20000228", 1, "20000229"], // divisible by 400
    ["19000228", 1, "19000301"], // divisible by 100
    ["20240301", -1, "20240229"],
    ["20240229", -366, "20230228"],
    ["20240229", 366, "20250301"],
  ])("knows leap years: %s and %i days", (date, days, expected) => {
    expect(changeDate(date, "DA", shift(days))).toBe(expected);
    expect(changeDate(`${date}235959`, "DT", shift(days))).toBe(`${expected}235959`);
  });

  it.each([
    ["20240101", -1, "20231231"],
    ["19991231", 1, "20000101"],
    ["20000101", -3650, "19900103"],
    ["00990301", -1, "00990228"], // no year of the 20th century
    ["00010102", -1, "00010101"],
    ["99991230", 1, "99991231"],
    ["19970424", 0, "19970424"],
  ])("crosses the borders of years: %s and %i days", (date, days, expected) => {
    expect(changeDate(date, "DA", shift(days))).toBe(expected);
  });

  it.each([
    ["1970", -1, "1969"],
    ["1970", -365, "1969"],
    ["1970", -366, "1968"],
    ["1970", 364, "1970"],
    ["1970", 365, "1971"],
    ["197003", -1, "197002"],
    ["197003", -60, "196912"], // 59 days before March
    ["197003", 31, "197004"],
    ["1970+0100", -1, "1969+0100"],
  ])(
    "moves what is no whole date as its first day, and leaves it as exact: DT %s and %i days",
    (value, days, expected) => {
      expect(changeDate(value, "DT", shift(days))).toBe(expected);
    },
  );

  it("makes a whole date of a DA that is none, since DA has no others", () => {
    expect(changeDate("197003", "DA", shift(-1))).toBe("19700201");
    expect(changeDate("1970", "DA", shift(1))).toBe("19700101");
  });

  it("takes the form before DICOM, and writes the present one", () => {
    expect(changeDate("1997.04.24", "DA", shift(-1))).toBe("19970423");
    expect(changeDate("10:09:08.5", "TM", shift(-1))).toBe("100908.5");
  });

  it.each([
    ["DA", "19970401-19970430", "19970331-19970429"],
    ["DA", "19970401-", "19970331-"],
    ["DA", "-19970430", "-19970429"],
    ["DA", "19970401-19970401", "19970331-19970331"],
    ["DT", "19970401120000-19970430", "19970331120000-19970429"],
    ["DT", "19970401+0100-19970430-0500", "19970331+0100-19970429-0500"],
    ["DT", "1997-0500", "1996-0500"], // an offset (PS3.4 C.2.2.2.5.3)
    ["DT", "-199705", "-199704"],
    ["TM", "1000-1200", "1000-1200"],
    ["TM", "1000-", "1000-"],
  ] as [TemporalVR, string, string][])("leaves a range a range: %s %s", (vr, value, expected) => {
    expect(changeDate(value, vr, shift(-1))).toBe(expected);
  });

  it("leaves times of day", () => {
    fc.assert(
      fc.property(two(23), two(59), two(60), shifts, (hour, minute, second, days) => {
        const time = `${hour}${minute}${second}.123456`;
        expect(changeDate(time, "TM", shift(days))).toBe(time);
      }),
    );
    expect(changeDate("10", "TM", shift(-1))).toBe("10");
  });

  it.each([
    ["DA", "00010101", -1],
    ["DA", "99991231", 1],
    ["DA", "00010601", -36_525],
    ["DT", "0001", -1],
    ["DT", "999912", 31],
    ["DT", "99991231235959", 1],
    ["DA", "00010101-19970424", -1],
    ["DA", "19970424-99991231", 1],
  ] as [TemporalVR, string, number][])(
    "does not leave the calendar: %s %s and %i days",
    (vr, value, days) => {
      expect(changeDate(value, vr, shift(days))).toBeUndefined();
      expect(changeDate(value, vr, shift(0))).toBe(value);
    },
  );
});

describe("what is no date or time", () => {
  const NONSENSE: readonly (readonly [TemporalVR, string])[] = [
    ["DA", "00000000"],
    ["DA", "20230230"],
    ["DA", "20230229"],
    ["DA", "20231301"],
    ["DA", "19640229x"],
    ["DA", "Doe, Jane"],
    ["DA", "last May"],
    ["DA", "1997-04-24"],
    ["DA", "24.04.1997"],
    ["DA", "-"],
    ["DA", "19970401-19970430-19970501"],
    ["DA", "20230230-20230301"],
    ["DA", "+19970424"],
    ["DA", "1997042"],
    ["DT", "20230230120000"],
    ["DT", "19970424250000"],
    ["DT", "19970424120000+9900"],
    ["DT", "Doe"],
    ["DT", "1997042412000O"],
    ["TM", "250000"],
    ["TM", "noon"],
    ["TM", "12h"],
    ["TM", "120000.1234567"],
  ];

  it.each(NONSENSE)("is not changed into one: %s %s", (vr, value) => {
    for (const change of [shift(-1), shift(0), shift(400), toMonth, toYear]) {
      expect(changeDate(value, vr, change)).toBeUndefined();
    }
  });

  it("is never left as it is", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.constantFrom("DA", "DT"),
        shifts,
        (text, vr, days) => {
          const digits = /^[\d.+-]*[ \0]*$/.test(text);
          if (!digits) expect(changeDate(text, vr, shift(days))).toBeUndefined();
        },
      ),
    );
  });
});

describe("cutting off", () => {
  it.each([
    ["DA", "19970424", "19970401", "19970101"],
    ["DA", "1997.04.24", "19970401", "19970101"],
    ["DA", "19971231", "19971201", "19970101"],
    ["DA", "19970424-19970630", "19970401-19970601", "19970101-19970101"],
    ["DA", "199704", "19970401", "19970101"],
    ["DT", "19970424100908.123456+0200", "199704", "1997"],
    ["DT", "199704", "199704", "1997"],
    ["DT", "1997", "1997", "1997"],
    ["DT", "1997-0500", "1997", "1997"],
    ["DT", "19970424-19980101", "199704-199801", "1997-1998"],
    ["TM", "100908.123456", "000000", "000000"],
    ["TM", "10", "000000", "000000"],
    ["TM", "1000-1200", "000000-000000", "000000-000000"],
  ] as [TemporalVR, string, string, string][])(
    "leaves month or year: %s %s",
    (vr, value, month, year) => {
      expect(changeDate(value, vr, toMonth)).toBe(month);
      expect(changeDate(value, vr, toYear)).toBe(year);
    },
  );

  it("leaves nothing by which two dates of a month, or a year, differ", () => {
    fc.assert(
      fc.property(dates, dates, timesOfDay, (first, second, time) => {
        const other = first.slice(0, 6) + second.slice(6);
        fc.pre(Number(second.slice(6)) <= 28);
        expect(changeDate(other + time, "DT", toMonth)).toBe(changeDate(first, "DT", toMonth));
        const year = first.slice(0, 4) + second.slice(4);
        fc.pre(second.slice(4) !== "0229");
        expect(changeDate(year, "DA", toYear)).toBe(changeDate(first, "DA", toYear));
      }),
    );
  });
});

it("is about DA, DT and TM, and no other VR", () => {
  expect(["DA", "DT", "TM"].every(isTemporal)).toBe(true);
  expect(["AS", "UT", "", "da"].some(isTemporal)).toBe(false);
});
