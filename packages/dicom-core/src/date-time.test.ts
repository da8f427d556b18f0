import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatDate,
  formatDateTime,
  formatTime,
  parseAge,
  parseDate,
  parseDateRange,
  parseDateTime,
  parseDateTimeRange,
  parseTime,
  parseTimeRange,
} from "./date-time.js";

describe("a date", () => {
  it.each([
    ["19930822", { year: 1993, month: 8, day: 22, precision: "day", retiredForm: false }],
    ["19930822 ", { year: 1993, month: 8, day: 22, precision: "day", retiredForm: false }],
    ["199308", { year: 1993, month: 8, precision: "month", retiredForm: false }],
    ["1993", { year: 1993, precision: "year", retiredForm: false }],
    ["1997.04.24", { year: 1997, month: 4, day: 24, precision: "day", retiredForm: true }],
    ["20240229", { year: 2024, month: 2, day: 29, precision: "day", retiredForm: false }],
    ["20000229", { year: 2000, month: 2, day: 29, precision: "day", retiredForm: false }],
  ])("is parsed: %s", (text, date) => {
    expect(parseDate(text)).toEqual(date);
  });

  it.each([
    "",
    " ",
    "19930832",
    "19930431",
    "19931301",
    "19930001",
    "20230229",
    "19000229",
    "1993082",
    "93",
    "1993-08-22",
    "199308221",
    " 19930822",
    "1997.4.24",
    "ANONYMIZED",
  ])("is not: %o", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  it("is formatted as far as it is known", () => {
    expect(formatDate({ year: 1993, month: 8, day: 2 })).toBe("19930802");
    expect(formatDate({ year: 987, month: 8 })).toBe("098708");
    expect(formatDate({ year: 1993 })).toBe("1993");
  });

  it.each([
    { year: 1993, month: 2, day: 29 },
    { year: 1993, month: 13 },
    { year: 1993, day: 1 },
    { year: 10000 },
    { year: 1.5 },
    { year: Number.NaN },
  ])("is not formatted if there is none: %o", (date) => {
    expect(() => formatDate(date)).toThrow(RangeError);
  });

  it("agrees with the calendar of JavaScript on every day of four centuries", () => {
    const day = new Date(Date.UTC(1899, 11, 31));
    for (let i = 0; i < 146_097; i++) {
      day.setUTCDate(day.getUTCDate() + 1);
      const text = day.toISOString().slice(0, 10).replaceAll("-", "");
      const date = parseDate(text);
      if (date === undefined || formatDate(date) !== text) throw new Error(text);
    }
    let count = 0;
    for (let i = 19000100; i < 19010000; i++) if (parseDate(String(i)) !== undefined) count++;
    expect(count).toBe(365);
  });
});

describe("a time", () => {
  it.each([
    [
      "070907.0705",
      {
        hour: 7,
        minute: 9,
        second: 7,
        fraction: "0705",
        precision: "fraction",
        retiredForm: false,
      },
    ],
    ["070907", { hour: 7, minute: 9, second: 7, precision: "second", retiredForm: false }],
    ["1010", { hour: 10, minute: 10, precision: "minute", retiredForm: false }],
    ["10 ", { hour: 10, precision: "hour", retiredForm: false }],
    ["235960", { hour: 23, minute: 59, second: 60, precision: "second", retiredForm: false }],
    ["10:09:08", { hour: 10, minute: 9, second: 8, precision: "second", retiredForm: true }],
    ["10:09", { hour: 10, minute: 9, precision: "minute", retiredForm: true }],
    [
      "10:09:08.5",
      { hour: 10, minute: 9, second: 8, fraction: "5", precision: "fraction", retiredForm: true },
    ],
  ])("is parsed: %s", (text, time) => {
    expect(parseTime(text)).toEqual(time);
  });

  it.each([
    "",
    "021",
    "2400",
    "1060",
    "101061",
    "101010.",
    "101010.1234567",
    "1010.5",
    "10:9",
    "x",
  ])("is not: %o", (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it("is formatted as far as it is known", () => {
    expect(formatTime({ hour: 7, minute: 9, second: 7, fraction: "0705" })).toBe("070907.0705");
    expect(formatTime({ hour: 7, minute: 9 })).toBe("0709");
    expect(formatTime({ hour: 0 })).toBe("00");
  });

  it.each([
    { hour: 24 },
    { hour: 1, second: 1 },
    { hour: 1, minute: 60 },
    { hour: 1, minute: 1, fraction: "1" },
    { hour: 1, minute: 1, second: 1, fraction: "1234567" },
    { hour: 1, minute: 1, second: 1, fraction: "" },
  ])("is not formatted if there is none: %o", (time) => {
    expect(() => formatTime(time)).toThrow(RangeError);
  });
});

describe("a date and time", () => {
  it.each([
    ["1953082711", { year: 1953, month: 8, day: 27, hour: 11, precision: "hour" }],
    ["1953+0100", { year: 1953, offsetMinutes: 60, precision: "year" }],
    ["195308-0330", { year: 1953, month: 8, offsetMinutes: -210, precision: "month" }],
    [
      "19530827111300.0",
      {
        year: 1953,
        month: 8,
        day: 27,
        hour: 11,
        minute: 13,
        second: 0,
        fraction: "0",
        precision: "fraction",
      },
    ],
    [
      "20070623121903.123456+1400",
      {
        year: 2007,
        month: 6,
        day: 23,
        hour: 12,
        minute: 19,
        second: 3,
        fraction: "123456",
        offsetMinutes: 840,
        precision: "fraction",
      },
    ],
    ["2007-1200", { year: 2007, offsetMinutes: -720, precision: "year" }],
  ])("is parsed: %s", (text, dateTime) => {
    expect(parseDateTime(text)).toEqual(dateTime);
  });

  it.each([
    "",
    "195",
    "19530",
    "1953082724",
    "19530827111300.",
    "1953+1401",
    "1953-1201",
    "1953+0160",
    "1953-0000",
    "1953+01",
    "195308.5",
    "1997.04.24",
  ])("is not: %o", (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it.each([
    { year: 1953, month: 8, hour: 1 },
    { year: 1953, month: 8, day: 27, minute: 1 },
    { year: 1953, offsetMinutes: 841 },
    { year: 1953, offsetMinutes: 0.5 },
  ])("is not formatted if there is none: %o", (dateTime) => {
    expect(() => formatDateTime(dateTime)).toThrow(RangeError);
  });

  it("is the same after formatting and parsing", () => {
    const within = (min: number, max: number) => fc.integer({ min, max });
    const dateTime = fc.record({
      year: within(0, 9999),
      month: within(1, 12),
      day: within(1, 28),
      hour: within(0, 23),
      minute: within(0, 59),
      second: within(0, 60),
      fraction: fc.option(fc.stringMatching(/^\d{1,6}$/), { nil: undefined }),
      offsetMinutes: fc.option(within(-720, 840), { nil: undefined }),
    });
    fc.assert(
      fc.property(dateTime, (parts) => {
        const text = formatDateTime(parts);
        expect(parseDateTime(text)).toMatchObject(parts);
        expect(parseDateTime(`${text} `)).toMatchObject(parts);
      }),
    );
  });
});

describe("a range", () => {
  it("has two ends, or one", () => {
    expect(parseDateRange("19930101-19930822")).toMatchObject({
      from: { month: 1, day: 1 },
      to: { month: 8, day: 22 },
    });
    expect(parseDateRange("19930101-")).toMatchObject({ from: { year: 1993 }, to: undefined });
    expect(parseDateRange("-19930101 ")).toMatchObject({ from: undefined, to: { year: 1993 } });
    expect(parseTimeRange("1000-1200.")).toBeUndefined();
    expect(parseTimeRange("1000-1200")).toMatchObject({ from: { hour: 10 }, to: { hour: 12 } });
  });

  it("may be a single date", () => {
    const range = parseDateRange("19930101");
    expect(range?.from).toEqual(parseDate("19930101"));
    expect(range?.to).toEqual(range?.from);
  });

  it("does not take the minus of an offset for its own", () => {
    expect(parseDateTimeRange("1997-0500")).toMatchObject({
      from: { year: 1997, offsetMinutes: -300 },
      to: { year: 1997, offsetMinutes: -300 },
    });
    expect(parseDateTimeRange("199701-0500-1998")).toMatchObject({
      from: { month: 1, offsetMinutes: -300 },
      to: { year: 1998, offsetMinutes: undefined },
    });
    expect(parseDateTimeRange("-1998-0500")).toMatchObject({
      from: undefined,
      to: { year: 1998, offsetMinutes: -300 },
    });
    expect(parseDateTimeRange("1997-0500-")).toMatchObject({
      from: { year: 1997, offsetMinutes: -300 },
      to: undefined,
    });
  });

  it.each(["-", "", "19930101-x", "19930101--", "a-b"])("is none: %o", (text) => {
    expect(parseDateRange(text)).toBeUndefined();
    expect(parseDateTimeRange(text)).toBeUndefined();
  });
});

describe("an age", () => {
  it.each([
    ["018M", { count: 18, unit: "months" }],
    ["003D", { count: 3, unit: "days" }],
    ["010W ", { count: 10, unit: "weeks" }],
    ["120Y", { count: 120, unit: "years" }],
  ] as const)("is parsed and formatted: %s", (text, age) => {
    expect(parseAge(text)).toEqual(age);
    expect(formatAge(age)).toBe(text.trim());
  });

  it.each(["", "18M", "018", "018m", "0018M", "018H", "-18Y"])("is not: %o", (text) => {
    expect(parseAge(text)).toBeUndefined();
  });

  it("is not formatted with more than three digits", () => {
    expect(() => formatAge({ count: 1000, unit: "days" })).toThrow(RangeError);
    expect(() => formatAge({ count: -1, unit: "days" })).toThrow(RangeError);
  });
});

describe("any text", () => {
  it("is parsed without an exception", () => {
    const digits = fc.stringMatching(/^[0-9.:+ -]{0,30}$/);
    const parsers = [parseDate, parseTime, parseDateTime, parseAge, parseDateTimeRange];
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        for (const parse of parsers) parse(text);
      }),
    );
  });
});
