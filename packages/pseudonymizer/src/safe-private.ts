/**
 * The Retain Safe Private Option (PS3.15 E.3.10): private elements that are known, declared, or said to identify nobody.
 *
 * @module
 */
import {
  type DataElement,
  type Dataset,
  findElement,
  isPrivateCreatorTag,
  isPrivateTag,
  isVR,
  privateCreatorTagOf,
  readNumbers,
  type TagNumber,
  type VR,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { codeText, identifierText } from "./element-text.js";
import { SAFE_PRIVATE } from "./generated/safe-private.js";

/** A private element wherever its block lies. */
export interface PrivateElement {
  /** The text of the private creator, such as `SIEMENS MR HEADER`. */
  readonly creator: string;
  /** The group, an odd number such as `0x0019`. */
  readonly group: number;
  /** The last two hexadecimal digits of the element, 0 to 255: of (0019,xx0C) `0x0C`. */
  readonly element: number;
}

/** Who says that a private element is safe. */
export interface SafePrivateElement {
  /** The VR by the table; undefined where only the file tells. */
  readonly vr?: VR | undefined;
  readonly source: "table" | "file" | "user";
}

/** Tells whether a private element is safe; undefined if nobody says so. */
export type SafePrivateOf = (element: PrivateElement) => SafePrivateElement | undefined;

/** Makes the function for Table E.3.10-1 and a list of the user's. */
export function safePrivateElements(list: readonly PrivateElement[] = []): SafePrivateOf {
  const known = new Map<string, SafePrivateElement>();
  for (const [creator, elements] of Object.entries(SAFE_PRIVATE)) {
    for (const text of elements.split(" ")) {
      const [group, element] = [text.slice(0, 4), text.slice(4, 6)].map((s) => parseInt(s, 16));
      const letters = text.slice(6);
      const vr = isVR(letters) && letters !== "UN" ? letters : undefined;
      known.set(keyOf({ creator, group: group as number, element: element as number }), {
        vr,
        source: "table",
      });
    }
  }
  for (const element of list) {
    if (!known.has(keyOf(element))) known.set(keyOf(element), { source: "user" });
  }
  return (element) => known.get(keyOf(element));
}

function keyOf({ creator, group, element }: PrivateElement): string {
  return `${group} ${element} ${creator.trim()}`;
}

/** The private element in a text such as `(0019,xx0C)`; the block may be any. Undefined if it is none. */
export function parsePrivateElement(creator: string, element: string): PrivateElement | undefined {
  const match = /^(?=\(.*\)$|[^()]*$)\(?([0-9a-f]{4}),?(?:xx|[0-9a-f]{2})([0-9a-f]{2})\)?$/i.exec(
    element.trim(),
  );
  const group = Number.parseInt(match?.[1] ?? "0", 16);
  if (match === null || group % 2 === 0 || creator.trim() === "") return undefined;
  return { creator: creator.trim(), group, element: Number.parseInt(match[2] as string, 16) };
}

/** The creators of data sets that have been asked for: there may be as many elements as a file is long. */
const creators = new WeakMap<Dataset, ReadonlyMap<TagNumber, string>>();

function creatorsOf(dataset: Dataset): ReadonlyMap<TagNumber, string> {
  let found = creators.get(dataset);
  if (found === undefined) {
    const tags = new Set(dataset.elements.map(({ tag }) => tag).filter(isPrivateCreatorTag));
    found = new Map([...tags].map((tag) => [tag, identifierText(dataset, tag)]));
    creators.set(dataset, found);
  }
  return found;
}

/** The private element that a tag is in its data set; undefined for creators, and without a creator. */
export function privateElementOf(dataset: Dataset, tag: TagNumber): PrivateElement | undefined {
  if (!isPrivateTag(tag) || isPrivateCreatorTag(tag)) return undefined;
  const creatorTag = privateCreatorTagOf(tag);
  const creator = creatorTag === undefined ? "" : (creatorsOf(dataset).get(creatorTag) ?? "");
  if (creator === "") return undefined;
  return { creator, group: tag >>> 16, element: tag & 0xff };
}

/**
 * What a file itself declares safe in Private Data Element Characteristics Sequence (PS3.3 C.12.1.1.7): whole blocks, or
 * single elements.
 */
export function declaredSafe(dataset: Dataset): SafePrivateOf {
  const items = findElement(dataset, Tag.PrivateDataElementCharacteristicsSequence)?.items ?? [];
  const blocks = new Set<string>();
  const elements = new Set<string>();
  for (const item of items) {
    const [group] = numbersOf(item, Tag.PrivateGroupReference);
    const creator = identifierText(item, Tag.PrivateCreatorReference);
    if (group === undefined || creator === "") continue;
    const status = codeText(item, Tag.BlockIdentifyingInformationStatus);
    if (status === "SAFE") blocks.add(keyOf({ creator, group, element: 0 }));
    if (status !== "MIXED") continue;
    for (const element of numbersOf(item, Tag.NonidentifyingPrivateElements)) {
      elements.add(keyOf({ creator, group, element: element & 0xff }));
    }
  }
  return (element) =>
    blocks.has(keyOf({ ...element, element: 0 })) || elements.has(keyOf(element))
      ? { source: "file" }
      : undefined;
}

function numbersOf(dataset: Dataset, tag: TagNumber): readonly number[] {
  const element: DataElement | undefined = findElement(dataset, tag);
  if (element === undefined) return [];
  try {
    return readNumbers(dataset, element);
  } catch {
    return [];
  }
}
