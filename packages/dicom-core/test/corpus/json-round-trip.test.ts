/**
 * Every file of the corpus as JSON, written from that JSON as a new file, and read again: the JSON
 * has to be the same. Skipped unless `DSAIL_CORPUS` names the corpus.
 *
 * @module
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/dataset.js";
import { isDicomError } from "../../src/errors.js";
import { datasetToJson } from "../../src/json/dataset-to-json.js";
import { formatJson } from "../../src/json/json-model.js";
import { jsonToElements } from "../../src/json/json-to-elements.js";
import { readFile } from "../../src/read/part10.js";
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN } from "../../src/transfer-syntax.js";
import { writeFile } from "../../src/write/part10.js";

const { DSAIL_CORPUS: corpus = "" } = process.env;

/** Files with bytes of odd length, which are written with one more (PS3.5 7.1.1). */
const ODD_LENGTH = [
  "highdicom/dx_image.dcm",
  "pydicom/meta_missing_tsyntax.dcm",
  "pydicom/nested_priv_SQ.dcm",
];

/**
 * Begins with a stray byte before its first element, and has no meta information: no reader makes
 * sense of it.
 */
const NOT_DICOM = "pydicom/no_meta.dcm";

const files = (corpus === "" ? [] : (readdirSync(corpus, { recursive: true }) as string[]))
  .filter((name) => name !== "MANIFEST.csv" && name !== NOT_DICOM)
  .filter((name) => statSync(join(corpus, name)).isFile())
  .toSorted();

const jsonOf = (dataset: Dataset) => formatJson(datasetToJson(dataset, { decimalStrings: "text" }));

/** The writer says in which character set it writes, at the top only. */
const withoutCharacterSets = (json: string) =>
  json.replace(/"00080005":\{"vr":"CS"(?:,"Value":\[[^\]]*\])?\},?/g, "").replaceAll(",}", "}");

describe.skipIf(files.length === 0)("the corpus, by way of JSON", () => {
  it.each([EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN])(
    "is the same: transfer syntax %s",
    (transferSyntaxUid) => {
      const changed: string[] = [];
      for (const name of files) {
        const bytes = new Uint8Array(readFileSync(join(corpus, name)));
        try {
          const before = jsonOf(readFile(bytes, { allowTruncated: true }).dataset);
          const written = writeFile(jsonToElements(JSON.parse(before)), { transferSyntaxUid });
          const after = jsonOf(readFile(written).dataset);
          if (withoutCharacterSets(after) !== withoutCharacterSets(before)) changed.push(name);
        } catch (error) {
          if (!isDicomError(error)) throw error;
          changed.push(`${name}: ${error.code} ${error.at} ${error.message}`);
        }
      }
      expect(changed).toEqual(ODD_LENGTH);
    },
    60_000,
  );
});
