/**
 * The quickstart as a person runs it, but with few images: each step by the built commands of the packages, which it builds
 * where they are not.
 */
import { spawn, spawnSync } from "node:child_process";
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
import { basename, dirname, join, sep } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { programOf } from "./quickstart/workspace.mjs";

const program = join(dirname(fileURLToPath(import.meta.url)), "quickstart.mjs");
const TIMEOUT_MS = 900_000;
const PER_DIGIT = 100;
/** Of a patient, as no other word of the output is. */
const NAME = ["Quokka", "Zebulon"];
/** Tag, VR and length of an ID of seven characters and a space. */
const PATIENT_ID = Buffer.from("\x10\0\x20\0LO\x08\0", "latin1");

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
      // Within a round: one hospital is done with it, the server is not.
      const done = join(output, "8-federated", "H0", "round.safetensors");
      const within = await quickstart(args, { stopWhen: () => existsSync(done) });
      expect(within.code, within.text).toBe(130);
      const stopped = await quickstart(args, { stopAt: /round 1 of 2: 3 results, 0 failures/ });
      expect(stopped.code, stopped.text).toBe(130);
      expect(stopped.text).toMatch(/goes on from here/);
      expect(existsSync(join(output, "index.html"))).toBe(false);
    }
    const { code, text } = await quickstart(args);
    expect(code, text).toBe(0);
    if (isStopped) {
      expect(text).toMatch(/pseudonymize.*: done before/);
      expect(text).toMatch(/resumed after round 1/);
      expect(text).not.toMatch(/round 1 of 2: 3/);
      const log = readFileSync(join(output, "8-federated", "H0.log"), "utf8");
      expect(log).toMatch(/goes on after epoch 1/);
    }
    expectWhole(output, ["0", "3", "5", "8"]);
    expectPseudonymized(output);

    // A patient's name is in paths, names of files, and headers.
    const own = join(folder, NAME.join("_"));
    const source = join(own, "scans");
    const labels = join(own, "labels.csv");
    const ids = writeOwn(source, labels, output);
    for (const [name, given] of [
      ["by folders", []],
      ["by a table", ["--labels", labels]],
    ] as const) {
      const ownOutput = join(own, name);
      const ownArgs = ["--source", source, ...given, "--output", ownOutput, "--rounds", "1"];
      const second = await quickstart(ownArgs);
      expect(second.code, second.text).toBe(0);
      expectWhole(ownOutput, ["three", "zero"]);
      // Files of one name in many folders are all there.
      expect(readdirSync(join(ownOutput, "3-pseudonymized"))).toHaveLength(2 * PER_DIGIT);
      expectSecrets(ownOutput, ids);
      expect(ids.filter((id) => second.text.includes(id))).toEqual([]);
    }
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
  const models = join(output, "8-federated/models");
  expect(statSync(join(models, "round-1-weights.npz")).size).toBeGreaterThan(100_000);
  const commands = readFileSync(join(output, "commands.sh"), "utf8");
  for (const command of ["label", "decompose", "classify", "split", "sites"]) {
    expect(commands).toContain(`dsail-convert ${command}`);
  }
}

/** No name, number or date of a patient is in what was pseudonymized, nor in what is made of it. */
function expectPseudonymized(output: string): void {
  expect(readdirSync(join(output, "3-pseudonymized"))).toHaveLength(4 * PER_DIGIT);
  const table = readFileSync(join(output, "secret/lookup.csv"), "utf8").trimEnd().split("\n");
  const ids = table.slice(1).map((line) => line.split(",")[0]!);
  const labelled = join(output, "secret/2-labelled/0");
  const [first = ""] = readdirSync(labelled);
  // A positive control: the words that are looked for are there before.
  const before = readFileSync(join(labelled, first), "utf8");
  expect(ids.some((id) => before.includes(id))).toBe(true);
  const names = ["St. Anna", "Lakeside", "County Hospital", "Handwriting", ...ids];
  const files = ["3-pseudonymized", "4-decomposed", "7-hospitals"].flatMap((part) =>
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

/** What identifies patients is in `secret`, which nobody else may read, and nowhere else: neither in a file nor in its name. */
function expectSecrets(output: string, ids: readonly string[]): void {
  const secret = join(output, "secret");
  if (process.platform !== "win32") expect(statSync(secret).mode & 0o777).toBe(0o700);
  const words = [...NAME, ...ids];
  const inside = { contents: new Set<string>(), names: new Set<string>() };
  let outside = 0;
  for (const path of readdirSync(output, { recursive: true }).map(String)) {
    const file = join(output, path);
    const content = statSync(file).isFile() ? readFileSync(file, "latin1") : "";
    const found = {
      contents: words.filter((word) => content.includes(word)),
      names: words.filter((word) => path.includes(word)),
    };
    if (file.startsWith(`${secret}${sep}`)) {
      for (const word of found.contents) inside.contents.add(word);
      for (const word of found.names) inside.names.add(word);
    } else {
      outside++;
      expect(found, path).toEqual({ contents: [], names: [] });
    }
  }
  // A positive control: what is looked for is found where it may be.
  expect([...inside.contents].sort()).toEqual([...words].sort());
  expect([...inside.names].sort()).toEqual([...words].sort());
  expect(outside).toBeGreaterThan(8 * PER_DIGIT);
}

/**
 * Files of two digits, as `<label>/<patient>/IM1` and so on, with a name of its own in each, and a table of what they are.
 *
 * @returns IDs of the patients
 */
function writeOwn(source: string, labels: string, output: string): readonly string[] {
  const lines = ["file,label"];
  const counts = new Map<string, number>();
  for (const [digit, label] of [
    ["0", "zero"],
    ["3", "three"],
  ] as const) {
    const input = join(output, "secret/1-input", digit);
    for (const name of readdirSync(input)) {
      const bytes = readFileSync(join(input, name));
      const at = bytes.indexOf(PATIENT_ID) + PATIENT_ID.length;
      // Digits alone may be in a UID by chance.
      bytes.write("Z", at, "latin1");
      const id = bytes.toString("latin1", at, at + 7);
      expect(id).toMatch(/^Z\d{6}$/);
      const number = (counts.get(id) ?? 0) + 1;
      counts.set(id, number);
      const path = `${label}/${NAME.join("_")}-${id}/IM${number}`;
      mkdirSync(dirname(join(source, path)), { recursive: true });
      writeFileSync(join(source, path), bytes);
      lines.push(`${path},${label}`);
    }
  }
  writeFileSync(labels, `${lines.join("\n")}\n`);
  const args = ["label", source, NAME.join("^"), "--tag", "PatientName", "--in-place"];
  const named = spawnSync(process.execPath, [programOf("dsail-convert"), ...args], {
    timeout: 100_000,
  });
  expect(named.status, String(named.stderr)).toBe(0);
  return [...counts.keys()];
}

function quickstart(
  args: readonly string[],
  { stopAt, stopWhen }: { readonly stopAt?: RegExp; readonly stopWhen?: () => boolean } = {},
): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      text += `${line}\n`;
      if (stopAt?.test(line)) child.kill("SIGTERM");
    });
  }
  const watch = setInterval(() => {
    if (stopWhen?.() !== true) return;
    // Once: a second signal does not wait.
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 20);
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearInterval(watch);
      resolve({ code, text });
    });
  });
}
