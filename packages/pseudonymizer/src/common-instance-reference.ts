/**
 * Lists of all instances that an object refers to: they have to go when the references have gone.
 *
 * Source: PS3.3 C.12.2, Common Instance Reference Module: "required if this Instance references Instances".
 *
 * @module
 */
import type { Dataset, TagNumber } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

/** The two lists of the module. */
const LISTS: readonly TagNumber[] = [
  Tag.ReferencedSeriesSequence,
  Tag.StudiesContainingOtherReferencedInstancesSequence,
];

/** UIDs that a data set refers to: in the lists, and elsewhere. */
export interface References {
  readonly listed: Set<string>;
  readonly elsewhere: Set<string>;
}

/**
 * Finds the references in items. One at the top level refers to nothing.
 *
 * @param textOf - the value of an element
 * @param isRemoved - whether a sequence is not to be looked into, since it goes
 */
export function findReferences(
  dataset: Dataset,
  textOf: (dataset: Dataset, tag: TagNumber) => string | undefined,
  isRemoved: (path: readonly number[]) => boolean,
): References {
  const found: References = { listed: new Set(), elsewhere: new Set() };
  const visit = (scope: Dataset, path: readonly number[]) => {
    const uid = path.length === 0 ? undefined : textOf(scope, Tag.ReferencedSOPInstanceUID);
    if (uid !== undefined) {
      (LISTS.includes(path[0] as number) ? found.listed : found.elsewhere).add(uid);
    }
    for (const { tag, items } of scope.elements) {
      const here = [...path, tag];
      if (items === undefined || isRemoved(here)) continue;
      items.forEach((item, index) => {
        visit(item, [...here, index]);
      });
    }
  };
  visit(dataset, []);
  return found;
}

/** Which of the lists have to go: all if nothing is referred to any more, the first if nothing in it is. */
export function listsToRemove(before: References, after: References): readonly TagNumber[] {
  if (before.elsewhere.size === 0) return [];
  if (after.elsewhere.size === 0) return LISTS;
  const listedBefore = [...before.listed].some((uid) => before.elsewhere.has(uid));
  const listedAfter = [...before.listed].some((uid) => after.elsewhere.has(uid));
  return listedBefore && !listedAfter ? [Tag.ReferencedSeriesSequence] : [];
}
