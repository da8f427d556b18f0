/**
 * Which images of a folder belong to a JSON.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ConverterError } from "../errors.js";
import { frameNumber, IMAGE_EXTENSION, JSON_EXTENSION, withoutFrame } from "./stem.js";

/** Finds the images of a JSON by its path without extension. */
export type FindImages = (stem: string) => Promise<readonly string[]>;

/** Reads the last folder once only: a folder may have a hundred thousand files. */
export function createFindImages(): FindImages {
  let last: { readonly folder: string; readonly names: ImageNames } | undefined;
  return async (stem) => {
    const folder = dirname(stem);
    if (last?.folder !== folder) last = { folder, names: imageNames(await readdir(folder)) };
    return imagesOf(basename(stem), last.names).map((name) => join(folder, name));
  };
}

/** Names of images by what they may belong to: the name itself, or the one they look like a frame of. */
type ImageNames = ReadonlyMap<string, readonly string[]>;

function imageNames(names: readonly string[]): ImageNames {
  const described = new Set(
    names
      .filter((name) => JSON_EXTENSION.test(name))
      .map((name) => name.replace(JSON_EXTENSION, "")),
  );
  const images = new Map<string, string[]>();
  for (const name of names) {
    if (!IMAGE_EXTENSION.test(name)) continue;
    const stem = name.replace(IMAGE_EXTENSION, "");
    // UIDs end as frames do: what has a JSON of its own is no frame of another.
    const of = described.has(stem) ? stem : withoutFrame(stem);
    for (const key of new Set([stem, of])) {
      const some = images.get(key);
      if (some === undefined) images.set(key, [name]);
      else some.push(name);
    }
  }
  return images;
}

/** `x.png`; or `x.0001.png`, `x.0002.png`, …, of which none may be missing. */
function imagesOf(stem: string, images: ImageNames): readonly string[] {
  const own: string[] = [];
  const frames = new Map<number, string>();
  for (const name of images.get(stem) ?? []) {
    const number = frameNumber(name.replace(IMAGE_EXTENSION, ""), stem);
    if (number === undefined) own.push(name);
    else if (frames.has(number)) throw ambiguous();
    else frames.set(number, name);
  }
  if (own.length > 1 || (own.length > 0 && frames.size > 0)) throw ambiguous();
  const ordered = Array.from({ length: frames.size }, (_, i) => {
    const frame = frames.get(i + 1);
    if (frame !== undefined) return frame;
    throw new ConverterError("IMAGE_MISMATCH", "an image of several frames is missing");
  });
  return [...own, ...ordered];
}

function ambiguous(): ConverterError {
  return new ConverterError("IMAGE_MISMATCH", "two images are meant by one name");
}
