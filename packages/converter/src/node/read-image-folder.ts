/**
 * The images of a data set on disk, with their classes: by its manifest, or by its folders, as torchvision's `ImageFolder` reads them.
 *
 * @module
 */
import { ConverterError } from "../errors.js";
import { listFiles } from "./list-files.js";
import { readManifestIfThere } from "./manifest-files.js";

/** What is taken for an image. */
const IMAGE = /\.(?:png|bmp|dcm)$/i;

export interface ReadImageFolderOptions {
  /** Folders above the class: 0 `<class>/…`, 1 `<split>/<class>/…`, 2 `<site>/<split>/<class>/…`. Default 0. */
  readonly levels?: 0 | 1 | 2;
  /** Images of this split only; classes are those of all splits, so that a class has one index in all of them. Default: all. */
  readonly split?: string;
  /**
   * The classes in the order of their indices. To be given where sites train together: a site that lacks a class would otherwise
   * number the others in another way. Default: those that there are, in order of code units.
   */
  readonly classes?: readonly string[];
}

/** One image. */
export interface ImageItem {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly label: string;
  /** The index of `label` in the classes. */
  readonly classIndex: number;
  readonly split?: string;
  readonly site?: string;
}

export interface ImageDataset {
  readonly classes: readonly string[];
  /** In order of their paths. */
  readonly items: readonly ImageItem[];
}

type Unindexed = Omit<ImageItem, "classIndex">;

/**
 * Lists the images (`.png`, `.bmp`, `.dcm`) of `<folder>/…/<class>/…/<file>`. Other files, hidden ones and links are passed over.
 *
 * @throws {@link ConverterError} `BAD_INPUT` if there is no image, one lies in no class or in one that is not in `classes`, or a
 * folder cannot be read
 */
export async function readImageFolder(
  folder: string,
  options: ReadImageFolderOptions = {},
): Promise<ImageDataset> {
  const { levels = 0, split } = options;
  if (levels !== 0 && levels !== 1 && levels !== 2) {
    throw new RangeError(`levels: expected 0, 1 or 2, got ${String(levels)}`);
  }
  if (split !== undefined && levels === 0) {
    throw new RangeError("levels: expected 1 or 2 where there is a split, got 0");
  }
  const { paths } = await listFiles(folder);
  const images = paths
    .filter((path) => IMAGE.test(path))
    .map((path): Unindexed => {
      const names = path.split("/");
      if (names.length < levels + 2) {
        throw new ConverterError("BAD_INPUT", "an image is in no class");
      }
      return {
        path,
        label: names[levels] as string,
        ...(levels > 0 ? { split: names[levels - 1] as string } : {}),
        ...(levels > 1 ? { site: names[0] as string } : {}),
      };
    });
  return datasetOf(images, options);
}

/**
 * Lists the images of a data set: of `<folder>/manifest.json` if there is one, which also says what splits and sites are; otherwise as
 * {@link readImageFolder} does.
 *
 * Whether the files are there, and as they were, `verifyManifest` tells.
 *
 * @throws {@link ConverterError} as {@link readImageFolder}; `BAD_MANIFEST`
 */
export async function openDataset(
  folder: string,
  options: ReadImageFolderOptions = {},
): Promise<ImageDataset> {
  const manifest = await readManifestIfThere(folder);
  if (manifest === undefined) return readImageFolder(folder, options);
  const images = manifest.entries
    .filter(({ path }) => IMAGE.test(path))
    .map(({ group: _, sha256: __, ...image }): Unindexed => image);
  return datasetOf(images, options);
}

function datasetOf(
  images: readonly Unindexed[],
  { split, classes }: ReadImageFolderOptions,
): ImageDataset {
  const ordered = classes ?? [...new Set(images.map(({ label }) => label))].sort();
  const indices = new Map(ordered.map((label, i) => [label, i]));
  if (indices.size !== ordered.length) {
    throw new RangeError("classes: expected each once");
  }
  const items = images
    .filter((image) => split === undefined || image.split === split)
    .map((image): ImageItem => {
      const classIndex = indices.get(image.label);
      if (classIndex === undefined) {
        throw new ConverterError("BAD_INPUT", "an image is of a class that is not in classes");
      }
      return { ...image, classIndex };
    });
  if (items.length === 0) throw new ConverterError("BAD_INPUT", "the input has no images");
  return { classes: ordered, items };
}
