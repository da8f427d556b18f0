/**
 * Counts what dciodvfy has against pseudonymized files that it did not have against the originals; fails if there is
 * anything. Files that no checker can judge are left out, each with its reason.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/new-dciodvfy-errors.ts PSEUDONYMIZED
 *
 * @module
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DicomFile,
  EXPLICIT_VR_LITTLE_ENDIAN,
  readFile,
  rewriteBytes,
  viewBytes,
  writeFileMetaInformation,
} from "@dsail/dicom-core";

/** Input that dciodvfy cannot read to its end, so that what it says of it is chance. */
const LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ["pydicom/meta_missing_tsyntax.dcm", "no transfer syntax"],
  ["pydicom/nested_priv_SQ.dcm", "a wrong transfer syntax"],
  ["pydicom/SC_rgb_jpeg.dcm", "implicit VR under a JPEG transfer syntax"],
]);

const AT_A_TIME = 2;

const [folder] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (folder === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS new-dciodvfy-errors.ts PSEUDONYMIZED");
}
const work = mkdtempSync(join(tmpdir(), "dsail-dciodvfy-"));
/** Without a Type 1 attribute this one has an error more: a check that finds none there would find none anywhere. */
const CONTROL = { name: "pydicom/CT_small.dcm", removed: 0x00080060 } as const;

const counts = { compared: 0, clean: 0, stillClean: 0, newErrors: 0 };
const findings: string[] = [];
try {
  const original = readFile(readFileSync(join(corpus, CONTROL.name)));
  const control = join(work, "control.dcm");
  const edit = { kind: "remove", path: [CONTROL.removed] } as const;
  writeFileSync(control, rewriteBytes(original, { dataset: [edit] }));
  if (
    ((await errorsOf(control, 0))?.size ?? 0) <=
    ((await errorsOf(join(corpus, CONTROL.name), 0))?.size ?? 0)
  ) {
    throw new Error("dciodvfy does not miss a Modality: is it installed?");
  }
  const queue = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => existsSync(join(corpus, name)) && !LEFT_OUT.has(name))
    .values();
  await Promise.all(Array.from({ length: AT_A_TIME }, (_, lane) => compareAll(queue, lane)));
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(
  `${counts.compared} files compared, ${counts.newErrors} new errors; of ${counts.clean} without errors ${counts.stillClean} ` +
    `still are; left out: ${[...LEFT_OUT].map(([name, why]) => `${name} (${why})`).join(", ")}`,
);
for (const finding of findings.slice(0, 200)) console.log(finding);
if (counts.newErrors > 0 || counts.compared === 0) process.exitCode = 1;

async function compareAll(queue: Iterator<string>, lane: number): Promise<void> {
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const name = next.value;
    const before = await errorsOf(join(corpus as string, name), lane);
    const after = await errorsOf(join(folder as string, name), lane);
    if (before === undefined || after === undefined) continue; // a folder
    counts.compared++;
    if (before.size === 0) {
      counts.clean++;
      if (after.size === 0) counts.stillClean++;
    }
    for (const [error, count] of after) {
      const more = count - (before.get(error) ?? 0);
      if (more <= 0) continue;
      counts.newErrors += more;
      findings.push(`${name}: ${error}`);
    }
  }
}

/** Its errors with their counts; without values, which are meant to differ, and numbers of items, of which some may go. */
async function errorsOf(path: string, lane: number): Promise<Map<string, number> | undefined> {
  const readable = inflated(path, lane);
  if (readable === undefined) return undefined;
  const output = await new Promise<string>((resolve) => {
    execFile("dciodvfy", ["-new", readable], { timeout: 60_000 }, (_, stdout, stderr) =>
      resolve(`${stderr}\n${stdout}`),
    );
  });
  const errors = new Map<string, number>();
  for (const line of output.split("\n")) {
    if (!line.startsWith("Error")) continue;
    const error = line.replace(/= *<[^>]*>/g, "= <…>").replace(/\[\d+\]/g, "[…]");
    errors.set(error, (errors.get(error) ?? 0) + 1);
  }
  return errors;
}

/** dciodvfy takes deflated bytes for elements: it is given the same data set inflated. What cannot be read it gets as it is. */
function inflated(path: string, lane: number): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  let file: DicomFile;
  try {
    file = readFile(bytes);
  } catch {
    return path;
  }
  const { transferSyntax, dataset } = file;
  if (!transferSyntax.deflated) return path;
  const copy = join(work, `${lane}.dcm`);
  const meta = writeFileMetaInformation({ transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
  writeFileSync(copy, meta);
  writeFileSync(copy, viewBytes(dataset.source, 0, dataset.source.size), { flag: "a" });
  return copy;
}
