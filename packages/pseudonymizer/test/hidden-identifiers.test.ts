/**
 * Files in which a name stands where no writer should put it. Wherever it is, it has to be gone, or the file refused.
 */
import {
  isDicomError,
  joinSegments,
  readFile,
  rewriteBytes,
  type VR,
  writeFileMetaInformation,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { applyPlan } from "../src/apply.js";
import { isPseudonymizerError } from "../src/errors.js";
import { planFile } from "../src/plan.js";
import { createPseudonymization } from "../src/pseudonymization.js";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { holds } from "./canary.js";
import { KEY } from "./keys.js";
import {
  type Bytes,
  bytesOf,
  element,
  implicitElement,
  item,
  openElement,
  openImplicitElement,
  rawFile,
  rawImplicitFile,
} from "./raw-elements.js";

const NAME = "CANARY^CAROL";

const pseudonymize = createPseudonymizer({ key: KEY });
const basic = createPseudonymization({ key: KEY });

/** The same work without a decision: what the search finds here, it would have found there. */
function undecided(bytes: Uint8Array): Uint8Array {
  const file = readFile(bytes);
  return joinSegments(applyPlan(file, { ...planFile(file, basic), decisions: [] }), file.source);
}

const named = (vr = "PN") => element(Tag.PatientName, vr, NAME);
const implicitNamed = implicitElement(Tag.PatientName, NAME);
const pixels = element(Tag.PixelData, "OW", [1, 2, 3, 4]);
const instance = [
  element(Tag.SOPClassUID, "UI", ["1.2.840.10008.5.1.4.1.1.7", 0]),
  element(Tag.SOPInstanceUID, "UI", ["1.2.3", 0]),
];
const file = (...elements: readonly Bytes[]) => rawFile([instance, elements, pixels]);

/** A sequence that no row of Table E.1-1 names. */
const SEQUENCE = Tag.AnatomicRegionSequence;
/** A text that no row names. */
const TEXT = Tag.ManufacturerModelName;
/** An even group, and in no dictionary. */
const UNKNOWN = 0x00189ff0;
const PRIVATE_CREATOR = 0x00090010;
const PRIVATE = 0x00091001;

const IN_THE_DATA_SET: readonly (readonly [string, Uint8Array])[] = [
  ["in its place", file(named())],
  ["a second time", file(named(), named())],
  ["a second time, elsewhere", file(named(), element(Tag.Modality, "CS", "CT"), named())],
  ["among several values", file(element(Tag.PatientName, "PN", `A^B\\${NAME}`))],
  ["behind a NUL", file(element(Tag.PatientName, "PN", `A^B\0${NAME}`))],
  ["with VR UN", file(named("UN"))],
  ["with VR OB", file(named("OB"))],
  ["with VR UI", file(named("UI"))],
  ["with VR CS", file(named("CS"))],
  ["with letters that are no VR", file(named("ZZ"))],
  ["in implicit VR among explicit VR", file(implicitNamed)],
  ["in implicit VR", rawImplicitFile([implicitElement(Tag.SOPInstanceUID, "1.2"), implicitNamed])],
  ["longer than VR PN has room for", file(element(Tag.PatientName, "UN", [NAME, "x".repeat(7e4)]))],
  [
    "as long as a 16-bit length goes",
    file(named(), element(Tag.PatientID, "LO", NAME.repeat(5461))),
  ],
  ["behind the pixel data", rawFile([instance, pixels, named()])],
  ["before the first element", rawFile([named(), instance, pixels])],
  ["without meta information and preamble", bytesOf(instance, named(), pixels)],
  ["in another VR of a date", file(element(Tag.PatientBirthDate, "LO", NAME))],
  ["in a UID", file(element(Tag.StudyInstanceUID, "UI", NAME))],
  [
    "in a UID behind the standard's root",
    file(element(Tag.StudyInstanceUID, "UI", `1.2.840.10008.${NAME}`)),
  ],
  ["in a UID list", file(element(Tag.StudyInstanceUID, "UI", `1.2.840.10008.1.2\\${NAME}`))],
  ["as an instance's UID", rawFile([element(Tag.SOPInstanceUID, "UI", `1.2.840.10008.${NAME}`)])],
  ["as a sequence", file(element(Tag.PatientName, "SQ", item(element(TEXT, "LO", NAME))))],

  ["in an item", file(element(SEQUENCE, "SQ", item(named())))],
  ["in an item with a delimiter", file(openElement(SEQUENCE, "SQ", item(named())))],
  ["in an item of UN", file(element(SEQUENCE, "UN", item(implicitNamed)))],
  ["in an item of UN of undefined length", file(openElement(SEQUENCE, "UN", item(implicitNamed)))],
  ["in an item of UN that is explicit VR", file(element(SEQUENCE, "UN", item(named())))],
  ["in a sequence that is said to be OB", file(element(SEQUENCE, "OB", item(implicitNamed)))],
  ["in a sequence that is said to be encapsulated", file(openElement(SEQUENCE, "OB", item(NAME)))],
  ["in a sequence that is said to be text", file(element(SEQUENCE, "LO", NAME))],
  ["in a sequence that is none, in UN", file(element(SEQUENCE, "UN", [item(NAME), "damaged!"]))],
  ["in a sequence that is none, in implicit VR", rawImplicitFile(implicitElement(SEQUENCE, NAME))],
  ["in a sequence in the place of a text", file(element(TEXT, "SQ", item(named())))],
  ["in a sequence that no dictionary knows", file(element(UNKNOWN, "SQ", item(named())))],
  [
    "in a sequence in UN that no dictionary knows",
    file(element(UNKNOWN, "UN", item(implicitNamed))),
  ],
  [
    "in one of undefined length, in implicit VR",
    rawImplicitFile(openImplicitElement(UNKNOWN, item(implicitNamed))),
  ],
  ["in a reference that is text", file(element(Tag.ReferencedImageSequence, "LO", NAME))],
  [
    "in a sequence that is Type 1 somewhere, and is text",
    file(element(Tag.GraphicAnnotationSequence, "LO", NAME)),
  ],
  [
    "in an item behind an idle delimiter",
    file(element(SEQUENCE, "SQ", item([named(), bytesOf([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0])]))),
  ],
  [
    "in a person's code",
    file(
      element(
        SEQUENCE,
        "SQ",
        item(
          element(
            Tag.PersonIdentificationCodeSequence,
            "SQ",
            item(element(Tag.CodeValue, "SH", NAME)),
          ),
        ),
      ),
    ),
  ],
  [
    "in a report's text",
    file(element(Tag.ContentSequence, "SQ", item(element(Tag.TextValue, "UT", NAME)))),
  ],

  [
    "in a private element",
    file(element(PRIVATE_CREATOR, "LO", "ACME"), element(PRIVATE, "LO", NAME)),
  ],
  ["in a private creator", file(element(PRIVATE_CREATOR, "LO", NAME))],
  ["in a private element without creator", file(element(PRIVATE, "UN", NAME))],
  ["in a private sequence", file(element(PRIVATE, "SQ", item(named())))],
  [
    "in a private sequence in an item",
    file(element(SEQUENCE, "SQ", item(element(PRIVATE, "SQ", item(named()))))),
  ],
  ["in a private element between 5000 and 60FF", file(element(0x60011001, "LO", NAME))],
  ["in a private group length", file(element(0x00090000, "LO", NAME))],
  ["with a VR of names, in no dictionary", file(element(UNKNOWN, "PN", NAME))],
  ["in a group length", file(element(0x00100000, "LO", NAME))],
  ["in a command", rawFile([element(0x00001000, "LO", NAME), instance, pixels])],
  ["in a command in an item", file(element(SEQUENCE, "SQ", item(element(0x00000600, "AE", NAME))))],
  ["in meta information inside the data set", file(element(0x00020016, "AE", NAME))],
  [
    "in meta information in an item",
    file(element(SEQUENCE, "SQ", item(element(0x00020016, "AE", NAME)))),
  ],
  ["in directory information", file(element(0x00041130, "CS", NAME))],
  ["in an overlay's label", file(element(0x60001500, "LO", NAME))],
  ["in an overlay's data", file(element(0x60fe3000, "OW", NAME))],
  ["in a curve's description", file(element(0x50000022, "LO", NAME))],
  [
    "in an overlay in an item",
    file(element(SEQUENCE, "SQ", item(element(0x60001500, "LO", NAME)))),
  ],
  [
    "in an icon",
    file(element(Tag.IconImageSequence, "SQ", item(element(Tag.PixelData, "OW", NAME)))),
  ],
  [
    "in a digital signature",
    file(element(0xfffafffa, "SQ", item(element(0x04000120, "OB", NAME)))),
  ],
  [
    "in what was changed before",
    file(
      element(
        Tag.OriginalAttributesSequence,
        "SQ",
        item(element(Tag.ModifiedAttributesSequence, "SQ", item(named()))),
      ),
    ),
  ],
  [
    "in an earlier statement on de-identification",
    file(
      element(
        Tag.DeidentificationMethodCodeSequence,
        "SQ",
        item(element(Tag.CodeMeaning, "LO", NAME)),
      ),
    ),
  ],
  [
    "in the answer to whether it was removed",
    file(element(Tag.PatientIdentityRemoved, "CS", NAME)),
  ],
  ["in trailing padding", rawFile([instance, pixels, element(0xfffcfffc, "OB", NAME)])],
];

const AROUND_THE_DATA_SET: readonly (readonly [string, Uint8Array])[] = [
  ["in the preamble", bytesOf("II*\0", NAME, new Uint8Array(112), file().subarray(128))],
  ["in an AE title of the meta information", withMeta(element(0x00020016, "AE", NAME))],
  ["in private information of the meta information", withMeta(element(0x00020102, "OB", NAME))],
  ["in an unknown element of the meta information", withMeta(element(0x000200f0, "LO", NAME))],
  ["in a second transfer syntax", withMeta(element(0x00020010, "UI", NAME))],
  ["in less than an element's header at the end", bytesOf(file(), NAME.slice(0, 7))],
];

function withMeta(...elements: readonly Bytes[]): Uint8Array {
  const meta = writeFileMetaInformation({ transferSyntaxUid: "1.2.840.10008.1.2.1" });
  return bytesOf(meta, elements, instance, pixels);
}

const found = (bytes: Uint8Array) => holds(bytes, NAME.slice(0, 7));

describe("a name", () => {
  it.each(IN_THE_DATA_SET)("%s is gone", (_where, input) => {
    expect(found(input)).toBe(true);
    expect(found(undecided(input))).toBe(true);
    const output = pseudonymize(input);
    expect(found(output)).toBe(false);
    expect(() => readFile(output)).not.toThrow();
  });

  it.each(AROUND_THE_DATA_SET)("%s is gone", (_where, input) => {
    expect(found(input)).toBe(true);
    expect(found(rewriteBytes(readFile(input), {}))).toBe(true);
    const output = pseudonymize(input);
    expect(found(output)).toBe(false);
    expect(readFile(output).findings).toEqual([]);
  });
});

describe("a file is refused", () => {
  const refused: readonly (readonly [string, Uint8Array, string])[] = [
    [
      "whose transfer syntax is a text",
      rawFile([instance, named()], NAME),
      "UNSUPPORTED_TRANSFER_SYNTAX",
    ],
    ["that goes on behind zeros", bytesOf(file(), new Uint8Array(16), NAME), "BAD_LENGTH"],
    ["that has elements behind zeros", bytesOf(file(), new Uint8Array(16), named()), "BAD_LENGTH"],
    [
      "whose SOP class is a text",
      rawFile([element(Tag.SOPClassUID, "UI", NAME), named()]),
      "BAD_VALUE",
    ],
    [
      "whose item reaches beyond its sequence",
      file(element(SEQUENCE, "SQ", [0xfe, 0xff, 0, 0xe0, 24, 0, 0, 0, named()])),
      "BAD_LENGTH",
    ],
    [
      "that has a sequence twice",
      file(element(SEQUENCE, "SQ", item(named())), element(SEQUENCE, "SQ", item(named()))),
      "DUPLICATE_SEQUENCE",
    ],
    [
      "that has a sequence as text too",
      file(element(SEQUENCE, "SQ", item(named())), element(SEQUENCE, "LO", NAME)),
      "BAD_PATH",
    ],
    [
      "that has a sequence and a value under one tag that no dictionary knows",
      file(element(UNKNOWN, "LO", "AB"), element(UNKNOWN, "SQ", item(named()))),
      "BAD_PATH",
    ],
  ];

  it.each(refused)("%s, and the error does not name anybody", (_what, input, code) => {
    try {
      pseudonymize(input);
    } catch (error) {
      expect((isDicomError(error) || isPseudonymizerError(error)) && error.code).toBe(code);
      expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain("CANARY");
      return;
    }
    throw new Error("it was not refused");
  });
});

describe("what no rule names stays, as the README says", () => {
  it.each<readonly [string, number, VR]>([
    ["text in an attribute that no row names", TEXT, "LO"],
    ["a value of an attribute that no dictionary knows", UNKNOWN, "LO"],
    ["pixel data", 0x7fe00008, "OF"],
  ])("%s", (_what, tag, vr) => {
    expect(found(pseudonymize(file(element(tag, vr, NAME))))).toBe(true);
  });
});
