/**
 * Values as text, of elements that may hold anything.
 *
 * @module
 */
import {
  type DataElement,
  type Dataset,
  findElement,
  readStrings,
  readText,
  type TagNumber,
  viewBytes,
} from "@dsail/dicom-core";

/** A value's bytes as text, one character each, without padding at the end: enough to tell UIDs and codes. */
export function bytesText(dataset: Dataset, element: DataElement | undefined): string {
  if (element === undefined) return "";
  const bytes = viewBytes(dataset.source, element.valueOffset, element.valueLength);
  let end = bytes.length;
  while (end > 0 && isPadding(bytes[end - 1])) end--;
  const CHUNK = 8192; // within the number of arguments that every engine takes
  let text = "";
  for (let i = 0; i < end; i += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, Math.min(i + CHUNK, end)));
  }
  return text;
}

/** A UID or code; undefined where there is none, or an empty one. */
export function codeText(dataset: Dataset, tag: TagNumber): string | undefined {
  const text = trimUid(bytesText(dataset, findElement(dataset, tag)));
  return text === "" ? undefined : text;
}

/**
 * A text in the data set's character set, padding trimmed on both sides, so that an identifier is one however it is
 * encoded; the bytes as they are where that character set does not fit them. Empty where there is none.
 */
export function identifierText(dataset: Dataset, tag: TagNumber): string {
  const element = findElement(dataset, tag);
  if (element === undefined) return "";
  try {
    return (readText(dataset, element) ?? "").trim();
  } catch {
    return bytesText(dataset, element).trim();
  }
}

/** The values of a text element; undefined if they can't be read as text. */
export function textValues(dataset: Dataset, element: DataElement): readonly string[] | undefined {
  try {
    return readStrings(dataset, element);
  } catch {
    return undefined;
  }
}

/** More bytes than that are hardly a name, where they are said to be no text. */
export const MAX_TEXT_BYTES = 65_536;

/** The values of a text element; of another, its bytes as if they were text, unless they are too many. */
export function textsOrBytes(dataset: Dataset, element: DataElement): readonly string[] {
  const texts = textValues(dataset, element);
  if (texts !== undefined || element.valueLength > MAX_TEXT_BYTES) return texts ?? [];
  return [bytesText(dataset, element)];
}

/** UIDs are padded with NUL; some writers use spaces (PS3.5 6.2). */
export function trimUid(uid: string): string {
  let end = uid.length;
  while (end > 0 && isPadding(uid.charCodeAt(end - 1))) end--;
  return uid.slice(0, end).trimStart();
}

/** No regular expression: one for padding at the end takes hours for a long value of spaces and a letter. */
function isPadding(code: number | undefined): boolean {
  return code === 0x20 || code === 0;
}
