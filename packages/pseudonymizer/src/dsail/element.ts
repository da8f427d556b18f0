/**
 * What D-SAIL writes to an element, by its VR: its own values where validators take them. They do not take dates of the
 * year 1, so that of these, and of VRs that D-SAIL does not know, the engine's dummies are written.
 *
 * @module
 */
import type { VR } from "@dsail/dicom-core";
import type { CustomElement, CustomOutcome } from "../custom-rule.js";
import { dummyItems } from "../dummy.js";

const TEXT = "Anonymized";

const VALUES: { readonly [vr in VR]?: string } = {
  AE: TEXT,
  // No small letters (PS3.5 6.2).
  CS: TEXT.toUpperCase(),
  DS: "0",
  FD: "0",
  FL: "0",
  IS: "0",
  LO: TEXT,
  LT: TEXT,
  PN: TEXT,
  SH: TEXT,
  SL: "0",
  SS: "0",
  ST: TEXT,
  TM: "000000.00",
  UC: TEXT,
  UL: "0",
  US: "0",
  UT: TEXT,
};

/**
 * Replaced by a fixed value: of a UID, by another UID; of a sequence, by items that say nothing, where there are such, or
 * else its items are kept, and what is a text, name, date, time or UID in them is replaced.
 */
export function replaceElement(element: CustomElement): CustomOutcome {
  const { tag, vr } = element;
  if (vr === "UI") return replaceElementUid(element);
  if (vr === "SQ") return { action: dummyItems(tag) === undefined ? "keep" : "dummy" };
  const value = VALUES[vr];
  return value === undefined ? { action: "dummy" } : { value };
}

/** A UID by another one, the same wherever it occurs; anything else as by {@link replaceElement}. */
export function replaceElementUid(element: CustomElement): CustomOutcome {
  const holdsUids = element.vr === "UI" || element.vr === "SQ";
  return holdsUids ? { action: "replaceUid" } : replaceElement(element);
}

/** A date by a fixed one; anything else as by {@link replaceElement}. */
export function replaceElementDate(element: CustomElement): CustomOutcome {
  return replaceElement(element);
}

/** A date with a time by fixed ones; anything else as by {@link replaceElement}. */
export function replaceElementDateTime(element: CustomElement): CustomOutcome {
  return replaceElement(element);
}

/** Without a value, whatever the VR. */
export function emptyElement(_element: CustomElement): CustomOutcome {
  return { action: "empty" };
}

/** Removed, whatever the VR. */
export function deleteElement(_element: CustomElement): CustomOutcome {
  return { action: "remove" };
}

/** VRs in which somebody may be named or told: what is replaced in the items of a sequence that has to stay. */
const TELLING: ReadonlySet<VR> = new Set<VR>([
  ...([
    "AE",
    "AS",
    "DA",
    "DT",
    "LO",
    "LT",
    "PN",
    "SH",
    "ST",
    "TM",
    "UC",
    "UI",
    "UR",
    "UT",
  ] as const),
]);

/** Within a sequence that is replaced; codes, numbers and bytes stay, on which an item's form depends. */
export function replaceWithin(element: CustomElement): CustomOutcome | undefined {
  return TELLING.has(element.vr) ? replaceElement(element) : undefined;
}
