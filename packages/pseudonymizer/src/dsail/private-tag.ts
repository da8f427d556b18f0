/**
 * Private elements with their creators (PS3.5 7.8.1).
 *
 * @module
 */
import {
  type DataElement,
  type Dataset,
  elementOf,
  findElement,
  groupOf,
  isPrivateCreatorTag,
  isPrivateTag,
  privateCreatorTagOf,
} from "@dsail/dicom-core";
import { identifierText } from "../element-text.js";
import type { DsailActions } from "./action.js";
import { type DsailTag, parseDsailTag } from "./tag.js";

/** A private element, or a creator. */
export interface PrivateTag {
  readonly creator: { readonly tagGroup: number; readonly creatorName: string };
  /** Undefined of a creator itself. `offset` is the last two hexadecimal digits of the element. */
  readonly element: { readonly element: DataElement; readonly offset: number } | undefined;
}

/**
 * Tells the creator of a private element.
 *
 * @returns undefined if the data set has no such element, it is not private, or it has no creator
 */
export function getPrivateTag(dataset: Dataset, tag: DsailTag): PrivateTag | undefined {
  const { tag: single } = parseDsailTag(tag);
  const element = single === undefined ? undefined : findElement(dataset, single);
  if (element === undefined || !isPrivateTag(element.tag)) return undefined;
  const isCreator = isPrivateCreatorTag(element.tag);
  const creatorTag = isCreator ? element.tag : privateCreatorTagOf(element.tag);
  const creatorName = creatorTag === undefined ? "" : identifierText(dataset, creatorTag);
  if (creatorName === "") return undefined;
  return {
    creator: { tagGroup: groupOf(element.tag), creatorName },
    element: isCreator ? undefined : { element, offset: elementOf(element.tag) & 0xff },
  };
}

/** Those of the private elements that actions name, and that the data set has. */
// The original's order.
export function getPrivateTags(actions: DsailActions, dataset: Dataset): readonly PrivateTag[] {
  return [...actions.keys()]
    .map((tag) => getPrivateTag(dataset, tag))
    .filter((found) => found !== undefined);
}
