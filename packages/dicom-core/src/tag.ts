/**
 * Tags as numbers `0xGGGGEEEE`, and their texts.
 *
 * Groups, private blocks and repeating groups: PS3.5 7.1, 7.6 and 7.8.
 *
 * @module
 */

/** A data element tag, `0xGGGGEEEE`: group in the upper, element in the lower 16 bits. */
export type TagNumber = number;

/** (FFFE,E000) Item. */
export const ITEM = 0xfffee000;
/** (FFFE,E00D) Item Delimitation Item. */
export const ITEM_DELIMITATION = 0xfffee00d;
/** (FFFE,E0DD) Sequence Delimitation Item. */
export const SEQUENCE_DELIMITATION = 0xfffee0dd;

/**
 * The tag of a group and an element number.
 *
 * @throws {@link RangeError} if either is not an integer of 0 to 0xFFFF
 */
export function tagOf(group: number, element: number): TagNumber {
  assertWord("group", group);
  assertWord("element", element);
  return group * 0x10000 + element;
}

/** The group number, 0 to 0xFFFF. */
export function groupOf(tag: TagNumber): number {
  return tag >>> 16;
}

/** The element number, 0 to 0xFFFF. */
export function elementOf(tag: TagNumber): number {
  return tag & 0xffff;
}

/** Whether the group is odd (PS3.5 7.8). */
export function isPrivateTag(tag: TagNumber): boolean {
  return (tag & 0x10000) !== 0;
}

/** Whether the element reserves a private block: `(gggg,0010-00FF)` of an odd group (PS3.5 7.8.1). */
export function isPrivateCreatorTag(tag: TagNumber): boolean {
  const element = tag & 0xffff;
  return isPrivateTag(tag) && element >= 0x10 && element <= 0xff;
}

/**
 * The private creator element of a private element's block: of `(0099,1020)` it is `(0099,0010)`.
 *
 * @returns undefined for a tag that lies in no block
 */
export function privateCreatorTagOf(tag: TagNumber): TagNumber | undefined {
  const block = (tag & 0xffff) >>> 8;
  return isPrivateTag(tag) && block >= 0x10 ? groupOf(tag) * 0x10000 + block : undefined;
}

/** `(GGGG,EEEE)`, in upper-case hexadecimal. */
export function formatTag(tag: TagNumber): string {
  return `(${formatWord(tag >>> 16)},${formatWord(tag & 0xffff)})`;
}

/** A group or element number as four upper-case hexadecimal digits: `0x18` is `"0018"`. */
export function formatWord(word: number): string {
  return word.toString(16).toUpperCase().padStart(4, "0");
}

/** A tag as its two numbers in text, as tables of the standard print them: `["0010", "0020"]`. */
export function formatTagWords(tag: TagNumber): readonly [group: string, element: string] {
  return [formatWord(tag >>> 16), formatWord(tag & 0xffff)];
}

/**
 * The tag in `(0010,0020)`, `0010,0020`, `00100020` or `0x00100020`.
 *
 * @throws {@link TypeError} if the text is no tag
 */
export function parseTag(text: string): TagNumber {
  const digits =
    /^(?:\(([0-9a-f]{4}),\s*([0-9a-f]{4})\)|([0-9a-f]{4}),\s*([0-9a-f]{4})|(?:0x)?([0-9a-f]{8}))$/i.exec(
      text.trim(),
    );
  if (digits === null) throw new TypeError("text: expected a tag such as (0010,0020)");
  return Number.parseInt(digits.slice(1).join(""), 16);
}

function assertWord(name: string, word: number): void {
  if (!Number.isInteger(word) || word < 0 || word > 0xffff) {
    throw new RangeError(`${name}: expected an integer of 0 to 0xFFFF, got ${word}`);
  }
}
