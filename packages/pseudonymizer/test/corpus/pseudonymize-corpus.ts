/**
 * Pseudonymizes the corpus into a folder, for tools that compare the two.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/pseudonymize-corpus.ts FOLDER
 *
 * @module
 */
import { generateKey } from "@dsail/pseudonymizer";
import { pseudonymizeFolder } from "@dsail/pseudonymizer/node";

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
const refusals = [...codes].map(([code, count]) => `${count} ${code}`).join(", ");
console.log(`${done} pseudonymized, ${skipped} not DICOM, ${failed} refused: ${refusals}`);
