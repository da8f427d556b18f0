/**
 * Writes an event file, reads it with TensorBoard, and compares all that is in it; the exit code is 1 if anything differs.
 * TensorBoard checks the checksums of each record.
 *
 *     tsx --conditions=@dsail/source test/oracle/events-against-tensorboard.ts PYTHON
 *
 * @module
 */
import { deepStrictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";
import { openEventLog } from "../../src/metrics/event-log.js";

const python = process.argv[2];
if (python === undefined) throw new Error("expected a Python with tensorboard");
const folder = mkdtempSync(join(tmpdir(), "dsail-events-"));
try {
  let time = 1_700_000_000_250;
  const log = openEventLog(folder, { now: () => time });
  const expected: Record<string, [number, number, number][]> = { "loss/train": [], "größe ε": [] };
  for (let step = 0; step < 500; step++) {
    time += 125;
    const value = Math.fround(Math.sin(step) * 10 ** ((step % 60) - 30));
    log.scalar("loss/train", value, step);
    log.scalar("größe ε", -value, step * 2 ** 33);
    expected["loss/train"]!.push([step, time / 1000, value]);
    expected["größe ε"]!.push([step * 2 ** 33, time / 1000, -value]);
  }
  const png = encode({ width: 31, height: 17, channels: 3, data: new Uint8Array(31 * 17 * 3) });
  log.image("matrix", png, 3);
  log.close();
  const script = fileURLToPath(new URL("events-against-tensorboard.py", import.meta.url));
  const { stdout, status } = spawnSync(python, [script, folder], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (status !== 0) throw new Error("the script failed");
  deepStrictEqual(JSON.parse(stdout), {
    version: 2,
    scalars: expected,
    images: { matrix: [[3, 31, 17, Buffer.from(png).toString("base64")]] },
  });
  process.stdout.write("TensorBoard read 1000 scalars and 1 image as they were written\n");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
