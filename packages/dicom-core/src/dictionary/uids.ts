/**
 * Transfer syntaxes and SOP classes: PS3.6 2025b, Table A-1; what a transfer syntax means for the
 * encoding, PS3.5 Annex A.
 *
 * @module
 */
import { SOP_CLASS_ROWS, TRANSFER_SYNTAX_ROWS } from "../generated/uids.js";

/** A UID that the standard assigns. */
export interface UidEntry {
  readonly uid: string;
  /** The keyword, such as `CTImageStorage`. Empty for two retired SOP classes. */
  readonly keyword: string;
  /** The name, such as `CT Image Storage`. Empty for two retired SOP classes. */
  readonly name: string;
  /** The UID type of Table A-1. */
  readonly kind: "Transfer Syntax" | "SOP Class" | "Meta SOP Class";
  readonly retired: boolean;
}

/** A transfer syntax that the standard defines. */
export interface TransferSyntaxEntry extends UidEntry {
  readonly kind: "Transfer Syntax";
  /** Whether each element names its VR. */
  readonly explicitVR: boolean;
  readonly littleEndian: boolean;
  /** Whether the data set is compressed as a whole (PS3.5 A.5, A.7). */
  readonly deflated: boolean;
  /** Whether Pixel Data is in fragments (PS3.5 A.4). */
  readonly encapsulated: boolean;
}

/** All transfer syntaxes, retired ones too, sorted by UID. */
export const TRANSFER_SYNTAXES: readonly TransferSyntaxEntry[] =
  /* @__PURE__ */ TRANSFER_SYNTAX_ROWS.map((row) => ({
    uid: row[0],
    keyword: row[1],
    name: row[2],
    kind: "Transfer Syntax",
    retired: row[3] === 1,
    explicitVR: row[4] === 1,
    littleEndian: row[5] === 1,
    deflated: row[6] === 1,
    encapsulated: row[7] === 1,
  }));

/** Filled at the first question. */
let entries: ReadonlyMap<string, UidEntry | TransferSyntaxEntry> | undefined;

/** The entry of a transfer syntax, SOP class or meta SOP class; undefined for any other UID. */
export function lookupUid(uid: string): UidEntry | TransferSyntaxEntry | undefined {
  entries ??= readEntries();
  return entries.get(uid);
}

/** Whether the UID is a SOP class of the standard, retired ones too; a meta SOP class is none. */
export function isSopClassUid(uid: string): boolean {
  return lookupUid(uid)?.kind === "SOP Class";
}

/** Whether the UID is a transfer syntax of the standard, retired ones too. */
export function isTransferSyntaxUid(uid: string): boolean {
  // Without the SOP classes: readers ask this, and should not load them.
  return TRANSFER_SYNTAX_ROWS.some((row) => row[0] === uid);
}

function readEntries(): ReadonlyMap<string, UidEntry | TransferSyntaxEntry> {
  const table = new Map<string, UidEntry | TransferSyntaxEntry>();
  for (const syntax of TRANSFER_SYNTAXES) table.set(syntax.uid, syntax);
  for (const [uid, keyword, name, retired, meta] of SOP_CLASS_ROWS) {
    const kind = meta === 1 ? "Meta SOP Class" : "SOP Class";
    table.set(uid, { uid, keyword, name, kind, retired: retired === 1 });
  }
  return table;
}
