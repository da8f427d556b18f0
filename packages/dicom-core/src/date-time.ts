/**
 * Dates, times and ages: VRs DA, TM, DT and AS (PS3.5 Table 6.2-1), and ranges of them as queries
 * have (PS3.4 C.2.2.2.5).
 *
 * Each `parse…` gives undefined for what is none, and never throws: files hold anything. Trailing
 * padding is allowed.
 *
 * @module
 */
import { PADDING, trimTrailing } from "./padding.js";

/** A date, as exact as it is known. */
export interface DateParts {
  /** 0 to 9999. */
  readonly year: number;
  /** 1 to 12. */
  readonly month?: number | undefined;
  /** 1 to 31. */
  readonly day?: number | undefined;
}

/** A time of day, as exact as it is known. */
export interface TimeParts {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute?: number | undefined;
  /** 0 to 60: 60 is a leap second. */
  readonly second?: number | undefined;
  /**
   * Digits after the decimal point of the seconds, one to six. A text, since `.5` and `.500` differ
   * in precision.
   */
  readonly fraction?: string | undefined;
}

/** A date and time, as exact as it is known. */
export interface DateTimeParts extends DateParts {
  /** 0 to 23. */
  readonly hour?: number | undefined;
  readonly minute?: number | undefined;
  readonly second?: number | undefined;
  readonly fraction?: string | undefined;
  /** From UTC, -720 to 840; undefined if the text does not say. */
  readonly offsetMinutes?: number | undefined;
}

/** The smallest unit that a text has. */
export type DatePrecision = "year" | "month" | "day";
export type TimePrecision = "hour" | "minute" | "second" | "fraction";

export interface DicomDate extends DateParts {
  readonly precision: DatePrecision;
  /** Written `1997.04.24`, as before DICOM (ACR-NEMA 300). */
  readonly retiredForm: boolean;
}

export interface DicomTime extends TimeParts {
  readonly precision: TimePrecision;
  /** Written `10:09:08`, as before DICOM (ACR-NEMA 300). */
  readonly retiredForm: boolean;
}

export interface DicomDateTime extends DateTimeParts {
  readonly precision: DatePrecision | TimePrecision;
}

/** From and to, both included; undefined where it is open. */
export interface DicomRange<T> {
  readonly from: T | undefined;
  readonly to: T | undefined;
}

/** An age: `018M` is 18 months. */
export interface DicomAge {
  /** 0 to 999. */
  readonly count: number;
  readonly unit: "days" | "weeks" | "months" | "years";
}

const DATE = /^(\d{4})(?:(\d\d)(\d\d)?)?$/;
const RETIRED_DATE = /^(\d{4})\.(\d\d)\.(\d\d)$/;
const TIME = /^(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?$/;
const RETIRED_TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/;
const DATE_TIME = /^(\d{4,14}(?:\.\d{1,6})?)([+-]\d{4})?$/;

/**
 * The date in `19970424`, and, though DA does not have them, in `199704`, `1997` and the retired
 * `1997.04.24`.
 */
export function parseDate(text: string): DicomDate | undefined {
  const trimmed = trimTrailing(text, PADDING);
  const retired = RETIRED_DATE.exec(trimmed);
  const match = retired ?? DATE.exec(trimmed);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(toNumber);
  const date = { year: year as number, month, day };
  if (!isDate(date)) return undefined;
  return { ...date, precision: datePrecision(date), retiredForm: retired !== null };
}

/** The time in `10`, `1009`, `100908`, `100908.123456` and the retired `10:09:08`. */
export function parseTime(text: string): DicomTime | undefined {
  const trimmed = trimTrailing(text, PADDING);
  const retired = RETIRED_TIME.exec(trimmed);
  const match = retired ?? TIME.exec(trimmed);
  if (match === null) return undefined;
  const [hour, minute, second] = match.slice(1, 4).map(toNumber);
  const time = { hour: hour as number, minute, second, fraction: match[4] };
  if (!isTime(time)) return undefined;
  return { ...time, precision: timePrecision(time), retiredForm: retired !== null };
}

/**
 * The date and time in `1997`, … `19970424100908.123456`, each also with an offset from UTC:
 * `199704241009+0200`.
 */
export function parseDateTime(text: string): DicomDateTime | undefined {
  const match = DATE_TIME.exec(trimTrailing(text, PADDING));
  if (match === null) return undefined;
  const [, digits = "", offset] = match;
  const date = parseDate(digits.slice(0, 8));
  const time = digits.length > 8 ? parseTime(digits.slice(8)) : undefined;
  if (date === undefined || (digits.length > 8 && time === undefined)) return undefined;
  const offsetMinutes = offset === undefined ? undefined : parseOffset(offset);
  if (offset !== undefined && offsetMinutes === undefined) return undefined;
  const { year, month, day } = date;
  const { hour, minute, second, fraction } = time ?? {};
  const precision = time?.precision ?? date.precision;
  return { year, month, day, hour, minute, second, fraction, offsetMinutes, precision };
}

/** `&ZZXX` in minutes: PS3.5 Table 6.2-1 has -1200 to +1400, and no -0000. */
function parseOffset(text: string): number | undefined {
  const minutes = Number(text.slice(3));
  const total = Number(text.slice(1, 3)) * 60 + minutes;
  const signed = text.startsWith("-") ? -total : total;
  return minutes > 59 || signed < -720 || signed > 840 || text === "-0000" ? undefined : signed;
}

/**
 * The range in `19970401-19970430`, `19970401-`, `-19970430`; a single date is a range of itself.
 */
export function parseDateRange(text: string): DicomRange<DicomDate> | undefined {
  return parseRange(text, parseDate);
}

/** The range in `1000-1200`, `1000-`, `-1200`; a single time is a range of itself. */
export function parseTimeRange(text: string): DicomRange<DicomTime> | undefined {
  return parseRange(text, parseTime);
}

/**
 * The range in `199704-199705`, `1997-`, `-1998`; a single date and time is a range of itself.
 *
 * A minus may also begin an offset: PS3.4 C.2.2.2.5.3 lets `1997-0500` be one.
 */
export function parseDateTimeRange(text: string): DicomRange<DicomDateTime> | undefined {
  return parseRange(text, parseDateTime);
}

function parseRange<T>(
  text: string,
  parse: (text: string) => T | undefined,
): DicomRange<T> | undefined {
  const trimmed = trimTrailing(text, PADDING);
  const single = parse(trimmed);
  if (single !== undefined) return { from: single, to: single };
  for (let i = trimmed.indexOf("-"); i >= 0; i = trimmed.indexOf("-", i + 1)) {
    const [before, after] = [trimmed.slice(0, i), trimmed.slice(i + 1)];
    const range = { from: parse(before), to: parse(after) };
    const isFrom = range.from !== undefined || before === "";
    const isTo = range.to !== undefined || after === "";
    if (isFrom && isTo && trimmed !== "-") return range;
  }
  return undefined;
}

/** The age in `018M`: three digits, and one of D, W, M, Y. */
export function parseAge(text: string): DicomAge | undefined {
  const match = /^(\d{3})([DWMY])$/.exec(trimTrailing(text, PADDING));
  if (match === null) return undefined;
  return { count: Number(match[1]), unit: UNIT_OF_LETTER[match[2] as keyof typeof UNIT_OF_LETTER] };
}

const UNIT_OF_LETTER = { D: "days", W: "weeks", M: "months", Y: "years" } as const;

/**
 * DA: `19970424`, or as far as the date is known.
 *
 * @throws {@link RangeError} if there is no such date
 */
export function formatDate(date: DateParts): string {
  if (!isDate(date)) throw new RangeError("date: expected a date of the calendar");
  return pad(date.year, 4) + pad(date.month, 2) + pad(date.day, 2);
}

/**
 * TM: `100908.123`, or as far as the time is known.
 *
 * @throws {@link RangeError} if there is no such time
 */
export function formatTime(time: TimeParts): string {
  if (!isTime(time)) throw new RangeError("time: expected a time of day");
  const fraction = time.fraction === undefined ? "" : `.${time.fraction}`;
  return pad(time.hour, 2) + pad(time.minute, 2) + pad(time.second, 2) + fraction;
}

/**
 * DT: `19970424100908.123+0200`, or as far as date and time are known.
 *
 * @throws {@link RangeError} if there is no such date, time or offset
 */
export function formatDateTime(dateTime: DateTimeParts): string {
  const { day, hour, minute, second, fraction, offsetMinutes } = dateTime;
  const date = formatDate(dateTime);
  if (hour === undefined ? (minute ?? second ?? fraction) !== undefined : day === undefined) {
    throw new RangeError("dateTime: expected no unit without the greater ones");
  }
  const time = hour === undefined ? "" : formatTime({ hour, minute, second, fraction });
  return date + time + formatOffset(offsetMinutes);
}

/**
 * AS: `018M`.
 *
 * @throws {@link RangeError} if the count is not an integer of 0 to 999
 */
export function formatAge({ count, unit }: DicomAge): string {
  if (!isWithin(count, 0, 999)) throw new RangeError(`count: expected 0 to 999, got ${count}`);
  return pad(count, 3) + unit.charAt(0).toUpperCase();
}

function formatOffset(offsetMinutes: number | undefined): string {
  if (offsetMinutes === undefined) return "";
  if (!isWithin(offsetMinutes, -720, 840)) {
    throw new RangeError(`offsetMinutes: expected -720 to 840, got ${offsetMinutes}`);
  }
  const minutes = Math.abs(offsetMinutes);
  return (offsetMinutes < 0 ? "-" : "+") + pad(Math.floor(minutes / 60), 2) + pad(minutes % 60, 2);
}

/** Whether the calendar has the date, and no smaller unit is known without the greater. */
function isDate({ year, month, day }: DateParts): boolean {
  if (!isWithin(year, 0, 9999)) return false;
  if (month === undefined) return day === undefined;
  if (!isWithin(month, 1, 12)) return false;
  return day === undefined || isWithin(day, 1, daysOfMonth(year, month));
}

function daysOfMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

function isTime({ hour, minute, second, fraction }: TimeParts): boolean {
  if (!isWithin(hour, 0, 23)) return false;
  if (minute === undefined) return second === undefined && fraction === undefined;
  if (!isWithin(minute, 0, 59)) return false;
  if (second === undefined) return fraction === undefined;
  return isWithin(second, 0, 60) && (fraction === undefined || /^\d{1,6}$/.test(fraction));
}

function datePrecision({ month, day }: DateParts): DatePrecision {
  if (day !== undefined) return "day";
  return month === undefined ? "year" : "month";
}

function timePrecision({ minute, second, fraction }: TimeParts): TimePrecision {
  if (fraction !== undefined) return "fraction";
  if (second !== undefined) return "second";
  return minute === undefined ? "hour" : "minute";
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function pad(value: number | undefined, digits: number): string {
  return value === undefined ? "" : String(value).padStart(digits, "0");
}

function toNumber(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
