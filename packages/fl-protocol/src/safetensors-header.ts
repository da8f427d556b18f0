/**
 * The header of a safetensors file (Hugging Face, `safetensors/src/tensor.rs`): a length of 8 bytes, and JSON that tells
 * of each tensor its dtype, its shape and where its bytes are.
 *
 * @module
 */
import { FlError } from "./errors.js";
import {
  isJsonEnd,
  type JsonCursor,
  takeJsonIntegers,
  takeJsonObject,
  takeJsonString,
} from "./json-cursor.js";
import type { Limits } from "./limits.js";
import { assertWithinLimits, byteLengthWithin, quoteName } from "./resolve-limits.js";
import { byteLengthOf, type Dtype, type TensorSpec } from "./tensor.js";
import { isWellFormed } from "./well-formed.js";

/** What a file says of itself: anything, as texts. */
export type SafetensorsMetadata = Readonly<Record<string, string>>;

/** What stands before the tensors. */
export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly specs: readonly TensorSpec[];
  /** Of no prototype. */
  readonly metadata: SafetensorsMetadata;
}

/** Bytes of the number that tells how long the JSON is. */
export const PREFIX_BYTES = 8;

/** As the original: more is refused by every reader. */
const MAX_HEADER_BYTES = 100_000_000;

const ALIGNMENT = 8;
const METADATA = "__metadata__";

/** complex64 since safetensors 0.7. */
const NAMES: Readonly<Partial<Record<Dtype, string>>> = {
  bool: "BOOL",
  int8: "I8",
  uint8: "U8",
  int16: "I16",
  uint16: "U16",
  int32: "I32",
  uint32: "U32",
  int64: "I64",
  uint64: "U64",
  float16: "F16",
  bfloat16: "BF16",
  float32: "F32",
  float64: "F64",
  complex64: "C64",
};

const DTYPES: ReadonlyMap<string, Dtype> = new Map(
  (Object.entries(NAMES) as [Dtype, string][]).map(([dtype, name]) => [name, dtype]),
);

const bad = (what: string) => new FlError("BAD_TENSOR", `safetensors: ${what}`);

/**
 * What stands before the bytes of the tensors, which follow in the order of `specs` with nothing between.
 *
 * @throws {@link FlError} `BAD_TENSOR` for complex128, a name that occurs twice or is none (`__metadata__`, half of a
 *   surrogate pair); `LIMIT_EXCEEDED` for a header of more than 100 MB
 */
export function safetensorsHeader(
  specs: readonly TensorSpec[],
  metadata: SafetensorsMetadata = {},
): Uint8Array {
  const entries: string[] = [];
  if (Object.keys(metadata).length > 0) {
    for (const text of Object.entries(metadata).flat()) {
      if (!isWellFormed(text)) throw bad("half of a surrogate pair in the metadata");
    }
    entries.push(`"${METADATA}":${JSON.stringify(metadata)}`);
  }
  const names = new Set<string>();
  let offset = 0;
  for (const { name, dtype, shape } of specs) {
    const dtypeName = NAMES[dtype];
    if (dtypeName === undefined) throw bad(`there is no ${dtype} (tensor ${quoteName(name)})`);
    if (names.has(name)) throw bad(`the name ${quoteName(name)} occurs twice`);
    if (name === METADATA || !isWellFormed(name)) throw bad(`${quoteName(name)} can't be a name`);
    names.add(name);
    const end = offset + byteLengthOf({ dtype, shape });
    entries.push(
      `${JSON.stringify(name)}:{"dtype":"${dtypeName}","shape":[${shape.join()}],"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  const json = new TextEncoder().encode(`{${entries.join()}}`);
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  if (length > MAX_HEADER_BYTES) {
    throw new FlError("LIMIT_EXCEEDED", "safetensors: the header has more than 100 MB");
  }
  const bytes = new Uint8Array(PREFIX_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, PREFIX_BYTES);
  return bytes;
}

/**
 * How many bytes of JSON follow the prefix.
 *
 * @param bytes - the first 8
 * @throws {@link FlError} `LIMIT_EXCEEDED`
 */
export function safetensorsHeaderLength(bytes: Uint8Array, limits: Required<Limits>): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, Math.floor(limits.maxMessageBytes)))) {
    throw new FlError("LIMIT_EXCEEDED", `safetensors: a header of ${length} bytes`);
  }
  return Number(length);
}

/**
 * Reads the JSON. The tensors have to follow each other without holes, as the format demands.
 *
 * @throws {@link FlError} `BAD_TENSOR`, `LIMIT_EXCEEDED`
 */
export function parseSafetensorsHeader(
  json: Uint8Array,
  limits: Required<Limits>,
): SafetensorsHeader {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
  } catch {
    throw bad("the header is not UTF-8");
  }
  // The format: nothing before the bracket, and spaces after it.
  if (!text.startsWith("{")) throw bad("the header does not begin with {");
  const cursor: JsonCursor = { text, at: 0 };
  const entries: Entry[] = [];
  let metadata: SafetensorsMetadata = Object.create(null) as SafetensorsMetadata;
  const isComplete = takeJsonObject(cursor, (name) => {
    if (name === METADATA) {
      metadata = readMetadata(cursor, limits);
      return true;
    }
    if (entries.length >= limits.maxTensors) {
      throw new FlError("LIMIT_EXCEEDED", `more than ${limits.maxTensors} tensors`);
    }
    if (!isWellFormed(name)) return false;
    const entry = readEntry(cursor, name);
    if (entry !== undefined) entries.push(entry);
    return entry !== undefined;
  });
  if (!isComplete || !isJsonEnd(cursor)) throw bad("the header is not as it should be");
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let offset = 0;
  for (const { spec, begin, end } of entries) {
    const length = byteLengthWithin(spec, limits);
    if (begin !== offset) throw bad(`tensor ${quoteName(spec.name)} is not next to the one before`);
    if (end - begin !== length) {
      throw bad(`tensor ${quoteName(spec.name)} has other bytes than its shape needs`);
    }
    offset = end;
  }
  const specs = entries.map(({ spec }) => spec);
  assertWithinLimits(specs, limits);
  return { specs, metadata };
}

interface Entry {
  readonly spec: TensorSpec;
  readonly begin: number;
  readonly end: number;
}

function readEntry(cursor: JsonCursor, name: string): Entry | undefined {
  let dtype: Dtype | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  const isRead = takeJsonObject(cursor, (key) => {
    if (key === "dtype") {
      const dtypeName = takeJsonString(cursor);
      if (dtypeName === undefined) return false;
      dtype = DTYPES.get(dtypeName);
      if (dtype === undefined) {
        throw bad(
          `tensor ${quoteName(name)} is of dtype ${quoteName(dtypeName)}, which isn't read`,
        );
      }
      return true;
    }
    if (key === "shape") {
      shape = takeJsonIntegers(cursor);
      return shape !== undefined;
    }
    offsets = key === "data_offsets" ? takeJsonIntegers(cursor) : undefined;
    return offsets !== undefined;
  });
  const [begin, end, ...more] = offsets ?? [];
  if (!isRead || dtype === undefined || shape === undefined) return undefined;
  if (begin === undefined || end === undefined || more.length > 0) return undefined;
  return { spec: { name, dtype, shape }, begin, end };
}

function readMetadata(cursor: JsonCursor, limits: Required<Limits>): SafetensorsMetadata {
  const metadata = Object.create(null) as Record<string, string>;
  let count = 0;
  const isRead = takeJsonObject(cursor, (key) => {
    const text = takeJsonString(cursor);
    if (text === undefined) return false;
    count++;
    if (count > limits.maxScalars || key.length + text.length > limits.maxScalarBytes) {
      throw new FlError("LIMIT_EXCEEDED", "safetensors: more metadata than allowed");
    }
    metadata[key] = text;
    return true;
  });
  if (!isRead) throw bad("the metadata is not of texts");
  return metadata;
}
