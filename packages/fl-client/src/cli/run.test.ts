import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readNpz } from "@dsail/fl-protocol";
import { flowerServerTransport } from "@dsail/fl-protocol/flower";
import { encode } from "fast-png";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { captureStreams } from "../../../../vitest.captured-streams.js";
import { damageImage, imageSite } from "../../test/image-site.js";
import { mnistDigits } from "../../test/mnist-digits.js";
import { ask, openHub } from "../../test/round-loop.js";
import { run } from "./run.js";

let data: string;
let folder: string;

/** Two classes of digits, as a hospital's folder. */
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "dsail-hospital-"));
  const { train, test: valid } = mnistDigits({ train: 300, test: 150 });
  for (const [split, set] of Object.entries({ train, valid })) {
    const all = await set.readBatch(Array.from({ length: set.size }, (_, i) => i));
    for (const label of [0, 1]) mkdirSync(join(data, split, `digit${label}`), { recursive: true });
    for (const [i, label] of set.labels.entries()) {
      if (label > 1) continue;
      const pixels = all.images.subarray(i * 784, (i + 1) * 784);
      const grey = Uint8Array.from(pixels, (x) => Math.round((x * 0.3081 + 0.1307) * 255));
      const png = encode({ width: 28, height: 28, data: grey, channels: 1, depth: 8 });
      writeFileSync(join(data, split, `digit${label}`, `${i}.png`), png);
    }
  }
});

afterAll(() => rmSync(data, { recursive: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsail-fl-client-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Runs the bin under a server that asks for one round. */
async function oneRound(args: readonly string[]) {
  const server = flowerServerTransport({ address: "127.0.0.1:0", insecure: true });
  const hub = await openHub(server);
  const captured = captureStreams();
  const flags = ["--server", hub.address, "--insecure", "--data_path", data, "--arch", "lenet5"];
  const ended = run([...flags, "--image-size", "28", "--grey", ...args], captured.streams);
  const [site] = await hub.clients(1);
  const first = await ask(site!, { kind: "getParameters", id: "0", config: {} });
  if (first.kind !== "getParameters") throw new Error(first.kind);
  const { parameters } = first;
  const fit = await ask(site!, { kind: "fit", id: "1", parameters, config: {} });
  if (fit.kind !== "fit") throw new Error(fit.kind);
  const again = { parameters: fit.parameters, config: {} };
  const evaluation = await ask(site!, { kind: "evaluate", id: "2", ...again });
  await hub.release();
  const exitCode = await ended;
  await hub.close();
  return { exitCode, fit, evaluation, out: captured.out, error: captured.error };
}

/** Files that this process has open, by their names; none where the system does not tell. */
function openFiles(): readonly string[] {
  const descriptors = "/proc/self/fd";
  if (!existsSync(descriptors)) return [];
  return readdirSync(descriptors).map((descriptor) => {
    try {
      return basename(readlinkSync(join(descriptors, descriptor)));
    } catch {
      // The one that listed them is gone.
      return "";
    }
  });
}

describe("dsail-fl-client", () => {
  it("trains with privacy under a server, and keeps what a site wants to see", async () => {
    const path = (name: string) => join(folder, name);
    const { exitCode, fit, evaluation, out } = await oneRound([
      ...["--epochs", "2", "--bs", "16", "--noise-multiplier", "1.5", "--max-epsilon", "4"],
      ...["--ledger", path("ledger.jsonl"), "--csv-path", `${path("logs")}/`],
      ...["--matrix-path", path("matrix.svg"), "--roc-path", path("roc.svg")],
      ...["--curves-path", path("curves.svg"), "--save-path", path("model.npz")],
      ...["--calibration-path", path("calibration.svg"), "--tensorboard-path", path("events")],
    ]);
    expect(exitCode).toBe(0);
    expect(Object.keys(fit.metrics)).toEqual(["epsilon", "delta"]);
    expect(fit.metrics["epsilon"]).toBeLessThanOrEqual(4);
    expect(evaluation.kind === "evaluate" && evaluation.metrics["accuracy"]).toBeGreaterThan(0.4);
    expect(readFileSync(path("ledger.jsonl"), "utf8").split("\n").length).toBeGreaterThan(3);
    const [header, ...rows] = readFileSync(path(`logs/15_${basename(data)}.csv`), "utf8")
      .trim()
      .split("\n");
    expect(header).toMatch(/^epoch,train_loss,valid_loss,accuracy,roc_auc_score,/);
    expect(rows).toHaveLength(2);
    for (const name of ["matrix", "roc", "curves", "calibration"]) {
      expect(readFileSync(path(`${name}.svg`), "utf8")).toMatch("</svg>");
    }
    expect(readNpz(readFileSync(path("model.npz"))).length).toBe(fit.parameters.length);
    expect(existsSync(path("events"))).toBe(true);
    expect(out()).toMatch(/^backend: /);
    expect(out()).toMatch(/epsilon \d/);
    // The terminal names no folder of the site.
    expect(out()).not.toMatch(data);
  });

  it("trains without privacy when it is told so, and gives the result as JSON", async () => {
    vi.stubEnv("DSAIL_FL_EPOCHS", "1");
    const { exitCode, fit, out } = await oneRound(["--no-dp", "--json", "--lr", "0.002"]);
    expect(exitCode).toBe(0);
    expect(Object.keys(fit.metrics)).toEqual(["train_loss"]);
    expect(JSON.parse(out())).toMatchObject({ status: "completed", answered: 3, failed: 0 });
  });

  it("says at once which file it can't write, fails in the end, and closes the ledger", async () => {
    const savePath = join(folder, "model.npz");
    mkdirSync(savePath);
    const { exitCode, fit, out, error } = await oneRound([
      ...["--epochs", "1", "--bs", "32", "--save-path", savePath],
      ...["--ledger", join(folder, "ledger-of-this-test.jsonl"), "--noise-multiplier", "2"],
    ]);
    expect(fit.numExamples).toBeGreaterThan(0);
    expect(out()).toMatch(/^warning: savePath: a file could not be written \(E[A-Z]+\)$/m);
    expect(out()).toMatch(/^ended, completed/m);
    expect(error()).toMatch(/^dsail-fl-client: BAD_CONFIG: savePath: a file could not be written/m);
    expect(out() + error()).not.toContain(folder);
    expect(exitCode).toBe(1);
    expect(existsSync(join(folder, "ledger-of-this-test.jsonl"))).toBe(true);
    expect(openFiles()).not.toContain("ledger-of-this-test.jsonl");
  });

  it("finds a damaged image before it joins, and says which", async () => {
    const site = imageSite();
    damageImage(site, "train/no/3.png");
    const { streams, out, error } = captureStreams();
    const flags = ["--server", "127.0.0.1:1", "--insecure", "--arch", "lenet5", "--grey"];
    expect(await run([...flags, "--image-size", "28", "--data-path", site], streams)).toBe(2);
    expect(error()).toMatch(/^can't be read: train\/no\/3\.png$/m);
    expect(error()).toMatch(/BAD_DATA: 1 of 32 images cannot be read/);
    expect(error()).not.toMatch(/not used/);
    expect(out()).toMatch(/^looks at every image$/m);
  });

  it("can be stopped while it looks at the images", async () => {
    const { streams, error } = captureStreams();
    const args = ["--server", "127.0.0.1:1", "--insecure", "--data-path", data, "--grey"];
    expect(await run(args, streams, { signal: AbortSignal.abort() })).toBe(130);
    expect(error()).toBe("");
  });

  it.each([
    [["--tls-ca", "miller.crt"], "--tls-ca"],
    [["--tls-cert", "cli.ts", "--tls-key", "miller.key"], "--tls-cert"],
    [["--insecure", "--policy", "miller.json"], "--policy"],
    [["--insecure", "--ledger", "miller/ledger.jsonl"], "--ledger"],
    [["--insecure", "--weights", "miller.npz"], "weights"],
  ])("names the option, not the path, of a file that is not there: %j", async (args, option) => {
    const { streams, error } = captureStreams();
    expect(await run(["--server", "127.0.0.1:1", "--data-path", data, ...args], streams)).toBe(2);
    expect(error()).toContain(`BAD_CONFIG: ${option}: a file can't be read or written (ENOENT)`);
    expect(error()).not.toContain("miller");
  });

  it.each([
    [["--data-path", "x"], /--server/],
    [["--server", "h:1"], /--data-path/],
    [["--server", "h:1", "--data-path", "x", "--epochs", "many"], /expected a number/],
    [["--server", "h:1", "--data-path", "x", "--class-weights", "1,four"], /expected a number/],
    [["--server", "h:1", "--data-path", "x", "--unreadable", "fail"], /refuse, skip/],
    [["--server", "h:1", "--data-path", "x", "--max-epsilon", "1"], /--max-epsilon needs/],
    [["--server", "h:1", "--data-path", "x", "--tls-cert", "c"], /go together/],
    [["--server", "h:1", "--data-path", "x", "--transport", "native"], /shows a certificate/],
    [["--server", "127.0.0.1:1", "--insecure", "--data-path", "nowhere-at-all"], /BAD_/],
    [
      ["--server", "127.0.0.1:1", "--insecure", "--data-path", "x", "--backend", "abacus"],
      /abacus|choices/,
    ],
  ])("refuses %j", async (args, message) => {
    const { streams, error } = captureStreams();
    expect(await run(args, streams)).toBe(2);
    expect(error()).toMatch(message);
  });
});
