/**
 * The quickstart as a person runs it, but with few images: each step by the built commands of the packages, which it builds
 * where they are not.
 */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const program = join(dirname(fileURLToPath(import.meta.url)), "quickstart.mjs");
const TIMEOUT_MS = 900_000;
const PER_DIGIT = 100;

/** It builds the packages and trains for a minute or two: `.ci/run quickstart` asks for it, `npm test` does not. */
const isAskedFor = process.env["DSAIL_QUICKSTART_TEST"] !== undefined;

it.skipIf(!isAskedFor)(
  "goes from DICOM to a page, on from where it was stopped, and with one's own files",
  {
    timeout: TIMEOUT_MS,
  },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "dsail-quickstart-"));
    // Thousands of files.
    onTestFinished(() => rm(folder, { recursive: true, force: true }), 120_000);
    const output = join(folder, "out");
    const args = ["--output", output, "--images", String(PER_DIGIT), "--rounds", "2"];

    // A signal ends the process at once on Windows, where nothing can be said of it.
    const isStopped = process.platform !== "win32";
    if (isStopped) {
      const stopped = await quickstart(args, { stopAt: /round 1 of 2: 3 results, 0 failures/ });
      expect(stopped.code, stopped.text).toBe(130);
      expect(stopped.text).toMatch(/goes on from here/);
      expect(existsSync(join(output, "index.html"))).toBe(false);
    }
    const { code, text } = await quickstart(args);
    expect(code, text).toBe(0);
    if (isStopped) {
      expect(text).toMatch(/Pseudonymize.*: done before/);
      expect(text).toMatch(/resumed after round 1/);
      expect(text).not.toMatch(/round 1 of 2: 3/);
    }
    expectWhole(output, ["0", "3", "5", "8"]);
    expectPseudonymized(output);

    const source = join(folder, "own");
    const labels = join(folder, "labels.csv");
    writeOwn(source, labels, output);
    const own = join(folder, "own-out");
    const ownArgs = ["--source", source, "--labels", labels, "--output", own, "--rounds", "1"];
    const second = await quickstart(ownArgs);
    expect(second.code, second.text).toBe(0);
    expectWhole(own, ["three", "zero"]);
    // What is one's own is on no page, and on no screen.
    const secret = readFileSync(join(own, "secret", "lookup.csv"), "utf8").split("\n")[1] ?? "";
    const [id = "?"] = secret.split(",");
    expect(id).toMatch(/^\d{7}$/);
    expect(readFileSync(join(own, "index.html"), "utf8")).not.toContain(id);
    expect(second.text).not.toContain(id);
  },
);

it("tells wrong usage by exit code 2", async () => {
  const { code, text } = await quickstart(["--rounds", "none"]);
  expect(code).toBe(2);
  expect(text).toMatch(/--rounds: expected a whole number/);
});

/** All that a person is told to look at is there, and every link of the page leads to something. */
function expectWhole(output: string, labels: readonly string[]): void {
  const page = readFileSync(join(output, "index.html"), "utf8");
  const links = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link!);
  expect(links.length).toBeGreaterThan(20);
  for (const link of links) {
    expect(link).not.toMatch(/^(https?:|\/)/);
    expect(existsSync(join(output, decodeURI(link))), link).toBe(true);
  }
  const { results, testImages } = JSON.parse(
    readFileSync(join(output, "result/comparison.json"), "utf8"),
  );
  expect(Object.keys(results)).toEqual(["federated", "H0 alone", "H1 alone", "H2 alone"]);
  expect(testImages).toBeGreaterThan(10);
  for (const [name, { accuracy, sensitivities }] of Object.entries<{
    accuracy: number;
    sensitivities: [string, number][];
  }>(results)) {
    expect(accuracy, name).toBeGreaterThan(0);
    expect(accuracy, name).toBeLessThanOrEqual(1);
    expect(sensitivities.map(([label]) => label)).toEqual(labels.map((label) => `PNG-${label}`));
    expect(page).toContain(`${(100 * accuracy).toFixed(1)}\u00a0%`);
  }
  for (const epsilon of Object.values<number>(
    JSON.parse(readFileSync(join(output, "result/epsilon.json"), "utf8")),
  )) {
    expect(epsilon).toBeGreaterThan(0);
    expect(epsilon).toBeLessThanOrEqual(8);
  }
  const models = join(output, "10-federated/models");
  expect(statSync(join(models, "round-1-weights.npz")).size).toBeGreaterThan(100_000);
  const commands = readFileSync(join(output, "commands.sh"), "utf8");
  for (const command of ["label", "decompose", "classify", "split", "sites"]) {
    expect(commands).toContain(`dsail-convert ${command}`);
  }
}

/** No name, number or date of a patient is in what was pseudonymized, nor in what is made of it. */
function expectPseudonymized(output: string): void {
  const gathered = join(output, "3-gathered");
  expect(readdirSync(gathered)).toHaveLength(4 * PER_DIGIT);
  const table = readFileSync(join(output, "secret/lookup.csv"), "utf8").trimEnd().split("\n");
  const ids = table.slice(1).map((line) => line.split(",")[0]!);
  const [first = ""] = readdirSync(gathered).sort();
  // A positive control: the words that are looked for are there before.
  const before = readFileSync(join(gathered, first), "utf8");
  expect(ids.some((id) => before.includes(id))).toBe(true);
  const names = ["St. Anna", "Lakeside", "County Hospital", "Handwriting", ...ids];
  const files = ["4-pseudonymized", "5-decomposed", "8-hospitals"].flatMap((part) =>
    readdirSync(join(output, part), { recursive: true })
      .map((path) => join(output, part, String(path)))
      .filter((path) => /\.(dcm|json|csv)$/.test(path)),
  );
  expect(files.length).toBeGreaterThan(8 * PER_DIGIT);
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    // Digits of a UID may be those of an ID by chance.
    const words = new Set(text.split(/[^\p{L}\p{N}.^ ]+/u).map((word) => word.trim()));
    expect(
      names.filter((name) => words.has(name)),
      basename(file),
    ).toEqual([]);
  }
}

/** Files of two digits in one folder, and a table of what they are. */
function writeOwn(source: string, labels: string, output: string): void {
  mkdirSync(source);
  const lines = ["file,label"];
  for (const [digit, label] of [
    ["0", "zero"],
    ["3", "three"],
  ] as const) {
    for (const name of readdirSync(join(output, "1-input", digit))) {
      writeFileSync(join(source, name), readFileSync(join(output, "1-input", digit, name)));
      lines.push(`${name},${label}`);
    }
  }
  writeFileSync(labels, `${lines.join("\n")}\n`);
}

function quickstart(
  args: readonly string[],
  { stopAt }: { readonly stopAt?: RegExp } = {},
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      text += `${line}\n`;
      if (stopAt?.test(line)) child.kill("SIGTERM");
    });
  }
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, text }));
  });
}
