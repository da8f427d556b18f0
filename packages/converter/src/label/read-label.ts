/**
 * Labels: the value of one attribute as text, from a data set or from its JSON (PS3.18 Annex F), the same from both.
 *
 * @module
 */
import {
  type Dataset,
  effectiveVR,
  findElement,
  formatTagWords,
  type JsonDataset,
  parseDecimalString,
  readValues,
  type TagNumber,
  type VR,
  VRS,
} from "@dsail/dicom-core";

/** (0014,2016) Indication Label: where D-SAIL keeps labels. */
export const LABEL_TAG: TagNumber = 0x00142016;

/**
 * The label of a data set: the first value of an attribute, trimmed. Numbers are text as JavaScript writes them, so that a DS `1.50`
 * is `1.5`, as in JSON.
 *
 * @param tag - not looked for in sequences. Default (0014,2016) Indication Label
 * @returns undefined if the attribute is missing or empty, a sequence, or bytes
 * @throws {@link DicomError} `NOT_LOADED` if the value was skipped when the header was read
 */
export function readLabel(dataset: Dataset, tag: TagNumber = LABEL_TAG): string | undefined {
  return textsOf(dataset, tag)[0] || undefined;
}

/**
 * The same of a data set in the DICOM JSON model. What does not follow that model has no label.
 *
 * @param json - as `JSON.parse` gives it
 */
export function readLabelOfJson(json: JsonDataset, tag: TagNumber = LABEL_TAG): string | undefined {
  return textsOfJson(json, tag)[0] || undefined;
}

/** All values of an attribute, each as {@link readLabel} gives the first. */
export function textsOf(dataset: Dataset, tag: TagNumber): readonly string[] {
  const element = findElement(dataset, tag);
  // Values of bytes may be large, and not loaded.
  if (element === undefined || VRS[effectiveVR(dataset, element)].kind === "bytes") return [];
  const found = readValues(dataset, element);
  switch (found.kind) {
    case "text":
      return found.values.map((value) => textOf(value, found.vr));
    case "decimal":
      return found.values.map(({ text }) => textOf(text, found.vr));
    case "number":
    case "bigint":
      return found.values.map(String);
    case "tag":
      return found.values.map((value) => formatTagWords(value).join(""));
    default:
      return [];
  }
}

/** All values of an attribute, each as {@link readLabelOfJson} gives the first. */
export function textsOfJson(json: JsonDataset, tag: TagNumber): readonly string[] {
  const name = formatTagWords(tag).join("");
  // It was read from a file: no more is sure of it than that it is JSON.
  const element: unknown = isRecord(json) && Object.hasOwn(json, name) ? json[name] : undefined;
  if (!isRecord(element) || !Array.isArray(element["Value"])) return [];
  const vr = element["vr"];
  if (vr === "SQ") return [];
  return element["Value"].map((value: unknown) => {
    if (typeof value === "string") return textOf(value, vr as VR);
    if (typeof value === "number") return String(value);
    if (!isRecord(value)) return "";
    const groups = ["Alphabetic", "Ideographic", "Phonetic"].map((group) => value[group] ?? "");
    return groups.every((group) => typeof group === "string") ? textOf(groups.join("="), "PN") : "";
  });
}

function textOf(value: string, vr: VR): string {
  const text = value.trim();
  if (vr === "PN") return text.replace(/=+$/, "");
  if (vr !== "DS" && vr !== "IS") return text;
  const number = parseDecimalString(text);
  return Number.isFinite(number) ? String(number) : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
