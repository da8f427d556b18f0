/**
 * One data set in every encoding that can be written: whatever the encoding, the same comes out.
 */
import {
  type Dataset,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  datasetToJson,
  type ElementInit,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findElement,
  formatJson,
  IMPLICIT_VR_LITTLE_ENDIAN,
  readFile,
  readNumbers,
  readStrings,
  writeFile,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { createPseudonymizer } from "../src/pseudonymize.js";
import { holds } from "./canary.js";
import { KEY } from "./keys.js";
import { bytesOf, element, implicitElement, item, rawFile } from "./raw-elements.js";

const pseudonymize = createPseudonymizer({ key: KEY });

const code = (meaning: string): ElementInit[] => [
  { tag: Tag.CodeValue, vr: "SH", value: "T-A0100" },
  { tag: Tag.CodeMeaning, vr: "LO", value: meaning },
];
const secrets: readonly ElementInit[] = [
  { tag: Tag.PatientName, vr: "PN", value: "Canary^Carol" },
  { tag: Tag.PatientBirthDate, vr: "DA", value: "19640229" },
  { tag: Tag.ReferencedSOPInstanceUID, vr: "UI", value: "1.2.3.314159265" },
  { tag: 0x00290010, vr: "LO", value: "CANARY HEADER" },
  { tag: 0x00291010, vr: "SQ", value: [[{ tag: Tag.PatientID, vr: "LO", value: "Canary 4711" }]] },
];

/** Three sequences deep, none of which a row of Table E.1-1 names. */
const tree: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" },
  { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3.314159265" },
  { tag: Tag.Modality, vr: "CS", value: "OT" },
  ...secrets.filter(({ tag }) => tag !== Tag.ReferencedSOPInstanceUID),
  { tag: Tag.PatientID, vr: "LO", value: "Canary 4711" },
  {
    tag: Tag.AnatomicRegionSequence,
    vr: "SQ",
    value: [
      [...code("one"), ...secrets],
      [
        ...code("two"),
        {
          tag: Tag.AnatomicRegionModifierSequence,
          vr: "SQ",
          value: [
            [
              ...code("three"),
              ...secrets,
              {
                tag: Tag.AnatomicRegionSequence,
                vr: "SQ",
                value: [[...code("four"), ...secrets], []],
              },
            ],
          ],
        },
      ],
    ],
  },
  { tag: Tag.Rows, vr: "US", value: 2 },
  { tag: Tag.PixelData, vr: "OW", value: Uint8Array.of(1, 2, 3, 4) },
];

const MARKS = ["Canary", "CANARY", "19640229", "314159265"];

const SYNTAXES = [
  ["explicit VR little endian", EXPLICIT_VR_LITTLE_ENDIAN],
  ["implicit VR little endian", IMPLICIT_VR_LITTLE_ENDIAN],
  ["explicit VR big endian", EXPLICIT_VR_BIG_ENDIAN],
  ["deflated", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN],
] as const;

const encodings = SYNTAXES.flatMap(([name, syntax]) =>
  [false, true].map(
    (undefinedLengths) =>
      [
        `${name}, ${undefinedLengths ? "delimiters" : "lengths"}`,
        syntax,
        undefinedLengths,
      ] as const,
  ),
);

/** The bytes that the data set was read from: inflated, if it was deflated. */
const plainBytes = (dataset: Dataset) => dataset.source.parts[0]!.bytes;

function inItems(dataset: Dataset): Dataset {
  const first = findElement(dataset, Tag.AnatomicRegionSequence)!.items![1]!;
  const second = findElement(first, Tag.AnatomicRegionModifierSequence)!.items![0]!;
  return findElement(second, Tag.AnatomicRegionSequence)!.items![0]!;
}

describe("a file", () => {
  it.each(encodings)("in %s loses its identifiers at every depth", (_name, syntax, open) => {
    const input = writeFile(tree, { transferSyntaxUid: syntax, undefinedLengths: open });
    const before = plainBytes(readFile(input).dataset);
    for (const mark of MARKS) expect(holds(before, mark), mark).toBe(true);
    const { dataset, findings, transferSyntax } = readFile(pseudonymize(input));
    expect(findings).toEqual([]);
    expect(transferSyntax.uid).toBe(syntax);
    for (const mark of MARKS) expect(holds(plainBytes(dataset), mark), mark).toBe(false);
  });

  it.each(encodings)("in %s keeps what no rule names", (_name, syntax, open) => {
    const input = writeFile(tree, { transferSyntaxUid: syntax, undefinedLengths: open });
    const { dataset } = readFile(pseudonymize(input));
    expect(readStrings(dataset, Tag.Modality)).toEqual(["OT"]);
    expect(readNumbers(dataset, Tag.Rows)).toEqual([2]);
    const deepest = inItems(dataset);
    expect(readStrings(deepest, Tag.CodeMeaning)).toEqual(["four"]);
    expect(deepest.elements.map(({ tag }) => tag)).toEqual([
      Tag.CodeValue,
      Tag.CodeMeaning,
      Tag.ReferencedSOPInstanceUID,
      Tag.PatientName,
      Tag.PatientBirthDate,
    ]);
  });

  it("comes out the same in all of them", () => {
    const [first, ...others] = encodings.map(([, transferSyntaxUid, undefinedLengths]) => {
      const input = writeFile(tree, { transferSyntaxUid, undefinedLengths });
      return formatJson(datasetToJson(readFile(pseudonymize(input)).dataset));
    });
    expect(first).toContain('"four"');
    for (const other of others) expect(other).toBe(first);
  });
});

describe("a sequence in UN (PS3.5 6.2.2)", () => {
  const explicitItem = item(
    element(Tag.CodeMeaning, "LO", "one"),
    element(Tag.PatientName, "PN", "Canary^Carol"),
  );
  const implicitItem = item(
    implicitElement(Tag.CodeMeaning, "one"),
    implicitElement(
      Tag.AnatomicRegionSequence,
      item(
        implicitElement(Tag.CodeMeaning, "two"),
        implicitElement(Tag.PatientName, "Canary^Carol"),
      ),
    ),
    implicitElement(Tag.PatientName, "Canary^Carol"),
  );

  it("is read as implicit VR, cleaned inside, and stays UN", () => {
    const input = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(Tag.AnatomicRegionSequence, "UN", implicitItem),
    ]);
    const output = pseudonymize(input);
    expect(holds(output, "Canary")).toBe(false);
    const { dataset, findings } = readFile(output);
    expect(findings).toEqual([]);
    const sequence = findElement(dataset, Tag.AnatomicRegionSequence)!;
    expect(sequence.vr).toBe("UN");
    const [outer] = sequence.items!;
    expect(outer!.encoding.explicitVR).toBe(false);
    expect(readStrings(outer!, Tag.CodeMeaning)).toEqual(["one"]);
    const [inner] = findElement(outer!, Tag.AnatomicRegionSequence)!.items!;
    expect(readStrings(inner!, Tag.CodeMeaning)).toEqual(["two"]);
    expect(readStrings(inner!, Tag.PatientName)).toEqual([]);
  });

  it("may be explicit VR, against the standard", () => {
    const input = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      element(Tag.AnatomicRegionSequence, "UN", explicitItem),
    ]);
    const output = pseudonymize(input);
    expect(holds(output, "Canary")).toBe(false);
    const [first] = findElement(readFile(output).dataset, Tag.AnatomicRegionSequence)!.items!;
    expect(readStrings(first!, Tag.CodeMeaning)).toEqual(["one"]);
  });
});

describe("lengths", () => {
  it("of sequences and items are right where what is in them became longer or shorter", () => {
    for (const value of ["", "C^D", "Canary^".repeat(8)]) {
      const holder = { tag: Tag.PatientName, vr: "PN", value } as const;
      const input = writeFile([
        { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
        { tag: Tag.AnatomicRegionSequence, vr: "SQ", value: [[holder], [holder], []] },
        { tag: Tag.Rows, vr: "US", value: 2 },
      ]);
      const { dataset, findings } = readFile(pseudonymize(input));
      expect(findings).toEqual([]);
      expect(findElement(dataset, Tag.AnatomicRegionSequence)!.items!.length).toBe(3);
      expect(readNumbers(dataset, Tag.Rows)).toEqual([2]);
    }
  });

  it("of groups are gone, since they no longer hold", () => {
    const length = element(0x00100000, "UL", [18, 0, 0, 0]);
    const input = rawFile([
      element(Tag.SOPInstanceUID, "UI", "1.2.3\0"),
      length,
      element(Tag.PatientName, "PN", "Canary^Car"),
    ]);
    expect(findElement(readFile(input).dataset, 0x00100000)).toBeDefined();
    const { dataset, findings } = readFile(pseudonymize(input));
    expect(findElement(dataset, 0x00100000)).toBeUndefined();
    expect(findings).toEqual([]);
  });
});

describe("the input", () => {
  it("stays as it is, and may be a Buffer", () => {
    const input = Buffer.from(writeFile(tree, { undefinedLengths: true }));
    const before = bytesOf(input);
    const output = pseudonymize(input);
    expect(bytesOf(input)).toEqual(before);
    output.fill(0);
    expect(bytesOf(input)).toEqual(before);
  });
});
