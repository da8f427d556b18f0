/**
 * Plants identifiers all over files of several kinds, pseudonymizes them, and looks for what was planted in the bytes.
 * The tool that plants also says which of them PS3.15 wants gone; leaving a file as it is has to fail.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/planted-identifiers.ts PYTHON TOOLS
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPseudonymizer } from "@dsail/pseudonymizer";

/** Different SOP classes and transfer syntaxes. */
const FILES = [
  "pydicom/CT_small.dcm",
  "pydicom/MR_small.dcm",
  "pydicom/MR_small_implicit.dcm",
  "pydicom/MR_small_bigendian.dcm",
  "pydicom/image_dfl.dcm",
  "pydicom/rtplan.dcm",
  "pydicom/test-SR.dcm",
  "pydicom/JPEG2000.dcm",
  "pydicom/waveform_ecg.dcm",
  "pydicom-data/emri_small.dcm",
  "dcm4che/MR01.dcm",
  "dcm4che/US-PAL-8-10x-echo",
  "dcmqi/label.seg",
  "highdicom/sm_image.dcm",
  "highdicom/dx_image.dcm",
] as const;

const [python, tools] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (python === undefined || tools === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS planted-identifiers.ts PYTHON TOOLS");
}
const pseudonymize = createPseudonymizer({ key: randomBytes(32) });
const work = mkdtempSync(join(tmpdir(), "dsail-planted-"));
const failures: string[] = [];
let planted = 0;
try {
  for (const [index, name] of FILES.entries()) {
    const source = join(work, "planted.dcm");
    const target = join(work, "pseudonymized.dcm");
    const ledger = `${source}.ledger.json`;
    const made = spawnSync(python, [
      join(tools, "plant.py"),
      join(corpus, name),
      source,
      `${index}`,
    ]);
    if (made.status !== 0) {
      failures.push(`${name}: planting failed`);
      continue;
    }
    planted += (JSON.parse(readFileSync(ledger, "utf8")) as unknown[]).length;
    if (leaks(ledger, source).mandated === 0)
      failures.push(`${name}: the check finds nothing in the source`);
    writeFileSync(target, pseudonymize(readFileSync(source)));
    const { mandated, line } = leaks(ledger, target);
    console.log(`${name}: ${line}`);
    if (mandated > 0) failures.push(`${name}: identifiers are left`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`${FILES.length} files, ${planted} identifiers planted, ${failures.length} failures`);
for (const failure of failures) console.log(failure);
if (failures.length > 0) process.exitCode = 1;

/** The tool's exit code says whether anything is left that the standard wants gone. */
function leaks(ledger: string, file: string): { readonly mandated: number; readonly line: string } {
  const { status, stdout } = spawnSync(python as string, [
    join(tools as string, "leak.py"),
    ledger,
    file,
  ]);
  return {
    mandated: status ?? 1,
    line: String(stdout)
      .replace(/^\S+\s+/, "")
      .trim(),
  };
}
