/**
 * Values of this package in the form in which pydicom_values.py writes down those of pydicom.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Dataset } from "../../src/dataset.js";
import { decodeBase64 } from "../../src/json/base64.js";
import { formatJsonTag } from "../../src/json/dataset-to-json.js";
import type { JsonDataset, JsonElement, JsonValue } from "../../src/json/json-model.js";
import { formatPath, type Path } from "../../src/path.js";
import { readBytes } from "../../src/values/read-bytes.js";
import { readValues, type Values } from "../../src/values/read-values.js";
import type { VR } from "../../src/vr.js";

/** Length and SHA-256. */
export type Digest = readonly [length: number, sha256: string];

/** A number, or the name of one that JSON has not. */
export type CanonicalNumber = number | { readonly number: string };

/** Values by kind; no member if there are none. */
export interface CanonicalValue {
  readonly text?: readonly string[];
  readonly decimal?: readonly (readonly [text: string, number: CanonicalNumber])[];
  readonly number?: readonly CanonicalNumber[];
  readonly bigint?: readonly string[];
  readonly tag?: readonly string[];
  readonly bytes?: Digest;
  readonly items?: number;
}

/** A line of the oracle. */
export interface CanonicalElement {
  readonly path: string;
  readonly vr: string;
  readonly value: CanonicalValue;
  /** The value field; null where the oracle had none, of sequences. */
  readonly raw: Digest | null;
}

/** One of our elements, with what a deviation may depend on. */
export interface OurElement extends CanonicalElement {
  readonly vr: VR;
  /** The VR in the file, or of the dictionary if the file has none. */
  readonly encodedVR: VR;
  /** Whether a sequence that holds it is encoded as UN. */
  readonly isInUnknown: boolean;
}

/** All elements of a data set at all depths. */
export function* canonicalElements(
  dataset: Dataset,
  prefix: Path = [],
  isInUnknown = false,
): Iterable<OurElement> {
  for (const element of dataset.elements) {
    const path = [...prefix, element.tag];
    const values = readValues(dataset, element);
    yield {
      path: formatPath(path),
      vr: values.vr,
      encodedVR: element.vr,
      isInUnknown,
      value: canonicalValue(values),
      raw: digest(readBytes(dataset, element) as Uint8Array),
    };
    if (values.kind !== "items") continue;
    for (const [i, item] of values.values.entries()) {
      yield* canonicalElements(item, [...path, i], isInUnknown || element.vr === "UN");
    }
  }
}

export function canonicalValue(values: Values): CanonicalValue {
  if (values.kind === "items") return { items: values.values.length };
  if (values.values.length === 0) return {};
  switch (values.kind) {
    case "text":
      return { text: values.values };
    case "decimal":
      return { decimal: values.values.map(({ text, number }) => [text, canonicalNumber(number)]) };
    case "number":
      return { number: values.values.map(canonicalNumber) };
    case "bigint":
      return { bigint: values.values.map(String) };
    case "tag":
      return { tag: values.values.map(formatJsonTag) };
    case "bytes":
      return { bytes: digest(values.values[0] as Uint8Array) };
  }
}

function canonicalNumber(value: number): CanonicalNumber {
  if (!Number.isFinite(value)) return { number: String(value) };
  // pydicom has integers of any size.
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? { number: String(BigInt(value)) }
    : value;
}

export function digest(bytes: Uint8Array): Digest {
  return [bytes.length, createHash("sha256").update(bytes).digest("hex")];
}

/** A data set in the DICOM JSON model, with digests in the place of base64. */
export interface CanonicalJson {
  readonly [tag: string]: CanonicalJsonElement;
}

export interface CanonicalJsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: Digest;
  /** Of the oracle's OW of a big endian file: what `InlineBinary` would be in little endian. */
  readonly WordsSwapped?: Digest;
}

export function canonicalJson(json: JsonDataset): CanonicalJson {
  return Object.fromEntries(Object.entries(json).map(([tag, e]) => [tag, canonicalElement(e)]));
}

function canonicalElement({ vr, Value, InlineBinary }: JsonElement): CanonicalJsonElement {
  const item = (value: JsonValue) => (vr === "SQ" ? canonicalJson(value as JsonDataset) : value);
  return {
    vr,
    ...(Value !== undefined && { Value: Value.map(item) }),
    ...(InlineBinary !== undefined && {
      InlineBinary: digest(decodeBase64(InlineBinary) as Uint8Array),
    }),
  };
}
