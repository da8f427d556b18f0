/**
 * The first look at files of images: which can be used, and how large they are.
 *
 * @module
 */
import { join } from "node:path";
import { FlError, isFlError } from "@dsail/fl-protocol";
import { badData } from "./bad-data.js";
import { assertPixelCount } from "./decoded-image.js";
import type { FittedImage, ImageForm } from "./fit-image.js";
import { readImageFileHeader } from "./image-file.js";
import type { ImageOptions } from "./image-options.js";

/** What is looked at, and how. */
export interface CheckFilesInput {
  readonly folder: string;
  readonly files: readonly { readonly path: string }[];
  readonly form: ImageForm;
  /** Decodes a file by its index; tells `onProblem` by itself. */
  readonly load: (index: number) => Promise<FittedImage>;
  /** Whether files say by their first bytes what they are; not so with a decoder that was given. */
  readonly hasHeaders: boolean;
  readonly options: Pick<
    ImageOptions,
    "check" | "unreadable" | "onProblem" | "onProgress" | "signal"
  >;
}

export interface CheckedFiles {
  /** Indices of files, ascending. */
  readonly usable: readonly number[];
  /** Rows and columns of every image. */
  readonly shape: readonly [rows: number, columns: number];
}

type Size = readonly [rows: number, columns: number];

/** Files that are looked at together. */
const AT_ONCE = 32;

/** @throws {@link FlError} `BAD_DATA` if a file cannot be read (and none is to be skipped), or they differ in size; `ABORTED` */
export async function checkFiles(input: CheckFilesInput): Promise<CheckedFiles> {
  const { files, form, hasHeaders, options } = input;
  const { check = "header", unreadable = "refuse", onProgress, signal } = options;
  const looksInside = check === "decode";
  const sizes: (Size | undefined)[] = [];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    if (signal?.aborted) throw new FlError("ABORTED", "opening of images was ended");
    const indices = files.slice(from, from + AT_ONCE).map((_, i) => from + i);
    const look = async (index: number): Promise<Size | undefined> => {
      if (looksInside) return sizeOfDecoded(input, index);
      return hasHeaders ? sizeOfHeader(input, index) : (form.size ?? NOT_YET);
    };
    sizes.push(...(await Promise.all(indices.map(look))));
    onProgress?.(sizes.length, files.length);
  }
  const usable = sizes.flatMap((size, index) => (size === undefined ? [] : [index]));
  const lost = files.length - usable.length;
  if (lost > 0 && unreadable === "refuse") {
    throw badData(
      `${lost} of ${files.length} images cannot be read (onProblem tells which; unreadable: "skip" leaves them out)`,
    );
  }
  return { usable, shape: form.size ?? (await commonSize(sizes, usable, input)) };
}

/** Of what has no header: told when it is decoded. */
const NOT_YET: Size = [0, 0];

async function sizeOfDecoded(input: CheckFilesInput, index: number): Promise<Size | undefined> {
  try {
    const { rows, columns } = await input.load(index);
    return [rows, columns];
  } catch (error) {
    if (isFlError(error) && error.code !== "ABORTED" && error.code !== "FAILED") return undefined;
    throw error;
  }
}

async function sizeOfHeader(
  { folder, files, form, options }: CheckFilesInput,
  index: number,
): Promise<Size | undefined> {
  const { path } = files[index]!;
  try {
    const { rows, columns } = await readImageFileHeader(join(folder, path));
    assertPixelCount(rows, columns, form.maxPixels);
    return [rows, columns];
  } catch (error) {
    if (!isFlError(error)) throw error;
    options.onProblem?.(path, "unreadable");
    return undefined;
  }
}

async function commonSize(
  sizes: readonly (Size | undefined)[],
  usable: readonly number[],
  input: CheckFilesInput,
): Promise<Size> {
  const [first] = usable;
  if (first === undefined) throw badData("there are no images");
  const size = sizes[first]!;
  if (size === NOT_YET) {
    const { rows, columns } = await input.load(first);
    return [rows, columns];
  }
  const others = usable.filter((index) => {
    const [rows, columns] = sizes[index]!;
    return rows !== size[0] || columns !== size[1];
  });
  if (others.length > 0) throw badData("images are of different sizes: give a size");
  return size;
}
