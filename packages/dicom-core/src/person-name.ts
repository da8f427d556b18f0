/**
 * Person names: VR PN (PS3.5 6.2.1).
 *
 * @module
 */
import { DicomError } from "./errors.js";
import { trimTrailing } from "./padding.js";

/** One representation of a name. A component that is absent is an empty text. */
export interface PersonNameGroup {
  readonly familyName: string;
  readonly givenName: string;
  readonly middleName: string;
  readonly namePrefix: string;
  /** With whatever follows a fifth component, which PS3.5 does not have. */
  readonly nameSuffix: string;
}

/** A name in up to three representations; undefined where there is none. */
export interface PersonName {
  readonly alphabetic: PersonNameGroup | undefined;
  readonly ideographic: PersonNameGroup | undefined;
  readonly phonetic: PersonNameGroup | undefined;
}

/** What {@link formatPersonName} takes: a {@link PersonName}, or only what there is of one. */
export type PersonNameInit = {
  readonly [group in keyof PersonName]?: Partial<PersonNameGroup> | undefined;
};

/**
 * The representations' texts, alphabetic, ideographic and phonetic, without parting them into
 * components.
 */
export function splitPersonName(
  text: string,
): readonly [alphabetic: string, ideographic: string, phonetic: string] {
  const [alphabetic = "", ideographic = "", ...rest] = text.split("=");
  // PS3.5 has three; a fourth stays with the third.
  return [alphabetic, ideographic, rest.join("=")];
}

/** A name from its text, one value of PN. Every text is one, at worst all of it the family name. */
export function parsePersonName(text: string): PersonName {
  const [alphabetic, ideographic, phonetic] = splitPersonName(text);
  return {
    alphabetic: parseGroup(alphabetic),
    ideographic: parseGroup(ideographic),
    phonetic: parseGroup(phonetic),
  };
}

function parseGroup(text: string): PersonNameGroup | undefined {
  if (text === "") return undefined;
  const [familyName = "", givenName = "", middleName = "", namePrefix = "", ...rest] =
    text.split("^");
  return { familyName, givenName, middleName, namePrefix, nameSuffix: rest.join("^") };
}

/**
 * The text of a name, without the delimiters that trailing empty components and representations
 * could have.
 *
 * @throws {@link DicomError} `BAD_VALUE` if a component holds a delimiter (`\`, `=`, `^`)
 */
export function formatPersonName({ alphabetic, ideographic, phonetic }: PersonNameInit): string {
  const groups = [alphabetic, ideographic, phonetic].map((group) => formatGroup(group ?? {}));
  return trimTrailing(groups.join("="), "=");
}

function formatGroup(group: Partial<PersonNameGroup>): string {
  const { familyName = "", givenName = "", middleName = "", namePrefix = "" } = group;
  const { nameSuffix = "" } = group;
  const components = [familyName, givenName, middleName, namePrefix];
  // Of the suffix a "^" may come from a name of more than five components.
  if (/[\\=^]/.test(components.join("")) || /[\\=]/.test(nameSuffix)) {
    throw new DicomError("BAD_VALUE", "a component of a name holds a delimiter");
  }
  return trimTrailing([...components, nameSuffix].join("^"), "^");
}
