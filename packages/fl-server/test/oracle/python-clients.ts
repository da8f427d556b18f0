/**
 * Three clients, two of them Python's `start_client`, and one of ours, in a run of the bin; numpy reads what it saved, and gives
 * it back for the next run to begin with.
 *
 *     tsx --conditions=@dsail/source test/oracle/python-clients.ts PYTHON
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NamedTensor } from "@dsail/fl-protocol";
import { flowerClientTransport } from "@dsail/fl-protocol/flower";
import { run } from "../../src/cli/run.js";

const [python] = process.argv.slice(2);
if (python === undefined) throw new Error("which Python?");
const folder = mkdtempSync(join(tmpdir(), "python-clients-"));

try {
  const first = join(folder, "first");
  await federation(["--num-rounds", "3", "--save-path", first]);
  // Steps 1, 2 and 6 with 1, 2 and 3 examples: 23 / 6 a round. The counter moves by (1·1 + 2·2 + 3·3) / 6, rounded.
  const expected = Math.fround(3 * (23 / 6));
  const [w, steps] = numpyReads(join(first, "round-3-weights.npz"));
  assert.ok(Math.abs(w! - expected) < 1e-5, `${w} is not ${expected}`);
  assert.equal(steps, 5 + 2 + 2 + 2);

  const again = join(folder, "again.npz");
  const code = `import numpy as np; z = np.load(${JSON.stringify(join(first, "round-3-weights.npz"))}); np.savez_compressed(${JSON.stringify(again)}, **z)`;
  assert.equal(spawnSync(python, ["-c", code]).status, 0);
  const second = join(folder, "second");
  await federation(["--num-rounds", "1", "--save-path", second, "--initial-parameters", again]);
  const [next] = numpyReads(join(second, "round-1-weights.npz"));
  assert.ok(Math.abs(next! - (w! + 23 / 6)) < 1e-5);
  console.log(
    "ok      two Python clients and one of ours; numpy reads what is saved, and it reads numpy's",
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** A run of the bin with three clients, to its end. */
async function federation(args: readonly string[]): Promise<void> {
  const children: ChildProcess[] = [];
  let log = "";
  const code = await run(
    ["--address", "127.0.0.1:0", "--insecure", "--wait-timeout", "60", ...args],
    {
      out: { write: () => undefined },
      error: {
        write: (text) => {
          log += text;
          const address = /"event":"listening".*"address":"([^"]+)"/.exec(text)?.[1];
          if (address === undefined) return;
          for (const [step, examples] of ["1 1", "2 2"].map(
            (pair) => pair.split(" ") as [string, string],
          )) {
            const client = fileURLToPath(new URL("client.py", import.meta.url));
            children.push(spawn(python!, [client, address, step, examples], { stdio: "ignore" }));
          }
          void join3(address);
        },
      },
    },
  );
  assert.equal(code, 0, log.slice(-2000));
  // Python's clients were told to go.
  const ends = children.map(
    (child) =>
      child.exitCode ?? new Promise<number | null>((resolve) => child.once("exit", resolve)),
  );
  assert.deepEqual(await Promise.all(ends), [0, 0]);
}

/** Ours: step 6, three examples. */
async function join3(address: string): Promise<void> {
  await flowerClientTransport({ address, insecure: true, clientId: "ours" }).run(
    async (instruction) => {
      if (instruction.kind === "fit") {
        const parameters = instruction.parameters.map((tensor): NamedTensor => {
          if (tensor.dtype === "float32") return { ...tensor, data: tensor.data.map((x) => x + 6) };
          if (tensor.dtype === "int64") return { ...tensor, data: tensor.data.map((x) => x + 3n) };
          return tensor;
        });
        return { kind: "fit", parameters, numExamples: 3, metrics: {} };
      }
      if (instruction.kind === "evaluate") {
        return { kind: "evaluate", loss: 1, numExamples: 3, metrics: {} };
      }
      return { kind: "failure", code: "NOT_IMPLEMENTED", message: "not here" };
    },
  );
}

/** The first number of each array. */
function numpyReads(path: string): readonly number[] {
  const code = `import json, numpy as np; z = np.load(${JSON.stringify(path)}); print(json.dumps([float(z[k].ravel()[0]) for k in z]))`;
  const { stdout, stderr } = spawnSync(python!, ["-c", code], { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout) as number[];
}
