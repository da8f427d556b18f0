import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DpEvent } from "../event.js";
import { rdpAccountant } from "../rdp-accountant.js";
import { openLedger } from "./ledger-file.js";

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
const now = () => new Date("2026-11-22T10:00:00Z");

function ledgerPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "dsail-ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "ledger.jsonl");
}

describe("a ledger on disk", () => {
  it("goes on where it ended, and is its owner's only", () => {
    const path = ledgerPath();
    const first = openLedger(path, HEADER, { now });
    first.record(STEP, "round 1");
    first.close();
    const second = openLedger(path, HEADER, { now });
    second.record(STEP, "round 2");
    expect(second.spent()).toEqual({ kind: "repeated", event: STEP, count: 2 });
    expect(second.ledger().entries.map(({ note }) => note)).toEqual(["round 1", "round 2"]);
    second.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(3);
  });

  it("has each entry before the call returns", () => {
    const path = ledgerPath();
    const ledger = openLedger(path, HEADER, { now });
    ledger.record(STEP);
    expect(readFileSync(path, "utf8")).toContain("poisson-sampled");
    ledger.close();
  });

  it("takes away an entry that was cut off, for which nothing was released", () => {
    const path = ledgerPath();
    const first = openLedger(path, HEADER, { now });
    first.record(STEP);
    first.close();
    const whole = readFileSync(path, "utf8");
    appendFileSync(path, '{"sequence":1,"ti');
    const again = openLedger(path, HEADER, { now });
    expect(readFileSync(path, "utf8")).toBe(whole);
    again.record(STEP);
    expect(again.ledger().entries).toHaveLength(2);
    again.close();
  });

  it("is refused if it was changed, or is another's", () => {
    const path = ledgerPath();
    const ledger = openLedger(path, HEADER, { now });
    ledger.record(STEP);
    ledger.close();
    const refused = expect.objectContaining({ code: "BAD_LEDGER" });
    expect(() => openLedger(path, { ...HEADER, id: "site-2" })).toThrow(refused);
    writeFileSync(path, readFileSync(path, "utf8").replace("0.01", "0.001"));
    expect(() => openLedger(path, HEADER)).toThrow(refused);
  });

  it("is not written to by two", () => {
    const path = ledgerPath();
    const [a, b] = [openLedger(path, HEADER, { now }), openLedger(path, HEADER, { now })];
    a.record(STEP);
    expect(() => b.record(STEP)).toThrow(expect.objectContaining({ code: "BAD_LEDGER" }));
    a.close();
    b.close();
  });

  it("refuses what would spend more than there is, also after it was opened again", () => {
    const path = ledgerPath();
    const accountant = rdpAccountant();
    const budget = { epsilon: 1.5, delta: 1e-5, accountant };
    const first = openLedger(path, HEADER, { now, budget });
    let steps = 0;
    const exceeded = expect.objectContaining({ code: "BUDGET_EXCEEDED" });
    for (; steps < 100; steps++) first.record(STEP);
    first.close();
    const second = openLedger(path, HEADER, { now, budget });
    expect(() => {
      for (; steps < 10_000; steps++) second.record(STEP);
    }).toThrow(exceeded);
    const spent = accountant.epsilon(second.spent(), 1e-5).epsilon;
    const more: DpEvent = { kind: "repeated", event: STEP, count: steps + 1 };
    expect(spent).toBeLessThanOrEqual(1.5);
    expect(accountant.epsilon(more, 1e-5).epsilon).toBeGreaterThan(1.5);
    expect(second.ledger().entries).toHaveLength(steps);
    second.close();
  });

  it("refuses a budget for other neighbors than the ledger's", () => {
    const accountant = rdpAccountant({ neighboringRelation: "replace-one" });
    const budget = { epsilon: 1, delta: 1e-5, accountant };
    expect(() => openLedger(ledgerPath(), HEADER, { budget })).toThrow(RangeError);
  });
});
