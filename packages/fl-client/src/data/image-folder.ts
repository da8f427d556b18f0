/**
 * Images in folders of classes, `<folder>/{train,valid,test}/<class>/…/<image>`, as torchvision's `ImageFolder` and fastai
 * read them, and D-SAIL.
 *
 * @module
 */
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { badData, withoutPath } from "./bad-data.js";
import type { DecodeImage } from "./decode-image.js";
import type { FileProblem, ImageOptions, ImageSplits, Split } from "./image-options.js";
import {
  type LabelledFile,
  type ListedSplits,
  type OpenInternals,
  openSplits,
} from "./open-splits.js";

/** What is taken for an image. */
const IMAGE = /\.(?:png|bmp|jpe?g)$/i;
const ANYTHING = /(?:)/;

/** How DICOM becomes data sets. */
export interface DicomOptions extends ImageOptions {
  /** One image of a file, called in this thread. Files of any name are given to it. */
  readonly decode: DecodeImage;
}

/**
 * Opens PNG, BMP and JPEG files of 8 and 16 bits, grey and colour; alpha is dropped. Hidden files are passed over, links too
 * (and told of): nothing outside the folder is read.
 *
 * @throws {@link FlError} `BAD_DATA` if there is no image in `train` or `valid`, a class is not in `classes`, files cannot be
 * read, or images differ in size and none is given; `BAD_CONFIG` for workers where none can be; `LIMIT_EXCEEDED`; `ABORTED`.
 * {@link RangeError} for an option that is none
 */
export async function openImageFolder(
  folder: string,
  options: ImageOptions = {},
): Promise<ImageSplits> {
  return openImageFolderIn(folder, options);
}

/** @param internals - where the worker lies; default: the built one */
export async function openImageFolderIn(
  folder: string,
  options: ImageOptions,
  internals: OpenInternals = {},
): Promise<ImageSplits> {
  return openSplits(await listSplits(folder, IMAGE, options.onProblem), options, internals);
}

/**
 * Opens DICOM files, one image of each, through a decoder of the caller's.
 *
 * By default a file that cannot be decoded is found when it is needed; `check: "decode"` looks at all of them first.
 *
 * @throws as {@link openImageFolder}
 */
export async function openDicomFolder(
  folder: string,
  { decode, ...options }: DicomOptions,
): Promise<ImageSplits> {
  return openSplits(await listSplits(folder, ANYTHING, options.onProblem), options, { decode });
}

async function listSplits(
  folder: string,
  image: RegExp,
  onProblem?: (path: string, problem: FileProblem) => void,
): Promise<ListedSplits> {
  const files: LabelledFile[] = [];
  const labels: string[] = [];
  let skipped = 0;
  const skip = (path: string, problem: FileProblem) => {
    skipped += 1;
    onProblem?.(path, problem);
  };
  const visit = async (below: string, split: Split, label: string): Promise<void> => {
    for (const entry of await entriesOf(folder, below)) {
      const path = `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path, split, label);
      else if (entry.isSymbolicLink()) skip(path, "link");
      else if (!entry.isFile() || !image.test(entry.name)) skip(path, "other");
      else files.push({ path, label, split });
    }
  };
  for (const split of ["train", "valid", "test"] as const) {
    const isThere = (await entriesOf(folder, "")).some(
      (entry) => entry.name === split && entry.isDirectory(),
    );
    if (!isThere) {
      if (split === "test") continue;
      throw badData(`there is no folder ${split}`);
    }
    for (const entry of await entriesOf(folder, split)) {
      const path = `${split}/${entry.name}`;
      if (entry.isSymbolicLink()) skip(path, "link");
      else if (!entry.isDirectory()) skip(path, "other");
      else {
        labels.push(entry.name);
        await visit(path, split, entry.name);
      }
    }
  }
  return { folder, files, labels, skipped };
}

/** In order of code units; what is hidden is left out. */
async function entriesOf(folder: string, below: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    return entries
      .filter(({ name }) => !name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw withoutPath("a folder cannot be read", error);
  }
}
