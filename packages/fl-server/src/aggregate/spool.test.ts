import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkedSource,
  FlError,
  type ModelParameters,
  type ParameterSource,
  sourceOf,
  specsOf,
} from "@dsail/fl-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectUpdate } from "./collect-update.js";
import { layoutOf } from "./layout.js";
import { createSpool } from "./spool.js";

const model: ModelParameters = [
  {
    name: "a",
    dtype: "float32",
    shape: [1000],
    data: Float32Array.from({ length: 1000 }, (_, i) => i / 7),
  },
  { name: "b", dtype: "int64", shape: [], data: BigInt64Array.of(-(2n ** 60n)) },
  {
    name: "c",
    dtype: "float16",
    shape: [3, 3],
    data: Uint16Array.from({ length: 9 }, (_, i) => i),
  },
  { name: "empty", dtype: "float64", shape: [0, 4], data: new Float64Array() },
  { name: "d", dtype: "bool", shape: [5], data: Uint8Array.of(1, 0, 1, 1, 0) },
];
const layout = layoutOf(specsOf(model), 256);
const arrives = (): ParameterSource => checkedSource(sourceOf(model), layout);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("a spool", () => {
  it.each([
    ["in memory", 2 ** 20],
    ["on the disk", 0],
    ["on both", 5 * 256],
  ])("keeps an update %s as it came", async (_, maxBufferedBytes) => {
    const spool = createSpool({ maxBufferedBytes, directory });
    const update = await spool.receive(arrives(), layout);
    expect(await collectUpdate(update)).toEqual(model);
    // As often as needed.
    expect(await collectUpdate(update)).toEqual(model);
    const { memory, disk } = spool.kept();
    expect(memory).toBeLessThanOrEqual(maxBufferedBytes);
    expect(memory + disk).toBe(layout.segments.length * 256);
    update.release();
    update.release();
    expect(spool.kept()).toEqual({ memory: 0, disk: 0 });
    expect(() => update.segment(0)).toThrow("released");
  });

  it("shares its memory among all updates, and has it again when one is released", async () => {
    const spool = createSpool({ maxBufferedBytes: layout.segments.length * 256, directory });
    const first = await spool.receive(arrives(), layout);
    const second = await spool.receive(arrives(), layout);
    expect(spool.kept().disk).toBe(layout.segments.length * 256);
    first.release();
    const third = await spool.receive(arrives(), layout);
    expect(await collectUpdate(second)).toEqual(model);
    expect(await collectUpdate(third)).toEqual(model);
    expect(spool.kept().disk).toBe(layout.segments.length * 256);
    second.release();
    third.release();
    expect(spool.kept()).toEqual({ memory: 0, disk: 0 });
  });

  it.skipIf(process.platform === "win32")("leaves no file with a name", async () => {
    const spool = createSpool({ maxBufferedBytes: 0, directory });
    const update = await spool.receive(arrives(), layout);
    expect(spool.kept().disk).toBeGreaterThan(0);
    expect(readdirSync(directory)).toEqual([]);
    update.release();
  });

  it.each([2 ** 20, 0])(
    "keeps nothing of a source that breaks off (%i bytes of memory)",
    async (max) => {
      const spool = createSpool({ maxBufferedBytes: max, directory });
      const source: ParameterSource = {
        specs: layout.specs,
        chunks: async function* () {
          yield { tensorIndex: 0, byteOffset: 0, bytes: new Uint8Array(2000) };
          throw new FlError("DISCONNECTED", "gone");
        },
      };
      await expect(spool.receive(source, layout)).rejects.toMatchObject({ code: "DISCONNECTED" });
      expect(spool.kept()).toEqual({ memory: 0, disk: 0 });
    },
  );

  it("says so, without a path, if the disk can't be written", async () => {
    const spool = createSpool({ maxBufferedBytes: 0, directory: join(directory, "not-there") });
    const refused = spool.receive(arrives(), layout);
    await expect(refused).rejects.toMatchObject({
      code: "FAILED",
      message: "a temporary file can't be used (ENOENT)",
    });
  });
});
