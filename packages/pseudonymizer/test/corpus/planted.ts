/**
 * What the tool that plants identifiers writes about each.
 *
 * @module
 */

/** One that was planted: the text to look for, and the class of the place where it is. */
export interface Planted {
  readonly token: string;
  readonly class: string;
}

/** Classes of places that the table of PS3.15 does not name. */
export const BEYOND_THE_TABLE: RegExp = /^(?:unknown-even|overlay-label|freetext)/;
