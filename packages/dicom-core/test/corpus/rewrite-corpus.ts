/**
 * Rewrites every file of the corpus: once without an edit, which has to give the same bytes, and once with name, ID and
 * all UIDs replaced, into a folder that `rewrite_against_pydicom.py` compares with the corpus.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/rewrite-corpus.ts FOLDER
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type Dataset,
  type DicomFile,
  type Edit,
  isDicomError,
  type Path,
  readFile,
  rewriteBytes,
} from "@dsail/dicom-core";
import { CORPUS_FILES } from "../real-files.js";

/** Not DICOM: a list of the corpus, and a file of one stray byte, which pydicom refuses too. */
const NOT_DICOM = new Set(["MANIFEST.csv", "pydicom/no_meta.dcm"]);

const [folder] = process.argv.slice(2);
if (folder === undefined || CORPUS_FILES.length === 0) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS rewrite-corpus.ts FOLDER");
}
const counts = { read: 0, truncated: 0, identical: 0, rewritten: 0, dicomdirs: 0 };
const failures: string[] = [];

for (const { name, read } of CORPUS_FILES) {
  if (NOT_DICOM.has(name)) continue;
  const bytes = read();
  const file = readLeniently(name, bytes);
  if (file === undefined) continue;
  counts.read++;
  if (Buffer.compare(rewriteBytes(file, {}), bytes) === 0) counts.identical++;
  else failures.push(`${name}: rewriting without an edit changes it`);
  const edits: Edit[] = [];
  collectEdits(file.dataset, [], edits);
  try {
    const rewritten = rewriteBytes(file, { dataset: edits });
    const target = join(folder, name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, rewritten);
    counts.rewritten++;
  } catch (error) {
    if (isDicomError(error) && error.code === "UNSUPPORTED_DICOMDIR") counts.dicomdirs++;
    else failures.push(`${name}: ${String(error)}`);
  }
}
console.log(
  `${counts.read} files read (${counts.truncated} of them with allowTruncated), ${counts.identical} identical without edits, ` +
    `${counts.rewritten} rewritten, ${counts.dicomdirs} DICOMDIRs refused`,
);
for (const failure of failures) console.log(failure);
if (failures.length > 0) process.exitCode = 1;

function readLeniently(name: string, bytes: Uint8Array): DicomFile | undefined {
  try {
    return readFile(bytes);
  } catch (error) {
    if (!isDicomError(error) || error.code !== "TRUNCATED") {
      failures.push(`${name}: ${String(error)}`);
      return undefined;
    }
    counts.truncated++;
    return readFile(bytes, { allowTruncated: true });
  }
}

function collectEdits(dataset: Dataset, path: Path, edits: Edit[]): void {
  for (const { tag, vr, items, valueLength } of dataset.elements) {
    const here = [...path, tag];
    if (tag === 0x00100010) edits.push({ kind: "set", path: here, value: "DSAIL^REWRITTEN" });
    else if (tag === 0x00100020) edits.push({ kind: "set", path: here, value: "X" });
    else if (vr === "UI") edits.push({ kind: "set", path: here, value: `2.25.99${valueLength}` });
    items?.forEach((item, index) => {
      collectEdits(item, [...here, index], edits);
    });
  }
}
