import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it, onTestFinished } from "vitest";
import { appendEntry, createLedger, formatLedger } from "../ledger/ledger.js";
import { repeated, sampledGaussian } from "../make-event.js";
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, run } from "./run.js";

async function command(...args: readonly string[]) {
  const texts = { out: "", error: "" };
  const into = (name: "out" | "error") => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const code = await run(args, { out: into("out"), error: into("error") });
  return { code, ...texts };
}

const TRAINING = ["--noise-multiplier", "1.5", "--sample-rate", "0.04", "--steps", "2250"];
const DELTA = ["--delta", "1e-5"];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dsail-dp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function ledgerFile(): string {
  const header = {
    id: "site-1",
    unit: "record",
    neighboringRelation: "add-or-remove-one",
  } as const;
  const event = repeated(sampledGaussian({ noiseMultiplier: 1.5, sampleRate: 0.04 }), 2250);
  const path = join(temporaryFolder(), "ledger.jsonl");
  const ledger = appendEntry(createLedger(header), event, new Date(0));
  writeFileSync(path, formatLedger(ledger));
  return path;
}

describe("dsail-dp", () => {
  it.each([
    ["pld", 6.7, 6.78],
    ["rdp", 7.3291, 7.3292],
    ["gdp", 6.6015, 6.6016],
  ] as const)(
    "epsilon: what a training costs, by %s (RDP and GDP: as Opacus 1.5)",
    async (name, low, high) => {
      const { code, out } = await command(
        "epsilon",
        ...TRAINING,
        ...DELTA,
        "--accountant",
        name,
        "--json",
      );
      const { epsilon, accountant } = JSON.parse(out) as { epsilon: number; accountant: string };
      expect(code).toBe(EXIT_OK);
      expect(accountant).toBe(name);
      expect(epsilon).toBeGreaterThanOrEqual(low);
      expect(epsilon).toBeLessThanOrEqual(high);
    },
  );

  it("epsilon: warns where it promises hardly anything", async () => {
    const args = ["--noise-multiplier", "0.5", "--sample-rate", "0.064", "--steps", "80"];
    const { out, error } = await command("epsilon", ...args, ...DELTA);
    expect(out).toMatch(/^epsilon 19\.9/m);
    expect(error).toContain("above 10");
  });

  it("delta: the other way round", async () => {
    const { out } = await command("delta", ...TRAINING, "--epsilon", "6.78", "--json");
    expect((JSON.parse(out) as { delta: number }).delta).toBeLessThanOrEqual(1e-5);
  });

  it("noise and steps: what a target allows, never beyond it", async () => {
    const target = ["--epsilon", "3", ...DELTA, "--accountant", "rdp", "--json"];
    const noise = await command("noise", "--sample-rate", "0.01", "--steps", "1000", ...target);
    const { noiseMultiplier, epsilon } = JSON.parse(noise.out) as Record<string, number>;
    expect(epsilon).toBeLessThanOrEqual(3);
    const steps = await command(
      "steps",
      "--sample-rate",
      "0.01",
      "--noise-multiplier",
      `${noiseMultiplier}`,
      ...target,
    );
    expect((JSON.parse(steps.out) as { steps: number }).steps).toBeGreaterThanOrEqual(1000);
  });

  const CURVE = ["curve", ...TRAINING, ...DELTA, "--points", "4", "--accountant", "rdp"];

  it("curve: rises with the steps", async () => {
    const { out } = await command(...CURVE, "--csv");
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toBe("steps,epsilon");
    const epsilons = lines.slice(1).map((line) => Number(line.split(",")[1]));
    expect(epsilons).toHaveLength(4);
    expect(epsilons.toSorted((a, b) => a - b)).toEqual(epsilons);
  });

  it("curve: falls with the noise", async () => {
    const { out } = await command(...CURVE, "--against", "noise", "--to-noise-multiplier", "12");
    const rows = out
      .trimEnd()
      .split("\n")
      .map((line) => line.trim().split(/\s+/));
    expect(rows[0]).toEqual(["noiseMultiplier", "epsilon"]);
    expect(rows.slice(1).map(([noise]) => Number(noise))).toEqual([1.5, 3, 6, 12]);
    const epsilons = rows.slice(1).map(([, epsilon]) => Number(epsilon));
    expect(epsilons.toSorted((a, b) => b - a)).toEqual(epsilons);
  });

  it("curve: draws it, with what is known on its axes", async () => {
    const folder = temporaryFolder();
    const svg = join(folder, "curve.svg");
    const png = join(folder, "curve.png");
    expect(await command(...CURVE, "--plot", svg)).toMatchObject({ code: EXIT_OK, error: "" });
    const drawing = readFileSync(svg, "utf8");
    for (const text of ["epsilon (at most)", "steps", "noise multiplier 1.5", "accountant rdp"]) {
      expect(drawing).toContain(text);
    }
    expect(await command(...CURVE, "--plot", png)).toMatchObject({ code: EXIT_OK, error: "" });
    expect(readFileSync(png).subarray(1, 4).toString("latin1")).toBe("PNG");
    // There is text in it, of a font that is not the machine's.
    const bare = new Resvg(drawing, {
      background: "white",
      fitTo: { mode: "zoom", value: 2 },
      font: { loadSystemFonts: false },
    });
    expect(readFileSync(png).length).toBeGreaterThan(1.2 * bare.render().asPng().length);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await command(...CURVE, "--plot", join(folder, "curve.jpg"))).toMatchObject({
      code: EXIT_USAGE,
      out: "",
    });
  });

  it("ledger: shows what was spent, and verifies", async () => {
    const path = ledgerFile();
    const { out } = await command(
      "ledger",
      "show",
      path,
      ...DELTA,
      "--accountant",
      "rdp",
      "--json",
    );
    expect(JSON.parse(out)).toMatchObject({ entries: 1, unit: "record" });
    expect((JSON.parse(out) as { epsilon: number }).epsilon).toBeCloseTo(7.32911117143, 8);
    expect(await command("ledger", "verify", path)).toMatchObject({ code: EXIT_OK, error: "" });
    writeFileSync(path, "{}\n");
    expect(await command("ledger", "verify", path)).toMatchObject({ code: EXIT_FAILED, out: "" });
  });

  it.each([
    ["no command", []],
    ["a number that is none", ["epsilon", ...TRAINING, "--delta", "little"]],
    ["a delta that is none", ["epsilon", ...TRAINING, "--delta", "1"]],
    [
      "a sample rate above 1",
      ["epsilon", "--noise-multiplier", "1", "--sample-rate", "2", "--steps", "1", ...DELTA],
    ],
    ["an option that is missing", ["epsilon", ...DELTA]],
    ["a curve of one point", ["curve", ...TRAINING, ...DELTA, "--points", "1"]],
    [
      "an accountant that there is none of",
      ["epsilon", ...TRAINING, ...DELTA, "--accountant", "x"],
    ],
    ["a file that is not there", ["ledger", "verify", "/nowhere/ledger"]],
  ])("ends with 2 for %s", async (_what, args) => {
    const { code, error } = await command(...args);
    expect(code).toBe(EXIT_USAGE);
    expect(error).not.toBe("");
  });
});
