/**
 * From a data set to the DICOM JSON model (PS3.18 Annex F).
 *
 * Where the standard leaves a choice: numbers that JSON has not, `NaN`, `Infinity` and `-Infinity`
 * of FL and FD, are texts of these names, and integers beyond 2^53 are texts of their digits.
 *
 * @module
 */
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import type { Path } from "../path.js";
import { splitPersonName } from "../person-name.js";
import { elementOf, formatWord, groupOf, type TagNumber } from "../tag.js";
import type { DecimalString } from "../values/decimal-string.js";
import { effectiveVR } from "../values/effective-vr.js";
import { readLittleEndianBytes } from "../values/read-bytes.js";
import { readValues, type Values } from "../values/read-values.js";
import { VRS } from "../vr.js";
import { encodeBase64 } from "./base64.js";
import type { JsonDataset, JsonElement, JsonPersonName, JsonValue } from "./json-model.js";

/** A value that may be given by reference. */
export interface BulkData {
  /** Where the element stands in the data set that is turned into JSON. */
  readonly path: Path;
  readonly element: DataElement;
  /** The data set, or item, that the element is of. */
  readonly dataset: Dataset;
}

/** How {@link datasetToJson} writes what may be written in more than one way. */
export interface DatasetToJsonOptions {
  /**
   * Gives the URI under which a value is to be had: asked for values of OB, OW, UN and their kin
   * that are longer than `maxInlineBytes`. Default: none, every value is inline.
   */
  readonly bulkDataURI?: (value: BulkData) => string;
  /** Bytes of a value up to which it is inline although there is `bulkDataURI`. Default 1024. */
  readonly maxInlineBytes?: number;
  /**
   * DS and IS as numbers, or as the exact text of the file (PS3.18 F.2.3 has both). Default
   * `"number"`.
   */
  readonly decimalStrings?: "number" | "text";
}

/**
 * A data set as JSON. Text is Unicode whatever (0008,0005) says, which stays what it is (PS3.18
 * F.2.2, note 3); group lengths are left out (PS3.18 F.2.2); of a tag that occurs twice the first
 * element is taken.
 *
 * For text in the order of the standard, see {@link formatJson}.
 *
 * @throws {@link DicomError} `NOT_LOADED` if a value was skipped when the header was read, and has
 * no `bulkDataURI`
 */
export function datasetToJson(dataset: Dataset, options: DatasetToJsonOptions = {}): JsonDataset {
  return toJson(dataset, [], { maxInlineBytes: 1024, decimalStrings: "number", ...options });
}

type Settings = Required<Omit<DatasetToJsonOptions, "bulkDataURI">> &
  Pick<DatasetToJsonOptions, "bulkDataURI">;

function toJson(dataset: Dataset, path: Path, settings: Settings): JsonDataset {
  const json: Record<string, JsonElement> = {};
  const elements = dataset.elements.toSorted((a, b) => a.tag - b.tag);
  for (const element of elements) {
    const name = formatJsonTag(element.tag);
    if (elementOf(element.tag) === 0 || Object.hasOwn(json, name)) continue;
    json[name] = elementToJson(dataset, element, [...path, element.tag], settings);
  }
  return json;
}

/** `00100010`. */
export function formatJsonTag(tag: TagNumber): string {
  return formatWord(groupOf(tag)) + formatWord(elementOf(tag));
}

function elementToJson(
  dataset: Dataset,
  element: DataElement,
  path: Path,
  settings: Settings,
): JsonElement {
  const vr = effectiveVR(dataset, element);
  // PS3.18 F.2.5: an element without value has none of the three members.
  if (element.valueLength === 0) return { vr };
  if (VRS[vr].kind === "bytes") {
    const { bulkDataURI, maxInlineBytes } = settings;
    if (bulkDataURI !== undefined && element.valueLength > maxInlineBytes) {
      return { vr, BulkDataURI: bulkDataURI({ path, element, dataset }) };
    }
    const bytes = readLittleEndianBytes(dataset, element) as Uint8Array;
    return { vr, InlineBinary: encodeBase64(bytes) };
  }
  const Value = valuesToJson(readValues(dataset, element), path, settings);
  return Value.length === 0 ? { vr } : { vr, Value };
}

function valuesToJson(values: Values, path: Path, settings: Settings): readonly JsonValue[] {
  switch (values.kind) {
    case "text":
      if (values.vr === "PN") return values.values.map(personNameToJson);
      return values.values.map((text) => (text === "" ? null : text));
    case "decimal":
      return values.values.map((value) => decimalToJson(value, settings));
    case "number":
      return values.values.map((value) => (Number.isFinite(value) ? value : String(value)));
    case "bigint":
      return values.values.map((value) =>
        Number.isSafeInteger(Number(value)) ? Number(value) : String(value),
      );
    case "tag":
      return values.values.map(formatJsonTag);
    case "items":
      return values.values.map((item, i) => toJson(item, [...path, i], settings));
    case "bytes":
      return []; // by elementToJson
  }
}

function personNameToJson(name: string): JsonPersonName | null {
  const [Alphabetic, Ideographic, Phonetic] = splitPersonName(name);
  if (Alphabetic + Ideographic + Phonetic === "") return null;
  // PS3.18 F.2.2: the representations that are not empty.
  return {
    ...(Alphabetic !== "" && { Alphabetic }),
    ...(Ideographic !== "" && { Ideographic }),
    ...(Phonetic !== "" && { Phonetic }),
  };
}

function decimalToJson({ text, number }: DecimalString, settings: Settings): JsonValue {
  if (text === "") return null;
  if (settings.decimalStrings === "text") return text;
  // What is no number, or no exact one, stays a text.
  const isExact = Number.isFinite(number) && (/[.e]/i.test(text) || Number.isSafeInteger(number));
  return isExact ? number : text;
}
