import { existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { roundCheckpoint } from "./round-checkpoint.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsail-round-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const tensor = (name: string, ...values: number[]) =>
  ({ name, dtype: "float32", shape: [values.length], data: Float32Array.from(values) }) as const;

const PROGRESS = {
  epochs: 2,
  isOver: false,
  epsilon: 1.5,
  monitored: [0.5, null],
  parameters: [tensor("conv1.weight", 1, 2)],
  optimizer: [tensor("conv1.weight.exp_avg", 3, 4)],
  best: [tensor("conv1.weight", 5, 6)],
  trainLoss: 0.25,
  maxGradNorm: 0.75,
};

describe("roundCheckpoint", () => {
  it("gives back what was written, for the same work alone", async () => {
    const checkpoint = roundCheckpoint(join(folder, "round.safetensors"));
    expect(await checkpoint.read("work")).toBeUndefined();
    await checkpoint.write("work", PROGRESS);
    expect(await checkpoint.read("work")).toEqual(PROGRESS);
    expect(await checkpoint.read("other work")).toBeUndefined();
  });

  it("is for this user only, and goes away", async () => {
    const path = join(folder, "round.safetensors");
    const checkpoint = roundCheckpoint(path);
    await checkpoint.write("work", PROGRESS);
    expect(statSync(path).mode & 0o077).toBe(0);
    await checkpoint.clear();
    expect(existsSync(path)).toBe(false);
    await checkpoint.clear();
  });

  it("takes a broken file for none", async () => {
    const path = join(folder, "round.safetensors");
    const checkpoint = roundCheckpoint(path);
    await checkpoint.write("work", PROGRESS);
    truncateSync(path, statSync(path).size - 1);
    expect(await checkpoint.read("work")).toBeUndefined();
  });

  it("makes its folder, and refuses at once what can be no file", () => {
    roundCheckpoint(join(folder, "state", "of", "round.safetensors"));
    expect(existsSync(join(folder, "state", "of"))).toBe(true);
    const refused = expect.objectContaining({ code: "BAD_CONFIG" });
    expect(() => roundCheckpoint(folder)).toThrow(refused);
    writeFileSync(join(folder, "file"), "");
    expect(() => roundCheckpoint(join(folder, "file", "round.safetensors"))).toThrow(refused);
  });
});
