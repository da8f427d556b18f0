/**
 * With Python's Flower: `DSAIL_FL_PYTHON`, or `.venv-fl`, which `.ci/run oracles` makes.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../vitest.temporary-folder.ts";
import { startExample } from "../../run-example.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const python =
  process.env["DSAIL_FL_PYTHON"] ??
  fileURLToPath(new URL("../../../.venv-fl/bin/python", import.meta.url));
const probe = spawnSync(python, ["-c", "import flwr, numpy; print(flwr.__version__)"], {
  encoding: "utf8",
  timeout: 50_000,
});
const reason = probe.status === 0 ? undefined : "no Python with flwr: set DSAIL_FL_PYTHON";
if (reason !== undefined) console.warn(`python-flower-client: skipped, ${reason}`);

/** Runs a program to its end. */
function run(args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { cwd: folder });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        output += bytes.toString();
      });
    }
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, output }));
  });
}

it.skipIf(reason !== undefined)(
  "trains with two clients in Python, and numpy reads the model",
  { timeout: 180_000 },
  async () => {
    const output = join(temporaryFolder(), "output");
    const server = startExample(import.meta.url, [output, "127.0.0.1:0"]);
    const [, address = ""] = await server.says(/clients at (\S+)\n/);
    const clients = [0, 1].map((site) => run(["client.py", String(site), address]));
    for (const { status, output: said } of await Promise.all(clients)) {
      expect(status, said).toBe(0);
    }
    const { status, stdout, stderr } = await server.ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const losses = [...stdout.matchAll(/^round \d: loss (\S+), accuracy/gm)].map(([, loss]) =>
      Number(loss),
    );
    expect(losses).toHaveLength(5);
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);

    const { output: measured } = await run([
      "-c",
      `import sys, numpy as np
from client import accuracy, make_patients
with np.load(sys.argv[1]) as arrays:
    print(accuracy(*arrays.values(), *make_patients(99, 2000)), accuracy(np.zeros(4), np.zeros(1), *make_patients(99, 2000)))`,
      join(output, "round-5-weights.npz"),
    ]);
    const [trained, untrained] = measured.trim().split(" ").map(Number);
    expect(trained).toBeGreaterThan(0.85);
    expect(untrained).toBeLessThan(0.6);
  },
);
