/**
 * Pseudonymizes the corpus into a folder, for tools that compare the two.
 *
 *     DSAIL_CORPUS=CORPUS tsx --conditions=@dsail/source test/corpus/pseudonymize-corpus.ts FOLDER [PROFILE]
 *
 * @module
 */
import { generateKey } from "@dsail/pseudonymizer";
import { pseudonymizeFolder } from "@dsail/pseudonymizer/node";
import { profileNamed } from "./profiles.js";

const [output, profile = "basic"] = process.argv.slice(2);
const corpus = process.env["DSAIL_CORPUS"];
if (output === undefined || corpus === undefined) {
  throw new Error("usage: DSAIL_CORPUS=CORPUS pseudonymize-corpus.ts FOLDER [PROFILE]");
}
const codes = new Map<string, number>();
const count = (code: string) => codes.set(code, (codes.get(code) ?? 0) + 1);
const { done, skipped, failed } = await pseudonymizeFolder(corpus, output, {
  key: generateKey(),
  ...profileNamed(profile),
  names: "mirror",
  onFile: (outcome) => {
    if (outcome.kind === "failed") count(outcome.failure.code);
    if (outcome.kind === "done") for (const { code } of outcome.findings) count(code);
  },
});
const told = [...codes].map(([code, times]) => `${times} ${code}`).join(", ");
console.log(`${profile}: ${done} pseudonymized, ${skipped} not DICOM, ${failed} refused; ${told}`);
