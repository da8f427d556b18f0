/**
 * D-SAIL's groups of tags: PS3.15 Table E.1-1 of 2013 by what it asks, with (0010,0020) in a group of its own.
 *
 * @module
 */
import type { BasicAction } from "../action.js";
import { ANNEX_E_2013 } from "../generated/annex-e-2013.js";

/** Patient ID, and Accession Number with it: what the lookup table keeps. */
const LINKED: ReadonlySet<string> = new Set(["(0008,0050)", "(0010,0020)"]);

const groupOf = (wanted: BasicAction): readonly string[] =>
  ANNEX_E_2013.filter(([tag, action]) => action === wanted && !LINKED.has(tag)).map(([tag]) => tag);

/** Replaced by a dummy. */
export const D_TAGS: readonly string[] = groupOf("D");
/** Emptied. */
export const Z_TAGS: readonly string[] = groupOf("Z");
/** Removed. */
export const X_TAGS: readonly string[] = groupOf("X");
/** UIDs that are replaced. */
export const U_TAGS: readonly string[] = groupOf("U");
/** Emptied, or replaced where the object needs a value. */
export const Z_D_TAGS: readonly string[] = groupOf("Z/D");
/** Removed, or emptied where the object needs the attribute. */
export const X_Z_TAGS: readonly string[] = groupOf("X/Z");
/** Removed, or replaced where the object needs a value. */
export const X_D_TAGS: readonly string[] = groupOf("X/D");
/** Removed, emptied or replaced, as the object needs it. */
export const X_Z_D_TAGS: readonly string[] = groupOf("X/Z/D");
/** Sequences of references: removed, emptied, or their UIDs replaced. */
export const X_Z_U_STAR_TAGS: readonly string[] = groupOf("X/Z/U*");
/** Patient ID: replaced by a pseudonym that the lookup table keeps. */
export const P_TAGS: readonly string[] = ["(0010,0020)"];

/** All of them: 247. */
export const ALL_TAGS: readonly string[] = [
  ...D_TAGS,
  ...Z_TAGS,
  ...X_TAGS,
  ...U_TAGS,
  ...Z_D_TAGS,
  ...X_Z_TAGS,
  ...X_D_TAGS,
  ...X_Z_D_TAGS,
  ...X_Z_U_STAR_TAGS,
  ...P_TAGS,
];
