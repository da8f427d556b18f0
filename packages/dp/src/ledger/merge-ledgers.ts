/**
 * Ledgers of one data set that were kept apart, put together.
 *
 * @module
 */
import { DpError } from "../errors.js";
import type { DpEvent } from "../event.js";
import { eventOfLedger, type Ledger } from "./ledger.js";

/**
 * What all of them spent of the same data: sequential composition.
 *
 * Ledgers of different data (two hospitals) are not to be merged: each has its own epsilon.
 *
 * @throws {@link DpError} `BAD_LEDGER` if they speak of different units or neighbors, or one is given twice
 */
export function eventOfLedgers(ledgers: readonly Ledger[]): DpEvent {
  const [first] = ledgers;
  if (first === undefined) return { kind: "none" };
  const ends = new Set<string>();
  for (const { header, entries } of ledgers) {
    const { unit, neighboringRelation } = header;
    if (unit !== first.header.unit || neighboringRelation !== first.header.neighboringRelation) {
      throw new DpError("BAD_LEDGER", "ledgers: expected one unit and one neighboring relation");
    }
    const end = entries.at(-1)?.hash;
    if (end === undefined) continue;
    if (ends.has(end)) throw new DpError("BAD_LEDGER", "ledgers: one is given twice");
    ends.add(end);
  }
  return eventOfLedger({ entries: ledgers.flatMap(({ entries }) => entries) });
}
