import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { typescriptWorker } from "../../test/typescript-worker.js";
import { withTableLock } from "./lookup-table-lock.js";

const CONTENDER = new URL("../../test/lookup-table-lock-contender.ts", import.meta.url);

const refused = expect.objectContaining({ name: "PseudonymizerError", code: "LOOKUP_TABLE" });

const tablePath = () => join(temporaryFolder(), "table.csv");

const thrownBy = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("withTableLock", () => {
  it("has the lock while it works, and not after", () => {
    const path = tablePath();
    const result = withTableLock(path, (isHeld) => {
      expect(statSync(`${path}.lock`).mode & 0o077).toBe(0);
      return isHeld();
    });
    expect(result).toBe(true);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("has the lock no more when the work failed", () => {
    const path = tablePath();
    const fail = () => {
      throw new Error("failed");
    };
    expect(() => withTableLock(path, fail)).toThrow("failed");
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("waits for who has it, but not for ever", () => {
    const path = tablePath();
    const timing = { staleMs: 10_000, waitMs: 50 };
    withTableLock(path, (isHeld) => {
      const before = performance.now();
      expect(thrownBy(() => withTableLock(path, () => undefined, timing))).toEqual(refused);
      expect(performance.now() - before).toBeGreaterThan(50);
      expect(isHeld()).toBe(true);
    });
  });

  it("takes a lock that was left behind, but only after its time", () => {
    const path = tablePath();
    writeFileSync(`${path}.lock`, "");
    const before = performance.now();
    withTableLock(path, () => undefined, { staleMs: 100, waitMs: 5000 });
    expect(performance.now() - before).toBeGreaterThan(100);
    expect(pathsIn(join(path, ".."))).toEqual([]);
  });

  it("waits anew if the lock became another one", () => {
    const path = tablePath();
    writeFileSync(`${path}.lock`, "one that lives");
    writeFileSync(`${path}.next`, "one that is left behind");
    const renameLater = `
      const { workerData } = require("node:worker_threads");
      setTimeout(() => require("node:fs").renameSync(...workerData), 50);`;
    new Worker(renameLater, { eval: true, workerData: [`${path}.next`, `${path}.lock`] });
    withTableLock(path, () => undefined, { staleMs: 3000, waitMs: 50_000 });
    expect(pathsIn(join(path, ".."))).toEqual([]);
  });

  it("takes it also if someone died while removing it", () => {
    const path = tablePath();
    writeFileSync(`${path}.lock`, "");
    writeFileSync(`${path}.lock.stale`, "");
    withTableLock(path, () => undefined, { staleMs: 50, waitMs: 5000 });
    expect(pathsIn(join(path, ".."))).toEqual([]);
  });

  it("tells who lost it, and leaves the lock of the next one alone", () => {
    const path = tablePath();
    const held = withTableLock(path, (isHeld) => {
      renameSync(`${path}.lock`, `${path}.lost`);
      const meanwhile = isHeld();
      writeFileSync(`${path}.lock`, "another's");
      return [meanwhile, isHeld()];
    });
    expect(held).toEqual([false, false]);
    expect(readFileSync(`${path}.lock`, "utf8")).toBe("another's");
  });

  it("lets no two work, also not of those that find it stale", async () => {
    const path = tablePath();
    const [threads, rounds] = [6, 10];
    const counts = new Int32Array(new SharedArrayBuffer(16));
    const ends = Array.from({ length: threads }, () => {
      const worker = typescriptWorker(CONTENDER, { path, counts, threads, rounds });
      return new Promise((resolve, reject) => {
        worker.once("message", resolve).once("error", reject);
      });
    });
    await Promise.all(ends);
    const [, , notAlone, within] = counts;
    expect({ notAlone, within }).toEqual({ notAlone: 0, within: threads * rounds });
    expect(pathsIn(join(path, ".."))).toEqual([]);
  });
});
