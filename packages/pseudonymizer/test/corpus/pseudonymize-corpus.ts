/**
 * Pseudonymizes the corpus into a folder, for tools that compare the two.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/pseudonymize-corpus.ts FOLDER
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { generateKey } from "@dsail/pseudonymizer";
import { pseudonymizeFolder } from "@dsail/pseudonymizer/node";

/**
 * Implicit VR under a JPEG transfer syntax: no transfer syntax says what this file is (PS3.5 A.4), so that what a checker
 * takes its elements for depends on what stands around them.
 */
const BEYOND_THE_STANDARD = ["pydicom/SC_rgb_jpeg.dcm"];

const [output] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (output === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS pseudonymize-corpus.ts FOLDER");
}
const codes = new Map<string, number>();
const { done, skipped, failed } = await pseudonymizeFolder(corpus, output, {
  key: generateKey(),
  onFile: (outcome) => {
    if (outcome.kind !== "failed") return;
    codes.set(outcome.failure.code, (codes.get(outcome.failure.code) ?? 0) + 1);
  },
});
for (const path of BEYOND_THE_STANDARD) rmSync(join(output, path));
const refusals = [...codes].map(([code, count]) => `${count} ${code}`).join(", ");
console.log(
  `${done} pseudonymized (${BEYOND_THE_STANDARD.length} of them left out below), ${skipped} not DICOM, ${failed} refused: ${refusals}`,
);
