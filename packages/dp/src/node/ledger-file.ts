/**
 * A ledger on disk, of which each entry is on the disk before the call returns.
 *
 * @module
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { DpError } from "../errors.js";
import type { DpEvent } from "../event.js";
import { assertWithinBudget, type Budget, remainingCount } from "../ledger/budget.js";
import {
  createLedger,
  eventOfLedger,
  formatEntry,
  formatLedger,
  type Ledger,
  type LedgerHeader,
  lastHash,
  nextEntry,
  parseLedger,
} from "../ledger/ledger.js";

export interface OpenLedgerOptions {
  /** Refuses what would spend more. Default: no limit. */
  readonly budget?: Budget;
  /** The clock. Default: that of the machine. */
  readonly now?: () => Date;
}

/** A ledger that is written to. */
export interface LedgerFile {
  /** All that is in it. */
  readonly ledger: () => Ledger;
  /** All that was spent, as one event. */
  readonly spent: () => DpEvent;
  /**
   * Records an event: before what it stands for is released. On the disk when this returns.
   *
   * @throws {@link DpError} `BUDGET_EXCEEDED`, and nothing is recorded; `BAD_LEDGER` if another program wrote to the file
   */
  readonly record: (event: DpEvent, note?: string) => void;
  readonly close: () => void;
}

/**
 * Opens a ledger to go on with it, or makes a new one.
 *
 * An entry that was cut off by a crash is taken away: it was never acknowledged, so nothing was released for it.
 *
 * @throws {@link DpError} `BAD_LEDGER` if it is broken, or of another header; {@link RangeError} for a budget whose accountant
 *   tells of other neighbors than the ledger; errors of the file system
 */
export function openLedger(
  path: string,
  header: LedgerHeader,
  { budget, now = () => new Date() }: OpenLedgerOptions = {},
): LedgerFile {
  // A bound for other neighbors would say too little, or too much.
  if (budget && budget.accountant.neighboringRelation !== header.neighboringRelation) {
    throw new RangeError(
      `budget: expected an accountant of ${header.neighboringRelation}, got ${budget.accountant.neighboringRelation}`,
    );
  }
  const isNew = createIfMissing(path, header);
  const descriptor = openSync(path, "r+");
  try {
    if (isNew) syncFolder(dirname(path));
    const ledger = readWhole(descriptor);
    // Grown in place: a ledger has an entry for each of many thousand steps.
    const entries = [...ledger.entries];
    const whole: Ledger = { header: ledger.header, entries };
    if (JSON.stringify(ledger.header) !== JSON.stringify(createLedger(header).header)) {
      throw new DpError("BAD_LEDGER", "the ledger is of another client, unit or relation");
    }
    let size = fstatSync(descriptor).size;
    let allowance: { readonly event: string; left: number } | undefined;
    return {
      ledger: () => ({ ...whole, entries: [...entries] }),
      spent: () => eventOfLedger(whole),
      record: (event, note) => {
        if (fstatSync(descriptor).size !== size) {
          throw new DpError("BAD_LEDGER", "another program has written to the ledger");
        }
        if (budget !== undefined) allowance = spend(whole, event, budget, allowance);
        const entry = nextEntry(lastHash(whole), {
          sequence: entries.length,
          time: now().toISOString(),
          event,
          ...(note === undefined ? {} : { note }),
        });
        const line = Buffer.from(`${formatEntry(entry)}\n`);
        writeWhole(descriptor, line, size);
        fsyncSync(descriptor);
        size += line.length;
        entries.push(entry);
      },
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** How often the same event may follow is computed once, not for each of thousands of steps. */
function spend(
  ledger: Ledger,
  event: DpEvent,
  budget: Budget,
  allowance: { readonly event: string; left: number } | undefined,
): { readonly event: string; left: number } {
  const text = JSON.stringify(event);
  const left =
    allowance?.event === text
      ? allowance.left
      : remainingCount(eventOfLedger(ledger), event, budget);
  if (left < 1) assertWithinBudget(eventOfLedger(ledger), event, budget);
  return { event: text, left: left - 1 };
}

function createIfMissing(path: string, header: LedgerHeader): boolean {
  try {
    const descriptor = openSync(path, "wx", 0o600);
    writeWhole(descriptor, Buffer.from(formatLedger(createLedger(header))), 0);
    fsyncSync(descriptor);
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readWhole(descriptor: number): Ledger {
  const text = readFileSync(descriptor, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const ledger = parseLedger(whole);
  if (whole !== text) {
    ftruncateSync(descriptor, Buffer.byteLength(whole));
    fsyncSync(descriptor);
  }
  return ledger;
}

function writeWhole(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
  }
}

/** The name is on the disk, too. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
