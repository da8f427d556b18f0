/**
 * Value representations: PS3.5 6.2, Table 6.2-1, and what decides the encoding of each.
 *
 * @module
 */

/** What is to know about a VR to read and write it. */
export interface VRDescription {
  /** What its values are. */
  readonly kind: "text" | "number" | "bigint" | "tag" | "bytes" | "sequence";
  /** Bytes of one value, where that is fixed (0 if not); the unit of byte order. */
  readonly unitBytes: 0 | 1 | 2 | 4 | 8;
  /** Whether explicit VR has two reserved bytes and a 32-bit length (PS3.5 7.1.2). */
  readonly longLength: boolean;
  /** What fills up to an even length: a space, or NUL (PS3.5 6.2). */
  readonly padding: 0x20 | 0x00;
  /** Characters (bytes for UI, AE, DA …) that one value may have at most. 0 = no limit of its own. */
  readonly maxLength: number;
  /** Whether a backslash separates values. */
  readonly multiValued: boolean;
  /** Whether (0008,0005) decides the character set (PS3.5 6.1.2.2). */
  readonly usesCharacterSet: boolean;
}

/** A value representation, by its two letters. */
export type VR =
  | "AE"
  | "AS"
  | "AT"
  | "CS"
  | "DA"
  | "DS"
  | "DT"
  | "FD"
  | "FL"
  | "IS"
  | "LO"
  | "LT"
  | "OB"
  | "OD"
  | "OF"
  | "OL"
  | "OV"
  | "OW"
  | "PN"
  | "SH"
  | "SL"
  | "SQ"
  | "SS"
  | "ST"
  | "SV"
  | "TM"
  | "UC"
  | "UI"
  | "UL"
  | "UN"
  | "UR"
  | "US"
  | "UT"
  | "UV";

function text(
  maxLength: number,
  usesCharacterSet: boolean,
  multiValued: boolean,
  longLength = false,
): VRDescription {
  const kind = "text";
  return {
    kind,
    unitBytes: 0,
    longLength,
    padding: 0x20,
    maxLength,
    multiValued,
    usesCharacterSet,
  };
}

function binary(
  kind: "number" | "bigint" | "tag" | "bytes",
  unitBytes: 1 | 2 | 4 | 8,
  longLength = false,
): VRDescription {
  const multiValued = kind !== "bytes";
  const maxLength = multiValued ? unitBytes : 0;
  return {
    kind,
    unitBytes,
    longLength,
    padding: 0,
    maxLength,
    multiValued,
    usesCharacterSet: false,
  };
}

/** The 34 VRs of PS3.5 Table 6.2-1. */
export const VRS: Readonly<Record<VR, VRDescription>> = {
  AE: text(16, false, true),
  AS: text(4, false, true),
  AT: binary("tag", 4),
  CS: text(16, false, true),
  DA: text(8, false, true),
  DS: text(16, false, true),
  DT: text(26, false, true),
  FD: binary("number", 8),
  FL: binary("number", 4),
  IS: text(12, false, true),
  LO: text(64, true, true),
  LT: text(10240, true, false),
  OB: binary("bytes", 1, true),
  OD: binary("bytes", 8, true),
  OF: binary("bytes", 4, true),
  OL: binary("bytes", 4, true),
  OV: binary("bytes", 8, true),
  OW: binary("bytes", 2, true),
  PN: text(64, true, true),
  SH: text(16, true, true),
  SL: binary("number", 4),
  SQ: {
    kind: "sequence",
    unitBytes: 0,
    longLength: true,
    padding: 0,
    maxLength: 0,
    multiValued: false,
    usesCharacterSet: false,
  },
  SS: binary("number", 2),
  ST: text(1024, true, false),
  SV: binary("bigint", 8, true),
  TM: text(14, false, true),
  UC: text(0, true, true, true),
  UI: { ...text(64, false, true), padding: 0 },
  UL: binary("number", 4),
  UN: binary("bytes", 1, true),
  UR: text(0, false, false, true),
  US: binary("number", 2),
  UT: text(0, true, false, true),
  UV: binary("bigint", 8, true),
};

/** Whether the two letters are a VR of PS3.5 Table 6.2-1. */
export function isVR(letters: string): letters is VR {
  return Object.hasOwn(VRS, letters);
}
