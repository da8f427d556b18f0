/**
 * Character sets: what (0008,0005) names, and text in them.
 *
 * Terms: PS3.3 C.12.1.1.2, Tables C.12-2 to C.12-5. Code extensions with escape sequences: PS3.5
 * 6.1.2.4 and 6.1.2.5. The tables are those of the platform's `TextDecoder`, driven by
 * `dicom-character-set`. Where these are not DICOM's (Latin-1, UTF-8, control characters, some
 * punctuation of JIS), this file goes round them.
 *
 * @module
 */
/// <reference path="./dicom-character-set.d.ts" />
import { convertBytes } from "dicom-character-set";
import { DicomError } from "./errors.js";
import { type VR, VRS } from "./vr.js";

/** The character sets in which the text of a data set is. */
export interface CharacterSets {
  /**
   * Defined terms of (0008,0005), in order, at least one: `ISO_IR 6` stands for the default
   * repertoire.
   */
  readonly terms: readonly string[];
  /**
   * Values of (0008,0005) that are no defined term. Text is read as if they were the default
   * repertoire.
   */
  readonly unknown: readonly string[];
}

/** ISO-IR 6, the default character repertoire (PS3.5 6.1.2.1). */
export const DEFAULT_CHARACTER_SETS: CharacterSets = { terms: ["ISO_IR 6"], unknown: [] };

/** UTF-8, the only character set besides the default one that this package writes. */
const UTF_8 = "ISO_IR 192";

/** ISO-IR numbers of 8-bit sets, with or without code extensions (PS3.3 Tables C.12-2, C.12-3). */
const SINGLE_BYTE = [6, 13, 100, 101, 109, 110, 126, 127, 138, 144, 148, 166];
/** ISO-IR numbers of multi-byte sets with code extensions (PS3.3 Table C.12-4). */
const MULTI_BYTE = [58, 87, 149, 159];
const WITHOUT_EXTENSIONS = SINGLE_BYTE.map((number) => `ISO_IR ${number}`);
const WITH_EXTENSIONS = [...SINGLE_BYTE, ...MULTI_BYTE].map((number) => `ISO 2022 IR ${number}`);
/** Terms that stand alone, since they are not compatible with ISO 2022 (PS3.5 6.1.2.5.4 d). */
const STAND_ALONE = [UTF_8, "GB18030", "GBK"];
const TERMS: ReadonlySet<string> = new Set([
  ...WITHOUT_EXTENSIONS,
  ...WITH_EXTENSIONS,
  ...STAND_ALONE,
]);

const ESCAPE = 0x1b;

/**
 * The character sets that values of (0008,0005) name.
 *
 * Usual misspellings (`ISO-IR 100`, `iso 2022_ir 87`) are understood. A value that is not is
 * reported in {@link CharacterSets.unknown}, and taken as the default repertoire: wrong characters,
 * but never an exception.
 */
export function parseCharacterSets(values: readonly string[]): CharacterSets {
  const unknown: string[] = [];
  const terms: string[] = [];
  values.forEach((value, i) => {
    const term = value.trim() === "" ? "ISO_IR 6" : termOf(value);
    if (term === undefined) unknown.push(value);
    // Only as the first value has "nothing" a meaning, the default repertoire.
    if (i === 0 || value.trim() !== "") terms.push(term ?? "ISO_IR 6");
  });
  const first = terms[0];
  if (first === undefined) return DEFAULT_CHARACTER_SETS;
  if (STAND_ALONE.includes(first)) return { terms: [first], unknown };
  const extensible = terms.filter((term) => !STAND_ALONE.includes(term));
  if (extensible.length === 1) return { terms: extensible, unknown };
  // PS3.3 C.12.1.1.2: of several values each is a set with code extensions.
  const extended = extensible.map((term) => term.replace("ISO_IR", "ISO 2022 IR"));
  return { terms: [...new Set(extended)], unknown };
}

function termOf(value: string): string | undefined {
  const term = value
    .trim()
    .toUpperCase()
    .replace(/^ISO[\W_]IR[\W_]?/, "ISO_IR ")
    .replace(/^ISO[\W_]2022[\W_](IR[\W_]?)?/, "ISO 2022 IR ")
    // What a correction of the standard, CP-1234, had for a while.
    .replace("ISO 2022 IR GBK", "GBK");
  return TERMS.has(term) ? term : undefined;
}

/**
 * The text of a whole value field, backslashes between values included.
 *
 * To be split afterwards, not before: 0x5C is also the second byte of characters of GBK, GB18030
 * and ISO-IR 87. Bytes that are no text in the character set become U+FFFD. VRs that (0008,0005)
 * does not apply to are read as Latin-1, so that every byte is kept.
 *
 * @param vr - decides what resets code extensions (PS3.5 6.1.2.5.3), and whether 0x5C is a yen sign
 * in ISO-IR 13
 */
export function decodeText(bytes: Uint8Array, { terms }: CharacterSets, vr: VR): string {
  const first = terms[0] ?? "ISO_IR 6";
  if (!VRS[vr].usesCharacterSet) return decodeLatin1(bytes);
  if (isPlain(bytes) && !first.endsWith("IR 13")) return decodeLatin1(bytes);
  if (terms.length > 1 || first.startsWith("ISO 2022")) return decodeExtended(bytes, terms, vr);
  switch (first) {
    case UTF_8:
      // A byte order mark is a character like any other: nothing in PS3.5 gives it a meaning.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    case "ISO_IR 6":
    case "ISO_IR 100":
      return decodeLatin1(bytes);
    case "ISO_IR 148":
    case "ISO_IR 166":
      return withControlCharacters(bytes, convertBytes(first, bytes, { vr }));
    default:
      return convertBytes(first, bytes, { vr });
  }
}

/** Text with code extensions (PS3.5 6.1.2.5). */
function decodeExtended(bytes: Uint8Array, terms: readonly string[], vr: VR): string {
  const first = terms[0] as string;
  // PS3.3 C.12.1.1.2: value 1 is no multi-byte set. Where it is, G0 is what it would be by default.
  const isMultiByteG0 = first.endsWith("IR 87") || first.endsWith("IR 159");
  const announced = isMultiByteG0 ? ["ISO 2022 IR 6", ...terms] : terms;
  // PS3.5 6.1.2.5.3: "^" and "=" reset the sets in a name. Some writers do not know it. Where value
  // 1 has no G1, upper bytes mean nothing after a reset, and the set before it is the better guess.
  const hasNoG1 = announced[0] === "ISO 2022 IR 6";
  const delimitersOf = hasNoG1 && vr === "PN" ? "LO" : vr;
  // An escape sequence names its set, whether (0008,0005) has announced it or not.
  for (const sets of [announced, [...new Set([...announced, ...WITH_EXTENSIONS])]]) {
    try {
      const text = convertBytes(sets.join("\\"), bytes, { vr: delimitersOf });
      return terms.includes("ISO 2022 IR 149") ? text : withJisPunctuation(text);
    } catch {
      // Next: more sets.
    }
  }
  // An escape sequence of no set, or half a character before one: it stays in the text.
  const alone = first.replace("ISO 2022 IR", "ISO_IR");
  if (!WITHOUT_EXTENSIONS.includes(alone)) return decodeLatin1(bytes);
  return decodeText(bytes, { terms: [alone], unknown: [] }, vr);
}

/** Only ASCII, and nothing that could start a code extension. */
function isPlain(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === ESCAPE) return false;
  return true;
}

/** Each byte as the code point of the same number: ISO 8859-1 with its control characters. */
export function decodeLatin1(bytes: Uint8Array): string {
  // What TextDecoder calls latin1 is windows-1252, other than ISO 8859-1 in 0x80 to 0x9F.
  const CHUNK = 8192; // within the number of arguments that every engine takes
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    // The cast is true: apply takes anything with a length and numbers. (A spread takes six times
    // as long.)
    text += String.fromCharCode.apply(null, bytes.subarray(i, i + CHUNK) as unknown as number[]);
  }
  return text;
}

/**
 * Of JIS X 0208 and 0212 the platform has Microsoft's table, which has these as full-width forms;
 * Unicode's own tables, and so most other DICOM software, have them as in the second line. (Korean
 * text has full-width forms of its own.)
 */
function withJisPunctuation(text: string): string {
  const FULL_WIDTH = "～∥－￠￡￢";
  const STANDARD = "〜‖−¢£¬";
  return text.replace(/[～∥－￠￡￢]/g, (form) => STANDARD.charAt(FULL_WIDTH.indexOf(form)));
}

/**
 * Puts back the C1 control characters of an 8-bit set, where windows code pages have other
 * characters.
 */
function withControlCharacters(bytes: Uint8Array, text: string): string {
  let result = "";
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[i] ?? 0;
    result += byte >= 0x80 && byte < 0xa0 ? String.fromCharCode(byte) : text.charAt(i);
  }
  return result;
}

/** Text as bytes, and the (0008,0005) it needs. */
export interface EncodedText {
  readonly bytes: Uint8Array;
  /**
   * Undefined if the default repertoire suffices: such bytes mean the same in every character set
   * but ISO-IR 13.
   */
  readonly characterSet: typeof UTF_8 | undefined;
}

/**
 * Text as ASCII if it is, otherwise as UTF-8.
 *
 * @throws {@link DicomError} `BAD_CHARACTER_SET` if the text holds half of a surrogate pair
 */
export function encodeText(text: string): EncodedText {
  if (/\p{Surrogate}/u.test(text)) {
    throw new DicomError("BAD_CHARACTER_SET", "half of a surrogate pair has no encoding");
  }
  const bytes = new TextEncoder().encode(text);
  return { bytes, characterSet: bytes.length > text.length ? UTF_8 : undefined };
}
