/**
 * Action C of dates and times (PS3.15 E.3.6): moved by whole days, so that times of day, time zones and intervals between
 * any two moments stay; or cut down to month or year.
 *
 * @module
 */
import {
  type DateParts,
  type DicomDateTime,
  type DicomRange,
  formatDate,
  formatDateTime,
  formatTime,
  parseDateRange,
  parseDateTimeRange,
  parseTimeRange,
} from "@dsail/dicom-core";
import type { DateChange } from "./modified-dates.js";

/** The VRs whose values are moments, or parts of one. */
export type TemporalVR = "DA" | "DT" | "TM";

/** Tells a {@link TemporalVR}. */
export function isTemporal(vr: string): vr is TemporalVR {
  return vr === "DA" || vr === "DT" || vr === "TM";
}

/**
 * One value, modified. Ranges stay ranges; dates that are known to the month or year only are moved as their first day,
 * and stay as exact as they were.
 *
 * @returns undefined if the value is no date or time, or would leave the calendar
 */
export function changeDate(value: string, vr: TemporalVR, change: DateChange): string | undefined {
  switch (vr) {
    case "DA":
      return ofRange(parseDateRange(value), (date) => changedDate(date, change));
    case "DT":
      return ofRange(parseDateTimeRange(value), (moment) => changedDateTime(moment, change));
    case "TM":
      return ofRange(parseTimeRange(value), (time) =>
        change.kind === "truncate" ? "000000" : formatTime(time),
      );
  }
}

/** A range of one value is written as that value. */
function ofRange<T>(
  range: DicomRange<T> | undefined,
  changed: (end: T) => string | undefined,
): string | undefined {
  if (range === undefined) return undefined;
  const { from, to } = range;
  const [first, last] = [from, to].map((end) => (end === undefined ? "" : changed(end)));
  if (first === undefined || last === undefined) return undefined;
  return from === to ? first : `${first}-${last}`;
}

/** DA has days, also where it should not have known them. */
function changedDate(date: DateParts, change: DateChange): string | undefined {
  const { year, month, day } = changedParts(date, change) ?? {};
  if (year === undefined) return undefined;
  return formatDate({ year, month: month ?? 1, day: day ?? 1 });
}

function changedDateTime(moment: DicomDateTime, change: DateChange): string | undefined {
  const parts = changedParts(moment, change);
  if (parts === undefined) return undefined;
  if (change.kind === "truncate") return formatDateTime(parts);
  return formatDateTime({ ...moment, ...parts });
}

/** Milliseconds of a day. */
const DAY = 86_400_000;

/** As exact as before, but for what is cut off. */
function changedParts(date: DateParts, change: DateChange): DateParts | undefined {
  const { year, month, day } = date;
  if (change.kind === "truncate") {
    return change.to === "year" ? { year } : { year, month };
  }
  const moved = new Date(0);
  moved.setUTCFullYear(year, (month ?? 1) - 1, day ?? 1);
  moved.setTime(moved.getTime() + change.days * DAY);
  const movedYear = moved.getUTCFullYear();
  if (!(movedYear >= 1 && movedYear <= 9999)) return undefined;
  return {
    year: movedYear,
    month: month === undefined ? undefined : moved.getUTCMonth() + 1,
    day: day === undefined ? undefined : moved.getUTCDate(),
  };
}
