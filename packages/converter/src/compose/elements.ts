/**
 * Elements to be written, read and changed.
 *
 * @module
 */
import type { ElementInit, ElementValueInit } from "@dsail/dicom-core";

/** An element that is set, or, without a value, left out. */
export interface ElementChange {
  readonly tag: number;
  readonly vr?: ElementInit["vr"];
  readonly value: ElementValueInit | undefined;
}

/** The elements with changes made, of each tag the last one. */
export function withElements(
  elements: readonly ElementInit[],
  changes: readonly ElementChange[],
): readonly ElementInit[] {
  const changed = new Map(changes.map((change) => [change.tag, change]));
  return [
    ...elements.filter(({ tag }) => !changed.has(tag)),
    ...[...changed.values()].flatMap(({ tag, vr, value }) => {
      if (value === undefined) return [];
      return [{ tag, value, ...(vr === undefined ? {} : { vr }) }];
    }),
  ];
}

/** The first value as text; undefined if there is none. */
export function textIn(elements: readonly ElementInit[], tag: number): string | undefined {
  const value = elements.find((element) => element.tag === tag)?.value;
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === "number") return `${first}`;
  return typeof first === "string" ? first.split("\\")[0]?.trim() : undefined;
}

/** The first value as a number; undefined if it is none. */
export function numberIn(elements: readonly ElementInit[], tag: number): number | undefined {
  const text = textIn(elements, tag);
  return text === undefined || text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}
