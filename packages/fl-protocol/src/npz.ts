/**
 * Parameters as npz, numpy's archive of npy files: `np.load` gives them by name and in their order, `np.savez` and
 * `np.savez_compressed` write what is read here.
 *
 * @module
 */
import { FlError } from "./errors.js";
import type { Limits } from "./limits.js";
import { decodeNpy } from "./npy.js";
import { npyHeader } from "./npy-header.js";
import { limitsOf, quoteName } from "./resolve-limits.js";
import type { ModelParameters } from "./tensor.js";
import { bytesOfTensor } from "./tensor-bytes.js";
import { isWellFormed } from "./well-formed.js";
import { readZipDirectory, readZipEntry } from "./zip/read-zip.js";
import { type ZipContent, zipChunks } from "./zip/write-zip.js";

/** How an npz is written. */
export interface NpzOptions {
  /**
   * Deflate the arrays, as `savez_compressed`. Weights that are trained hardly become smaller; each is held twice while it
   * is written. Default false.
   */
  readonly isCompressed?: boolean;
}

const ENDING = ".npy";

/** 4.4.10 of ZIP: 16 bits for the length of a name. */
const MAX_NAME_BYTES = 0xffff;

/**
 * Reads an npz. Names lose their `.npy`; they name tensors, and are never used as paths. Everything that is announced is
 * checked against the limits before anything is inflated. Where an array is stored, aligned and as it should be, its
 * data is a view of `bytes`.
 *
 * @throws {@link FlError} `BAD_TENSOR` if it is broken, or holds anything but arrays of numbers; `LIMIT_EXCEEDED`
 */
export function readNpz(bytes: Uint8Array, limits?: Limits): ModelParameters {
  const all = limitsOf(limits);
  const entries = readZipDirectory(bytes, all.maxTensors);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (!(total <= all.maxMessageBytes)) {
    throw new FlError("LIMIT_EXCEEDED", `npz: ${total} bytes, ${all.maxMessageBytes} allowed`);
  }
  const names = entries.map(({ name }) => {
    if (!name.endsWith(ENDING)) throw new FlError("BAD_TENSOR", "npz: an entry is no .npy");
    if (name.includes("\0")) throw new FlError("BAD_TENSOR", "npz: a name has a zero byte");
    return name.slice(0, -ENDING.length);
  });
  return entries.map((entry, i) =>
    decodeNpy(readZipEntry(bytes, entry), { name: names[i]!, limits: all }),
  );
}

/**
 * Parameters as an npz.
 *
 * @throws {@link FlError} `BAD_TENSOR` as {@link npzChunks}
 */
export function writeNpz(parameters: ModelParameters, options?: NpzOptions): Uint8Array {
  const chunks = [...npzChunks(parameters, options)];
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * Parameters as the pieces of an npz, for a file that isn't to be held twice: arrays are passed as views, not copied.
 *
 * @throws {@link FlError} `BAD_TENSOR` for a dtype npy doesn't know, a name that occurs twice, and one that can't be the
 *   name of an entry: longer than 65531 bytes, with a zero byte, or with half of a surrogate pair
 */
export function npzChunks(
  parameters: ModelParameters,
  { isCompressed = false }: NpzOptions = {},
): Iterable<Uint8Array> {
  const names = new Set<string>();
  const contents: readonly ZipContent[] = parameters.map((tensor) => {
    const { name } = tensor;
    if (names.has(name) || !isName(name)) {
      const why = names.has(name) ? "occurs twice" : "can't be the name of an entry";
      throw new FlError("BAD_TENSOR", `npz: the name ${quoteName(name)} ${why}`);
    }
    names.add(name);
    return { name: `${name}${ENDING}`, parts: [npyHeader(tensor), bytesOfTensor(tensor)] };
  });
  return zipChunks(contents, isCompressed);
}

function isName(name: string): boolean {
  if (name.includes("\0") || !isWellFormed(name)) return false;
  // Python's zipfile ends a name at a zero byte, and so would give another one.
  return new TextEncoder().encode(name).length + ENDING.length <= MAX_NAME_BYTES;
}
