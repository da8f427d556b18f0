/**
 * Plants identifiers all over files of many SOP classes and transfer syntaxes, with several seeds; pseudonymizes them under
 * several profiles, and looks for what was planted in the bytes, in plans and in errors.
 *
 * The tool that plants also says what of it PS3.15 wants gone. In allow-list mode nothing of any kind may be left.
 * Positive control: all of it has to be found in the planted files.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/planted-identifiers.ts PYTHON TOOLS
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile, viewBytes } from "@dsail/dicom-core";
import {
  createPseudonymization,
  createPseudonymizer,
  describePlan,
  type PseudonymizerOptions,
  planFile,
} from "@dsail/pseudonymizer";
import { failureOf, formatFailure } from "../../src/failure.js";
import { BEYOND_THE_TABLE, type Planted } from "./planted.js";
import { profileNamed } from "./profiles.js";

const FILES = 40;
const SEEDS = ["1", "2", "3"];

/** Profiles, and whether what is beyond the table may be left. */
const CHECKED = [
  { profile: "basic", mayLeave: BEYOND_THE_TABLE },
  { profile: "allow-list", mayLeave: undefined },
  { profile: "dsail", mayLeave: BEYOND_THE_TABLE },
] as const;

const [python, tools] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (python === undefined || tools === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS planted-identifiers.ts PYTHON TOOLS");
}
const key = randomBytes(32);
const work = mkdtempSync(join(tmpdir(), "dsail-planted-"));
const failures: string[] = [];
const counts = { files: 0, planted: 0, left: new Map<string, number>() };
try {
  const planted = plantAll(differentFiles(corpus));
  const whole = planted.filter(({ paths }) => paths.every((path) => existsSync(ledgerOf(path))));
  for (const { name, paths } of whole.slice(0, FILES)) {
    counts.files++;
    for (const path of paths) check(name, path);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
const left = [...counts.left].sort().map(([what, count]) => `${count} ${what}`);
console.log(
  `${counts.files} files x ${SEEDS.length} seeds, ${counts.planted} identifiers planted, ${failures.length} failures; ` +
    `left, beyond the table: ${left.join(", ") || "none"}`,
);
for (const failure of failures.slice(0, 20)) console.log(failure);
if (failures.length > 0 || counts.files < FILES) process.exitCode = 1;

/** One file for each SOP class and transfer syntax, by the corpus's own list; as many again, since not all can be planted. */
function differentFiles(folder: string): readonly string[] {
  const [, ...rows] = readFileSync(join(folder, "MANIFEST.csv"), "utf8").trimEnd().split("\n");
  const first = new Map<string, string>();
  for (const row of rows) {
    const [name = "", bytes, , syntax, modality, sopClass] = row.split(",");
    const isDirectory = /DICOMDIR/i.test(name); // refused, as it should be
    const kind = `${sopClass} ${syntax} ${modality}`;
    if (!isDirectory && Number(bytes) < 2e6 && !first.has(kind)) first.set(kind, name);
  }
  return [...first.values()].slice(0, 2 * FILES);
}

function plantAll(names: readonly string[]) {
  const planted = names.map((name, index) => ({
    name,
    paths: SEEDS.map((seed) => join(work, `${index}-${seed}.dcm`)),
  }));
  const jobs = planted.flatMap(({ name, paths }) =>
    paths.map((path, i) => [join(corpus as string, name), path, SEEDS[i]]),
  );
  const program = `
import json, sys
sys.path.insert(0, ${JSON.stringify(tools)})
sys.argv = ["plant.py"]
import plant
for source, target, seed in json.load(sys.stdin):
    plant.SEED = seed
    try: plant.build(source, target)
    except Exception: pass
`;
  spawnSync(python as string, ["-c", program], { input: JSON.stringify(jobs), maxBuffer: 2 ** 26 });
  return planted;
}

function ledgerOf(path: string): string {
  return `${path}.ledger.json`;
}

function check(name: string, path: string): void {
  const ledger = JSON.parse(readFileSync(ledgerOf(path), "utf8")) as readonly Planted[];
  const bytes = readFileSync(path);
  counts.planted += ledger.length;
  const found = leftIn(searched(bytes), ledger);
  // Some are planted where the file's writer drops them; next to none, or this would check nothing.
  if (found.length < 0.9 * ledger.length) failures.push(`${name}: only ${found.length} planted`);
  for (const { profile, mayLeave } of CHECKED) {
    const options: PseudonymizerOptions = { key, ...profileNamed(profile) };
    let output: Uint8Array;
    try {
      output = createPseudonymizer(options)(bytes);
    } catch (error) {
      failures.push(`${name}, ${profile}: ${failureOf(error).code}`);
      continue;
    }
    for (const leak of leftIn(searched(output), ledger)) {
      if (mayLeave?.test(leak.class) === true) {
        counts.left.set(leak.class, (counts.left.get(leak.class) ?? 0) + 1);
      } else {
        failures.push(`${name}, ${profile}: ${leak.class} is left`);
      }
    }
    for (const text of told(bytes, options)) {
      for (const leak of leftIn(text, ledger)) {
        failures.push(`${name}, ${profile}: ${leak.class} is told`);
      }
    }
  }
}

/** What a user may get to see: the plan, and what is said of the file when it is damaged. */
function* told(bytes: Uint8Array, options: PseudonymizerOptions): Generator<string> {
  const file = readFile(bytes);
  const plan = planFile(file, createPseudonymization(options), { explain: true });
  yield describePlan(file, plan).join("\n");
  yield JSON.stringify(plan.findings);
  for (let i = 1; i < 20; i++) {
    try {
      createPseudonymizer(options)(bytes.subarray(0, Math.floor((bytes.length * i) / 20)));
    } catch (error) {
      yield formatFailure(failureOf(error));
    }
  }
}

function leftIn(text: string, ledger: readonly Planted[]): readonly Planted[] {
  return ledger.filter(({ token }) => text.includes(token));
}

/** The bytes as text, and behind them the inflated data set, if it is deflated. */
function searched(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const { dataset, transferSyntax } = readFile(bytes);
  if (!transferSyntax.deflated) return text;
  const inflated = viewBytes(dataset.source, 0, dataset.source.size);
  return text + Buffer.from(inflated).toString("latin1");
}
