/**
 * The actions of PS3.15 2026c Table E.1-1, and the options that have a column in it.
 *
 * @module
 */

/** What the Basic Application Level Confidentiality Profile asks of an attribute (PS3.15 E.2). */
export type BasicAction =
  /** Replace by a dummy value that is not empty and that the VR allows (Table E.1-1a). */
  | "D"
  /** Empty, or replace by a dummy value (Table E.1-1a). */
  | "Z"
  /** Remove, and what a sequence contains with it (Table E.1-1a). */
  | "X"
  /** Replace a UID, by the same one wherever it occurs in a set of instances (Table E.1-1a). */
  | "U"
  /** Z, unless the IOD has it as Type 1: then D (Table E.1-1a). */
  | "Z/D"
  /** X, unless the IOD has it as Type 2: then Z (Table E.1-1a). */
  | "X/Z"
  /** X, unless the IOD has it as Type 1: then D (Table E.1-1a). */
  | "X/D"
  /** X, unless the IOD has it as Type 2, then Z, or as Type 1, then D (Table E.1-1a). */
  | "X/Z/D"
  /** X, unless the IOD has it as Type 2: then Z, or Type 1: then U in it (Table E.1-1a). */
  | "X/Z/U*";

/** What an option asks of an attribute instead. */
export type OptionAction =
  /** Keep; of a sequence, keep what the rules leave of its items (Table E.1-1a). */
  | "K"
  /** Clean: replace by a value of like meaning that identifies nobody (Table E.1-1a). */
  | "C";

/** An option that has a column in Table E.1-1. */
export type TableOption =
  /** Retain Safe Private Option (PS3.15 E.3.10). */
  | "retainSafePrivate"
  /** Retain UIDs Option (PS3.15 E.3.9). */
  | "retainUids"
  /** Retain Device Identity Option (PS3.15 E.3.8). */
  | "retainDeviceIdentity"
  /** Retain Institution Identity Option (PS3.15 E.3.11). */
  | "retainInstitutionIdentity"
  /** Retain Patient Characteristics Option (PS3.15 E.3.7). */
  | "retainPatientCharacteristics"
  /** Retain Longitudinal Temporal Information With Full Dates Option (PS3.15 E.3.6). */
  | "retainLongitudinalFullDates"
  /** Retain Longitudinal Temporal Information With Modified Dates Option (PS3.15 E.3.6). */
  | "retainLongitudinalModifiedDates"
  /** Clean Descriptors Option (PS3.15 E.3.5). */
  | "cleanDescriptors"
  /** Clean Structured Content Option (PS3.15 E.3.4). */
  | "cleanStructuredContent"
  /** Clean Graphics Option (PS3.15 E.3.3). */
  | "cleanGraphics";

/** What is done to an attribute: an action of Table E.1-1a that leaves no choice. */
export type Action = "D" | "Z" | "X" | "U" | "K" | "C";
