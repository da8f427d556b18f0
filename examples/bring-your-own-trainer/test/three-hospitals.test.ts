import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpz } from "@dsail/fl-protocol";
import { expect, it } from "vitest";
import { pathsIn, temporaryFolder } from "../../../vitest.temporary-folder.ts";
import { runExample } from "../../run-example.ts";

it("trains a model together that is better than that of each hospital alone", async () => {
  const output = join(temporaryFolder(), "output");
  const { status, stdout, stderr } = await runExample(import.meta.url, [output]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });

  const rounds = [...stdout.matchAll(/^ +(\d+) {2}(\S+) {2}(\S+)$/gm)].map((line) =>
    line.slice(1).map(Number),
  );
  expect(rounds.map(([round]) => round)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  expect(rounds.at(-1)![1]).toBeLessThan(0.6 * rounds[0]![1]!);

  const accuracy = Object.fromEntries(
    [...stdout.matchAll(/^(together|north|south|west) +(\S+)$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );
  expect(Object.keys(accuracy)).toEqual(["together", "north", "south", "west"]);
  expect(accuracy["together"]).toBeGreaterThan(0.88);
  for (const name of ["north", "south", "west"]) {
    expect(accuracy["together"]! - accuracy[name]!, name).toBeGreaterThan(0.05);
  }

  expect(pathsIn(output)).toContain("history.json");
  const model = readNpz(readFileSync(join(output, "round-15-weights.npz")));
  expect(model.map(({ shape }) => shape)).toEqual([[4], [1]]);
  // What makes ill is the second measurement being low, and the first being high.
  expect(Math.sign(Number(model[0]!.data[0]))).toBe(1);
  expect(Math.sign(Number(model[0]!.data[1]))).toBe(-1);
});
