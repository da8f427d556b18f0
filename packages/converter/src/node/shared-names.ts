/**
 * Files of an input that may become files of one name: `a` and `a.dcm`, or `a`, of two frames, and `a.0001.dcm`.
 *
 * @module
 */
import type { Work } from "./folder-job.js";
import { IMAGE_EXTENSION, JSON_EXTENSION, stemOf, withoutFrame } from "./stem.js";

/** What was told apart, each in the order it was in. */
export interface PathsByName {
  readonly alone: readonly string[];
  readonly shared: readonly string[];
}

/** Tells the paths that a work gives a name of their own from those that it may not. */
export function pathsByName(paths: readonly string[], work: Work): PathsByName {
  const nameOf = work.kind === "decompose" ? nameOfFrames(paths) : nameBy(work);
  const names = paths.map(nameOf);
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const isAlone = (index: number) => counts.get(names[index] as string) === 1;
  return {
    alone: paths.filter((_, index) => isAlone(index)),
    shared: paths.filter((_, index) => !isAlone(index)),
  };
}

/** UIDs end as frames do: it counts only where the file is there of which it could be a frame. */
function nameOfFrames(paths: readonly string[]): (path: string) => string {
  const stems = new Set(paths.map(stemOf));
  return (path) => {
    let name = stemOf(path);
    for (let of = withoutFrame(name); of !== name && stems.has(of); of = withoutFrame(name)) {
      name = of;
    }
    return name;
  };
}

function nameBy(work: Exclude<Work, { readonly kind: "decompose" }>): (path: string) => string {
  if (work.kind === "transcode") return (path) => path;
  const isOfJson = work.kind === "compose" && work.options.metadata === undefined;
  const extension = isOfJson ? JSON_EXTENSION : IMAGE_EXTENSION;
  return (path) => path.replace(extension, "");
}
