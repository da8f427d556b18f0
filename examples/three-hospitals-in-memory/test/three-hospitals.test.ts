import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runExample } from "../../run-example.ts";

it("together they learn what none of them learns alone", async () => {
  const output = mkdtempSync(join(tmpdir(), "three-hospitals-"));
  onTestFinished(() => rmSync(output, { recursive: true }));
  const { status, stdout, stderr } = await runExample(import.meta.url, [output]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const of = (name: string) => Number(new RegExp(`^${name} +([0-9.]+)$`, "m").exec(stdout)?.[1]);
  const alone = [1, 2, 3].map((i) => of(`hospital ${i}`));
  expect(of("together")).toBeGreaterThan(0.93);
  expect(of("together")).toBeGreaterThan(Math.max(...alone));
  for (const name of ["matrix.png", "roc.png", "round-5-weights.npz"]) {
    expect(existsSync(join(output, name))).toBe(true);
  }
}, 240_000);
