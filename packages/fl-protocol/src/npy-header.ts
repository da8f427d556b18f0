/**
 * The header of an npy file: a Python dictionary of three entries, after a magic string, a version and a length (numpy's
 * `numpy/lib/format.py`, versions 1.0 to 3.0).
 *
 * @module
 */
import { FlError } from "./errors.js";
import type { Limits } from "./limits.js";
import { type PythonLiteral, parsePythonDictionary } from "./python-literal.js";
import { byteLengthWithin, quoteName } from "./resolve-limits.js";
import type { Dtype, TensorSpec } from "./tensor.js";

/** What an npy file says before its elements. */
export interface NpyHeader {
  /** Of the name that was asked for, and the shape as written. */
  readonly spec: TensorSpec;
  /** Whether the first dimension varies fastest. */
  readonly isFortranOrder: boolean;
  readonly isBigEndian: boolean;
  /** Where the elements begin, in the bytes that were given. */
  readonly dataOffset: number;
  /** How many bytes they take, within the limits. */
  readonly dataLength: number;
}

const MAGIC = "\x93NUMPY";

/** Of a header that anybody writes: a shape of the most dimensions has less. */
const MAX_HEADER_BYTES = 2 ** 20;

/** Elements begin at a multiple of this. */
const ALIGNMENT = 64;

/** Room for a size to grow in place, as numpy leaves it: digits of 2^64 and a sign. */
const GROWTH_DIGITS = 21;

/** Characters of numpy's type strings after the byte order. */
const CODES: Readonly<Partial<Record<Dtype, string>>> = {
  bool: "b1",
  int8: "i1",
  uint8: "u1",
  int16: "i2",
  uint16: "u2",
  int32: "i4",
  uint32: "u4",
  int64: "i8",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
  complex64: "c8",
  complex128: "c16",
};

const DTYPES: ReadonlyMap<string, Dtype> = new Map(
  (Object.entries(CODES) as [Dtype, string][]).map(([dtype, code]) => [code, dtype]),
);

/**
 * What stands before the elements in an npy file, byte for byte as numpy writes it: version 1.0, or 2.0 for a shape that
 * needs it.
 *
 * @throws {@link FlError} `BAD_TENSOR` for bfloat16, which npy doesn't know
 */
export function npyHeader({ name, dtype, shape }: TensorSpec): Uint8Array {
  const code = CODES[dtype];
  if (code === undefined) {
    throw new FlError(
      "BAD_TENSOR",
      `tensor ${quoteName(name)}: npy has no ${dtype}; convert it to float32, or write safetensors`,
    );
  }
  const descr = `${code.endsWith("1") ? "|" : "<"}${code}`;
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const spare = shape.length === 0 ? 0 : GROWTH_DIGITS - String(shape[0]).length;
  const text = dictionary + " ".repeat(spare);
  const short = padded(text, MAGIC.length + 4);
  const isShort = short.length < 2 ** 16;
  const rest = isShort ? short : padded(text, MAGIC.length + 6);
  const start = MAGIC.length + (isShort ? 4 : 6);
  const bytes = new Uint8Array(start + rest.length);
  writeLatin1(bytes, 0, MAGIC);
  bytes[6] = isShort ? 1 : 2;
  const view = new DataView(bytes.buffer);
  if (isShort) view.setUint16(8, rest.length, true);
  else view.setUint32(8, rest.length, true);
  writeLatin1(bytes, start, rest);
  return bytes;
}

/** With spaces and the line feed that ends a header. numpy adds a whole block where none would be needed. */
function padded(text: string, start: number): string {
  return `${text}${" ".repeat(ALIGNMENT - ((start + text.length + 1) % ALIGNMENT))}\n`;
}

function writeLatin1(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}

/**
 * Reads the header of an npy file.
 *
 * @param bytes - the beginning of the file
 * @param name - of the tensor: npy has none
 * @returns undefined if the header goes on after these bytes
 * @throws {@link FlError} `BAD_TENSOR`, `LIMIT_EXCEEDED`
 */
export function readNpyHeader(
  bytes: Uint8Array,
  name: string,
  limits: Required<Limits>,
): NpyHeader | undefined {
  const bad = (what: string) => new FlError("BAD_TENSOR", `npy of ${quoteName(name)}: ${what}`);
  for (let i = 0; i < Math.min(MAGIC.length, bytes.length); i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i)) throw bad("it does not begin as npy does");
  }
  if (bytes.length < MAGIC.length + 2) return undefined;
  const [major, minor] = [bytes[6]!, bytes[7]!];
  if (major < 1 || major > 3 || minor !== 0) throw bad(`version ${major}.${minor} is not known`);
  const start = MAGIC.length + (major === 1 ? 4 : 6);
  if (bytes.length < start) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > Math.min(MAX_HEADER_BYTES, limits.maxMessageBytes)) {
    throw new FlError("LIMIT_EXCEEDED", `npy of ${quoteName(name)}: a header of ${length} bytes`);
  }
  const dataOffset = start + length;
  if (bytes.length < dataOffset) return undefined;
  const text = headerText(bytes.subarray(start, dataOffset));
  const fields = text === undefined ? undefined : parsePythonDictionary(text);
  if (fields === undefined) throw bad("the header is not a dictionary of literals");
  if ([...fields.keys()].sort().join() !== "descr,fortran_order,shape") {
    throw bad("the header has other entries than descr, fortran_order and shape");
  }
  const isFortranOrder = fields.get("fortran_order");
  if (typeof isFortranOrder !== "boolean") throw bad("fortran_order is neither True nor False");
  const shape = shapeOf(fields.get("shape"));
  if (shape === undefined) throw bad("the shape is not a tuple of sizes");
  const { dtype, isBigEndian, problem } = typeOf(fields.get("descr"));
  if (dtype === undefined) throw bad(problem);
  const spec: TensorSpec = { name, dtype, shape };
  return {
    spec,
    isFortranOrder,
    isBigEndian,
    dataOffset,
    dataLength: byteLengthWithin(spec, limits),
  };
}

/** A number, a tuple or a name of a type is ASCII in every version; what is not belongs to names of fields. */
function headerText(bytes: Uint8Array): string | undefined {
  if (bytes.some((byte) => byte > 0x7e)) return undefined;
  return new TextDecoder("latin1").decode(bytes);
}

function shapeOf(value: PythonLiteral | undefined): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((size) => typeof size === "number") ? value : undefined;
}

type TypeOfElements =
  | { readonly dtype: Dtype; readonly isBigEndian: boolean; readonly problem?: never }
  | { readonly dtype?: never; readonly isBigEndian?: never; readonly problem: string };

function typeOf(descr: PythonLiteral | undefined): TypeOfElements {
  if (typeof descr !== "string") return { problem: "elements with fields are not supported" };
  const [order = "", code] = [descr.slice(0, 1), descr.slice(1)];
  const dtype = DTYPES.get(code);
  const isOrder = code.endsWith("1") ? "|<>".includes(order) : order === "<" || order === ">";
  if (dtype !== undefined && order !== "" && isOrder) {
    return { dtype, isBigEndian: order === ">" && !code.endsWith("1") };
  }
  // numpy writes what other packages define, such as bfloat16, as bytes without a meaning.
  if (code === "V2") return { problem: "elements of 2 bytes without a type (bfloat16, perhaps)" };
  if (code.startsWith("O")) return { problem: "Python objects are not read" };
  return { problem: `elements of type ${quoteName(descr)} are not supported` };
}
