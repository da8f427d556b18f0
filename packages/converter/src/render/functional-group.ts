/**
 * Where the attributes of one frame are, in images of many frames (PS3.3 C.7.6.16).
 *
 * @module
 */
import { type Dataset, findElement, type TagNumber } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

/**
 * The item that holds a functional group for a frame: the frame's own, else the one that all frames share.
 *
 * @param macro - the sequence of the group, such as `Tag.FrameVOILUTSequence`
 * @param frame - from 0
 * @returns the data set itself if it has no such group
 */
export function functionalGroup(dataset: Dataset, macro: TagNumber, frame: number): Dataset {
  const own = itemOf(dataset, Tag.PerFrameFunctionalGroupsSequence, frame);
  const shared = itemOf(dataset, Tag.SharedFunctionalGroupsSequence, 0);
  return (
    (own === undefined ? undefined : itemOf(own, macro, 0)) ??
    (shared === undefined ? undefined : itemOf(shared, macro, 0)) ??
    dataset
  );
}

/** An item of a sequence; undefined if the sequence, or the item, is not there. */
export function itemOf(dataset: Dataset, tag: TagNumber, index: number): Dataset | undefined {
  return findElement(dataset, tag)?.items?.[index];
}
