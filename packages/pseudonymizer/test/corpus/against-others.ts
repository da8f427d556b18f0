/**
 * What other de-identifiers, with their defaults, leave of planted identifiers, refuse of the corpus, and make of its validity;
 * and ours, beside them. A tool that is not there is left out, and named.
 *
 * Python is one with dicom-anonymizer, deid and dicognito, PLANTER one with pydicom, TOOLS the folder of the tool that plants. Then
 * `new-dciodvfy-errors.ts OUTPUT/TOOL` counts what dciodvfy has against each.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/against-others.ts OUTPUT PYTHON PLANTER TOOLS
 *
 * @module
 */
import { execFile, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createPseudonymizer, generateKey } from "@dsail/pseudonymizer";
import { BEYOND_THE_TABLE, type Planted } from "./planted.js";

const SEEDS = ["1", "2", "3"];
const PLANTED_IN = "pydicom/CT_small.dcm";
/** Some tools never end with some files. */
const TIMEOUT_MS = 20_000;
const AT_A_TIME = 2;

const [output, python, planter, tools] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (!output || !python || !planter || !tools || !corpus) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS against-others.ts OUTPUT PYTHON PLANTER TOOLS");
}
const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
mkdirSync(output, { recursive: true });

const certificate = join(output, "certificate.pem");
const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test"];
const privateKey = join(output, "private.pem");
spawnSync("openssl", [...made, "-keyout", privateKey, "-out", certificate]);

/** deid's own recipe, as its documentation runs it. */
const DEID = `
import sys
from deid.config import DeidRecipe
from deid.dicom import replace_identifiers
made = replace_identifiers(dicom_files=[sys.argv[1]], deid=DeidRecipe(), save=False)
made[0].save_as(sys.argv[2])
`;

const DICOGNITO = `
import sys, pydicom
from dicognito.anonymizer import Anonymizer
dataset = pydicom.dcmread(sys.argv[1])
Anonymizer().anonymize(dataset)
dataset.save_as(sys.argv[2])
`;

/** How each does one file. */
const WAYS: Readonly<Record<string, (from: string, to: string) => Promise<unknown>>> = {
  "kitware-dicom-anonymizer": (from, to) => by(join(dirname(python), "dicom-anonymizer"), from, to),
  deid: (from, to) => by(python, "-c", DEID, from, to),
  dicognito: (from, to) => by(python, "-c", DICOGNITO, from, to),
  dcmjs: (from, to) => by(process.execPath, here("one-file-by-dcmjs.mjs"), from, to),
  gdcmanon: (from, to) => by("gdcmanon", "-e", "-c", certificate, from, to),
  dsail: async (from, to) => writeFileSync(to, pseudonymize(readFileSync(from))),
};
const pseudonymize = createPseudonymizer({ key: generateKey() });

const inputs = readdirSync(corpus, { recursive: true, encoding: "utf8" }).filter(
  (name) =>
    /^[^/]+\//.test(name) && !/DICOMDIR/i.test(name) && statSync(join(corpus, name)).isFile(),
);
for (const [name, way] of Object.entries(WAYS)) {
  const folder = join(output, name);
  rmSync(folder, { recursive: true, force: true });
  const planted = { demanded: 0, beyond: 0 };
  const left = { demanded: 0, beyond: 0 };
  for (const seed of SEEDS) {
    const from = join(output, `planted-${seed}.dcm`);
    if (!existsSync(from)) {
      spawnSync(planter, [join(tools, "plant.py"), join(corpus, PLANTED_IN), from, seed]);
    }
    const to = join(folder, `planted-${seed}`, "planted.dcm");
    await deidentify(way, from, to);
    if (!existsSync(to)) continue;
    const bytes = readFileSync(to, "latin1");
    const input = readFileSync(from, "latin1");
    for (const { token, class: kind } of ledgerOf(from)) {
      if (!input.includes(token)) continue;
      const where = BEYOND_THE_TABLE.test(kind) ? "beyond" : "demanded";
      planted[where] += 1;
      if (bytes.includes(token)) left[where] += 1;
    }
  }
  if (planted.demanded === 0) {
    console.log(`${name}: not there, or no output for a planted file`);
    continue;
  }
  let done = 0;
  const queue = inputs.values();
  const lane = async () => {
    for (const file of queue) {
      const to = join(folder, file);
      await deidentify(way, join(corpus, file), to);
      if (existsSync(to)) done += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  console.log(
    `${name}: left ${left.demanded} of ${planted.demanded} that PS3.15 wants gone, and ${left.beyond} of ${planted.beyond} others; ` +
      `${done} of ${inputs.length} files`,
  );
}

function ledgerOf(path: string): readonly Planted[] {
  return JSON.parse(readFileSync(`${path}.ledger.json`, "utf8")) as Planted[];
}

/** Nothing is there for a file that is refused. */
async function deidentify(
  way: (from: string, to: string) => Promise<unknown>,
  from: string,
  to: string,
): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  // Some go by the name's ending, which not all files of the corpus have.
  const input = `${to}.input.dcm`;
  copyFileSync(from, input);
  try {
    await way(input, to);
  } catch {
    rmSync(to, { force: true, recursive: true });
  } finally {
    rmSync(input, { force: true });
  }
}

function by(program: string, ...args: readonly string[]): Promise<unknown> {
  return run(program, args, { timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
}
