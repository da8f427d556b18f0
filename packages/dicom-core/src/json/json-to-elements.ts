/**
 * From the DICOM JSON model (PS3.18 Annex F) to elements that can be written.
 *
 * The JSON is a stranger's: whatever it holds, the outcome is elements or a `DicomError`.
 *
 * @module
 */
import { DicomError } from "../errors.js";
import { trimTrailing } from "../padding.js";
import { formatPath, type Path } from "../path.js";
import { isVR, type VR, VRS } from "../vr.js";
import type { ElementInit, ElementValueInit } from "../write/element-init.js";
import { decodeBase64 } from "./base64.js";

/** How {@link jsonToElements} reads. */
export interface JsonToElementsOptions {
  /**
   * Gives the bytes of a value that is given by reference: little endian, text in UTF-8. Default:
   * none, such an element is an error.
   */
  readonly bulkData?: (uri: string, path: Path) => Uint8Array;
  /** Sequences within sequences. Default 64. */
  readonly maxDepth?: number;
}

/**
 * The elements of a data set in the DICOM JSON model, in ascending order, ready to be written.
 *
 * Numbers of DS, IS, SV and UV may be texts. An empty value among others, `null`, is an empty text;
 * where the VR has none, an error.
 *
 * @param json - what `JSON.parse` gives, of one data set
 * @throws {@link DicomError} `BAD_JSON` if it does not follow the model, `LIMIT_EXCEEDED` if it is
 * too deep; what `bulkData` throws
 */
export function jsonToElements(
  json: unknown,
  options: JsonToElementsOptions = {},
): readonly ElementInit[] {
  return datasetOf(json, [], { maxDepth: 64, ...options });
}

type Settings = JsonToElementsOptions & { readonly maxDepth: number };

function datasetOf(json: unknown, path: Path, settings: Settings): readonly ElementInit[] {
  if (path.length / 2 > settings.maxDepth) {
    throw new DicomError("LIMIT_EXCEEDED", `more than ${settings.maxDepth} sequences in another`, {
      at: formatPath(path),
    });
  }
  if (!isObject(json)) throw badJson(path, "expected an object of elements");
  const elements = Object.entries(json).map(([name, element]) => {
    if (!/^[0-9A-F]{8}$/i.test(name)) throw badJson(path, "expected tags of 8 hexadecimal digits");
    const tag = Number.parseInt(name, 16);
    return elementOf(tag, element, [...path, tag], settings);
  });
  elements.sort((a, b) => a.tag - b.tag);
  elements.forEach(({ tag }, i) => {
    // "0008001a" and "0008001A" are two members of an object, and one tag.
    if (elements[i - 1]?.tag === tag) throw badJson([...path, tag], "expected each tag once");
  });
  return elements;
}

function elementOf(tag: number, json: unknown, path: Path, settings: Settings): ElementInit {
  if (!isObject(json)) throw badJson(path, "expected an object with vr");
  const { vr, Value, InlineBinary, BulkDataURI } = json;
  if (typeof vr !== "string" || !isVR(vr)) throw badJson(path, "expected vr to be a VR");
  const given = [Value, InlineBinary, BulkDataURI].filter((member) => member !== undefined);
  if (given.length > 1) {
    throw badJson(path, "expected one of Value, InlineBinary and BulkDataURI");
  }
  if (InlineBinary !== undefined) return { tag, vr, value: inlineBytes(InlineBinary, vr, path) };
  if (BulkDataURI !== undefined) {
    return { tag, vr, value: referredBytes(BulkDataURI, vr, path, settings) };
  }
  return { tag, vr, value: valuesOf(Value ?? [], vr, path, settings) };
}

function inlineBytes(json: unknown, vr: VR, path: Path): Uint8Array {
  if (VRS[vr].kind !== "bytes") throw badJson(path, `VR ${vr} cannot be InlineBinary`);
  // An example of PS3.18 F.4 has the text in a list.
  const text = Array.isArray(json) && json.length === 1 ? (json[0] as unknown) : json;
  const bytes = typeof text === "string" ? decodeBase64(text) : undefined;
  if (bytes === undefined) throw badJson(path, "expected InlineBinary to be base64");
  return bytes;
}

function referredBytes(json: unknown, vr: VR, path: Path, { bulkData }: Settings): Uint8Array {
  const uri = Array.isArray(json) && json.length === 1 ? (json[0] as unknown) : json;
  if (typeof uri !== "string") throw badJson(path, "expected BulkDataURI to be a text");
  if (VRS[vr].kind === "sequence") throw badJson(path, "VR SQ cannot be BulkDataURI");
  if (bulkData === undefined) throw badJson(path, "a value by reference, and no option bulkData");
  return bulkData(uri, path);
}

function valuesOf(json: unknown, vr: VR, path: Path, settings: Settings): ElementValueInit {
  if (!Array.isArray(json)) throw badJson(path, "expected Value to be a list");
  const values = json as readonly unknown[];
  switch (VRS[vr].kind) {
    case "sequence":
      // PS3.18 F.2.5: an empty item is an empty object; some write null.
      return values.map((item, i) => datasetOf(item ?? {}, [...path, i], settings));
    case "text":
      if (!VRS[vr].multiValued && values.length > 1) throw badJson(path, "expected one value");
      return values.map((value) => textOf(value, vr, path));
    case "number":
    case "bigint":
      return values.map((value) => numberOf(value, vr, path));
    case "tag":
      return values.map((value) => tagOf(value, path));
    case "bytes":
      if (values.length > 0) throw badJson(path, `expected InlineBinary for VR ${vr}`);
      return new Uint8Array();
  }
}

function textOf(json: unknown, vr: VR, path: Path): string | number {
  if (json === null) return "";
  if (vr === "PN") return personNameOf(json, path);
  if ((vr === "DS" || vr === "IS") && typeof json === "number") {
    if (vr === "IS" && !Number.isInteger(json)) throw badJson(path, "expected an integer");
    return json;
  }
  if (typeof json !== "string") throw badJson(path, "expected a text");
  // It would become two values.
  if (VRS[vr].multiValued && json.includes("\\")) throw badJson(path, "a backslash in a value");
  return json;
}

function personNameOf(json: unknown, path: Path): string {
  // Not the model, but common: the name as a text.
  if (typeof json === "string") return json;
  if (!isObject(json)) throw badJson(path, "expected a name");
  const groups = [json["Alphabetic"], json["Ideographic"], json["Phonetic"]].map((group = "") => {
    if (typeof group !== "string" || /[\\=]/.test(group)) throw badJson(path, "expected a name");
    return group;
  });
  return trimTrailing(groups.join("="), "=");
}

/** Whether a VR has room for the number is for the writer to say. */
function numberOf(json: unknown, vr: VR, path: Path): number | bigint {
  if (vr === "FL" || vr === "FD") return floatOf(json, path);
  const isInteger =
    Number.isSafeInteger(json) || (typeof json === "string" && /^[+-]?\d{1,20}$/.test(json));
  if (!isInteger) throw badJson(path, "expected an integer");
  return VRS[vr].kind === "bigint" ? BigInt(String(json).replace("+", "")) : Number(json);
}

/** How programs write the numbers that JSON has not. */
const NON_FINITE: { readonly [text: string]: number } = {
  nan: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  inf: Number.POSITIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function floatOf(json: unknown, path: Path): number {
  if (typeof json === "number") return json;
  const text = typeof json === "string" ? json.toLowerCase() : "";
  if (!Object.hasOwn(NON_FINITE, text)) throw badJson(path, "expected a number");
  return NON_FINITE[text] as number;
}

function tagOf(json: unknown, path: Path): number {
  if (typeof json !== "string" || !/^[0-9A-F]{8}$/i.test(json)) {
    throw badJson(path, "expected a tag of 8 hexadecimal digits");
  }
  return Number.parseInt(json, 16);
}

function isObject(json: unknown): json is { readonly [name: string]: unknown } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function badJson(path: Path, message: string): DicomError {
  return new DicomError("BAD_JSON", message, { at: formatPath(path) });
}
