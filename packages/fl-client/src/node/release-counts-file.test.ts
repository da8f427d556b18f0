import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { openReleaseCounts } from "./release-counts-file.js";

const now = () => new Date("2026-11-22T10:00:00Z");
const pathOf = () => join(temporaryFolder(), "releases.jsonl");

describe("a count on disk", () => {
  it("goes on where it ended, and is its owner's only", () => {
    const path = pathOf();
    const first = openReleaseCounts(path, { now });
    first.add("fit");
    first.add("evaluate");
    first.close();
    const second = openReleaseCounts(path, { now });
    second.add("fit");
    expect(second.count()).toEqual({ fit: 2, evaluate: 1, getParameters: 0, getProperties: 0 });
    second.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("has each reply before add returns", () => {
    const path = pathOf();
    const counts = openReleaseCounts(path, { now });
    counts.add("fit");
    expect(readFileSync(path, "utf8")).toBe(
      '{"format":"dsail-fl-releases","version":1}\n{"kind":"fit","time":"2026-11-22T10:00:00.000Z"}\n',
    );
    counts.close();
  });

  it("takes away a line that was cut off, and goes on after it", () => {
    const path = pathOf();
    const first = openReleaseCounts(path, { now });
    first.add("fit");
    first.close();
    const whole = readFileSync(path, "utf8");
    for (const cut of ['{"kind":"fit"', "{"]) {
      writeFileSync(path, `${whole}${cut}`);
      const counts = openReleaseCounts(path, { now });
      expect(counts.count().fit).toBe(1);
      expect(readFileSync(path, "utf8")).toBe(whole);
      counts.add("fit");
      expect(counts.count().fit).toBe(2);
      counts.close();
    }
  });

  it("begins where its header was cut off", () => {
    const path = pathOf();
    openReleaseCounts(path, { now }).close();
    for (const size of [0, 5, readFileSync(path).length - 1]) {
      truncateSync(path, size);
      const counts = openReleaseCounts(path, { now });
      counts.add("fit");
      counts.close();
      const again = openReleaseCounts(path, { now });
      expect(again.count().fit).toBe(1);
      again.close();
    }
  });

  it.each([
    ["is none", "patients\n"],
    ["has a broken line", '{"format":"dsail-fl-releases","version":1}\n{"kind":"fit"\n'],
    ["has a kind that is none", '{"format":"dsail-fl-releases","version":1}\n{"kind":"x"}\n'],
    ["has a prototype", '{"format":"dsail-fl-releases","version":1}\n{"kind":"toString"}\n'],
    ["has an empty line", '{"format":"dsail-fl-releases","version":1}\n\n'],
  ])("is refused if it %s", (_, text) => {
    const path = pathOf();
    writeFileSync(path, text);
    const broken = expect.objectContaining({ code: "BAD_CHECKPOINT" });
    expect(() => openReleaseCounts(path)).toThrow(broken);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("is not used by two", () => {
    const path = pathOf();
    const [a, b] = [openReleaseCounts(path, { now }), openReleaseCounts(path, { now })];
    a.add("fit");
    expect(() => b.add("fit")).toThrow(expect.objectContaining({ code: "BAD_CHECKPOINT" }));
    appendFileSync(path, "x");
    expect(() => a.add("fit")).toThrow(expect.objectContaining({ code: "BAD_CHECKPOINT" }));
    a.close();
    b.close();
  });
});
