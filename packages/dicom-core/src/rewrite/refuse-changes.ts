/**
 * What to do with edits that point into a sequence or item that does not exist: removing there is nothing to do, all
 * else is an error.
 *
 * @module
 */
import { DicomError } from "../errors.js";
import { formatPath, type Path } from "../path.js";
import type { ElementEdits, ItemEdits } from "./edit.js";

/**
 * Edits of the items of an element that has none, or is not there.
 *
 * @throws {@link DicomError} `BAD_PATH` if one of them changes something
 */
export function refuseChanges({ items }: ElementEdits, path: Path): void {
  for (const [index, edits] of items ?? []) {
    const here = [...path, index];
    if (edits.inserted.length > 0) throw nowhere(here);
    refuseItemChanges(edits, here);
  }
}

/** The same for an item that is not there; new items in front of it are not its own. */
export function refuseItemChanges({ edit, elements }: ItemEdits, path: Path): void {
  if (edit?.kind === "setItem") throw nowhere(path);
  for (const [tag, edits] of elements) {
    const here = [...path, tag];
    if (edits.edit?.kind === "set") throw nowhere(here);
    refuseChanges(edits, here);
  }
}

function nowhere(path: Path): DicomError {
  return new DicomError("BAD_PATH", "there is no such sequence or item", { at: formatPath(path) });
}
