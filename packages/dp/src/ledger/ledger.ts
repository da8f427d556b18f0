/**
 * What was spent, kept for good: an append-only list of events, of which each entry has the hash of the one before.
 *
 * A ledger is written before what it tells of is released: what is not in it has not been given away. The chain shows
 * entries that were changed, dropped from the midst, or put in another order; that the end was cut off shows only who
 * has kept the last hash.
 *
 * @module
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { DpError } from "../errors.js";
import type { DpEvent, NeighboringRelation, PrivacyUnit } from "../event.js";
import { checkEvent } from "../make-event.js";

/** Of whose data it tells, and in which sense. */
export interface LedgerHeader {
  /** Names the ledger: a client of a federation, say. Never a patient. */
  readonly id: string;
  readonly unit: PrivacyUnit;
  readonly neighboringRelation: NeighboringRelation;
}

/** One thing that was done. */
export interface LedgerEntry {
  /** From 0, without gaps. */
  readonly sequence: number;
  /** When, as ISO 8601 in UTC. */
  readonly time: string;
  readonly event: DpEvent;
  /** Such as `round 3`. */
  readonly note?: string;
  /** SHA-256 over the hash before and all of the above, in hexadecimal digits. */
  readonly hash: string;
}

/** A ledger in memory: plain data, the same as its text. */
export interface Ledger {
  readonly header: LedgerHeader;
  readonly entries: readonly LedgerEntry[];
}

const FORMAT = "dsail-dp-ledger";
const VERSION = 1;

/**
 * An empty ledger.
 *
 * @throws {@link RangeError} without a name, or for another unit or relation
 */
export function createLedger(header: LedgerHeader): Ledger {
  const { id, unit, neighboringRelation } = header;
  if (id === "") throw new RangeError("id: expected a name");
  if (unit !== "record" && unit !== "client") {
    throw new RangeError("unit: expected record or client");
  }
  if (neighboringRelation !== "add-or-remove-one" && neighboringRelation !== "replace-one") {
    throw new RangeError("neighboringRelation: expected add-or-remove-one or replace-one");
  }
  return { header: { id, unit, neighboringRelation }, entries: [] };
}

/** The hash that the next entry builds on. */
export function lastHash({ header, entries }: Ledger): string {
  return entries.at(-1)?.hash ?? hashOf("", formatHeader(header));
}

/**
 * The entry that follows.
 *
 * @param previousHash - as {@link lastHash} tells
 * @throws {@link DpError} `UNSUPPORTED_EVENT` for what is no event
 */
export function nextEntry(
  previousHash: string,
  { event, note, ...others }: Omit<LedgerEntry, "hash">,
): LedgerEntry {
  const { sequence, time } = others;
  const content = {
    sequence,
    time,
    event: checkEvent(event),
    ...(note === undefined ? {} : { note }),
  };
  return { ...content, hash: hashOf(previousHash, JSON.stringify(content)) };
}

/**
 * A ledger with one more entry.
 *
 * @param time - when; an argument, as time always is
 * @throws {@link DpError} `UNSUPPORTED_EVENT` for what is no event
 */
export function appendEntry(ledger: Ledger, event: DpEvent, time: Date, note?: string): Ledger {
  const content = {
    sequence: ledger.entries.length,
    time: time.toISOString(),
    event,
    ...(note === undefined ? {} : { note }),
  };
  return { ...ledger, entries: [...ledger.entries, nextEntry(lastHash(ledger), content)] };
}

/** All that was done, as one event: equal ones that follow each other are repeated ones. */
export function eventOfLedger({ entries }: Pick<Ledger, "entries">): DpEvent {
  const runs: { event: DpEvent; text: string; count: number }[] = [];
  for (const { event } of entries) {
    const inner = event.kind === "repeated" ? event.event : event;
    const count = event.kind === "repeated" ? event.count : 1;
    const text = JSON.stringify(inner);
    // Composition does not ask for the order: all of one kind are counted together.
    const run = runs.find((one) => one.text === text);
    if (run === undefined) runs.push({ event: inner, text, count });
    else run.count += count;
  }
  const events = runs.map(
    ({ event, count }): DpEvent => (count === 1 ? event : { kind: "repeated", event, count }),
  );
  const [only] = events;
  if (only === undefined) return { kind: "none" };
  return events.length === 1 ? only : { kind: "composed", events };
}

/** The first line of a ledger's text. */
function formatHeader(header: LedgerHeader): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, ...header });
}

/** An entry as a line, without its end. */
export function formatEntry(entry: LedgerEntry): string {
  return JSON.stringify(entry);
}

/** A ledger as text: JSON, one line for the header and one for each entry. */
export function formatLedger({ header, entries }: Ledger): string {
  return [formatHeader(header), ...entries.map(formatEntry), ""].join("\n");
}

/**
 * Reads a ledger and checks all of it.
 *
 * @throws {@link DpError} `BAD_LEDGER` with the line that is wrong; `UNSUPPORTED_EVENT`
 */
export function parseLedger(text: string): Ledger {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw bad(lines.length + 1, "expected the end of a line");
  const [first, ...rest] = lines;
  let ledger = createLedger(parseHeader(first));
  const entries: LedgerEntry[] = [];
  let hash = lastHash(ledger);
  for (const [index, line] of rest.entries()) {
    const entry = parseEntry(line, index);
    const { hash: told, ...content } = entry;
    hash = hashOf(hash, JSON.stringify(content));
    if (hash !== told) throw bad(index + 2, "its hash is not that of what it says");
    entries.push(entry);
  }
  ledger = { ...ledger, entries };
  return ledger;
}

function parseHeader(line: string | undefined): LedgerHeader {
  const header = parseObject(line ?? "", 1);
  const { format, version, id, unit, neighboringRelation, ...others } = header;
  const isHeader =
    format === FORMAT &&
    version === VERSION &&
    typeof id === "string" &&
    id !== "" &&
    (unit === "record" || unit === "client") &&
    (neighboringRelation === "add-or-remove-one" || neighboringRelation === "replace-one") &&
    Object.keys(others).length === 0;
  if (!isHeader) throw bad(1, `expected the header of a ${FORMAT}, version ${VERSION}`);
  return { id, unit, neighboringRelation };
}

function parseEntry(line: string, index: number): LedgerEntry {
  const { sequence, time, event, note, hash, ...others } = parseObject(line, index + 2);
  const isEntry =
    sequence === index &&
    typeof time === "string" &&
    !Number.isNaN(Date.parse(time)) &&
    (note === undefined || typeof note === "string") &&
    typeof hash === "string" &&
    Object.keys(others).length === 0;
  if (!isEntry) throw bad(index + 2, "expected an entry, and the next number");
  // In the order in which it is hashed, whatever that of the text.
  return {
    sequence,
    time,
    event: checkEvent(event),
    ...(note === undefined ? {} : { note }),
    hash,
  };
}

function parseObject(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Told below: what JSON.parse says quotes the line.
  }
  throw bad(number, "expected a JSON object");
}

function hashOf(previous: string, content: string): string {
  return bytesToHex(sha256(utf8ToBytes(`${previous}\n${content}`)));
}

function bad(line: number, why: string): DpError {
  return new DpError("BAD_LEDGER", `ledger, line ${line}: ${why}`);
}
