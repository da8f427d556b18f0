import { describe, expect, it } from "vitest";
import type { DpEvent } from "../event.js";
import {
  appendEntry,
  createLedger,
  eventOfLedger,
  formatLedger,
  lastHash,
  parseLedger,
} from "./ledger.js";
import { eventOfLedgers } from "./merge-ledgers.js";

const HEADER = {
  id: "site-1",
  unit: "record",
  neighboringRelation: "add-or-remove-one",
} as const;
const STEP: DpEvent = {
  kind: "poisson-sampled",
  sampleRate: 0.01,
  event: { kind: "gaussian", noiseMultiplier: 1 },
};
const QUERY: DpEvent = { kind: "laplace", noiseMultiplier: 3 };
const TIME = new Date("2026-11-22T10:00:00Z");

const ledgerOf = (...events: readonly DpEvent[]) =>
  events.reduce((ledger, event) => appendEntry(ledger, event, TIME), createLedger(HEADER));

describe("a ledger", () => {
  it("is the same after it was written and read", () => {
    const ledger = appendEntry(ledgerOf(STEP, QUERY), STEP, TIME, "round 2");
    expect(parseLedger(formatLedger(ledger))).toEqual(ledger);
    expect(parseLedger(formatLedger(createLedger(HEADER)))).toEqual(createLedger(HEADER));
  });

  it("sums up as one event, equal ones counted together", () => {
    expect(eventOfLedger(ledgerOf())).toEqual({ kind: "none" });
    expect(eventOfLedger(ledgerOf(QUERY))).toEqual(QUERY);
    expect(eventOfLedger(ledgerOf(STEP, { kind: "repeated", event: STEP, count: 5 }))).toEqual({
      kind: "repeated",
      event: STEP,
      count: 6,
    });
    expect(eventOfLedger(ledgerOf(STEP, QUERY, STEP))).toEqual({
      kind: "composed",
      events: [{ kind: "repeated", event: STEP, count: 2 }, QUERY],
    });
  });

  it.each<readonly [string, (lines: string[]) => void, number]>([
    [
      "an event was changed",
      (lines) => lines.splice(1, 1, (lines[1] ?? "").replace("0.01", "0.001")),
      2,
    ],
    [
      "a time was changed",
      (lines) => lines.splice(2, 1, (lines[2] ?? "").replace("10:00", "11:00")),
      3,
    ],
    ["an entry was taken out", (lines) => lines.splice(1, 1), 2],
    ["two changed places", (lines) => lines.splice(1, 2, lines[2] ?? "", lines[1] ?? ""), 2],
    [
      "the header was changed",
      (lines) => lines.splice(0, 1, (lines[0] ?? "").replace("site-1", "site-2")),
      2,
    ],
    ["a line is no JSON", (lines) => lines.splice(2, 1, "{"), 3],
    ["something was added", (lines) => lines.push("{}"), 5],
    [
      "a field is there that nobody knows",
      (lines) => lines.splice(3, 1, (lines[3] ?? "").replace("{", '{"x":1,')),
      4,
    ],
  ])("is refused if %s, and the line is told", (_what, change, line) => {
    const lines = formatLedger(ledgerOf(STEP, QUERY, STEP))
      .trimEnd()
      .split("\n");
    change(lines);
    expect(() => parseLedger(`${lines.join("\n")}\n`)).toThrow(
      expect.objectContaining({
        code: "BAD_LEDGER",
        message: expect.stringContaining(`line ${line}:`),
      }),
    );
  });

  it("that was cut off is known by its last hash only", () => {
    const ledger = ledgerOf(STEP, QUERY);
    const lines = formatLedger(ledger).trimEnd().split("\n");
    const cut = parseLedger(`${lines.slice(0, -1).join("\n")}\n`);
    expect(lastHash(cut)).not.toBe(lastHash(ledger));
  });

  it("is of neighbors and units that there are", () => {
    const header = { ...HEADER, neighboringRelation: "replace-one" } as const;
    expect(parseLedger(formatLedger(createLedger(header))).header).toEqual(header);
    for (const wrong of [{ neighboringRelation: "replace-two" }, { unit: "hospital" }]) {
      expect(() => createLedger({ ...HEADER, ...wrong } as never)).toThrow(RangeError);
    }
  });

  it("takes no event that nobody knows", () => {
    const unknown = { kind: "magic" } as unknown as DpEvent;
    expect(() => appendEntry(createLedger(HEADER), unknown, TIME)).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_EVENT" }),
    );
  });
});

describe("ledgers of one data set", () => {
  it("are composed", () => {
    const other = appendEntry(createLedger({ ...HEADER, id: "site-1b" }), STEP, TIME);
    expect(eventOfLedgers([ledgerOf(STEP), other])).toEqual({
      kind: "repeated",
      event: STEP,
      count: 2,
    });
  });

  it("are refused if one is given twice, or they speak of different things", () => {
    const refused = expect.objectContaining({ code: "BAD_LEDGER" });
    expect(() => eventOfLedgers([ledgerOf(STEP), ledgerOf(STEP)])).toThrow(refused);
    const clients = createLedger({ ...HEADER, unit: "client" });
    expect(() => eventOfLedgers([ledgerOf(STEP), clients])).toThrow(refused);
  });
});
