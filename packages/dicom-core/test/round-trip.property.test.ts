/**
 * What must hold for any data set: reading gives what was written, rewriting does what its edits say and no more, and a
 * header is that of the whole file.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ByteRange } from "../src/byte-source.js";
import type { Path } from "../src/path.js";
import { readFile, readHeaderSync } from "../src/read/part10.js";
import type { Edit } from "../src/rewrite/edit.js";
import { rewriteBytes } from "../src/rewrite/rewrite-file.js";
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from "../src/transfer-syntax.js";
import type { VR } from "../src/vr.js";
import { datasetToElements } from "../src/write/dataset-to-elements.js";
import type { ElementInit, ElementValueInit } from "../src/write/element-init.js";
import { writeFile } from "../src/write/part10.js";
import { applyEdits } from "./apply-edits.js";
import { arbitraryDataset, arbitraryValue, expectedOf, UTF_8_TEXT } from "./arbitrary-dataset.js";
import { structureOf } from "./same-file.js";

const NUM_RUNS = 100;

const CASES = [
  ["implicit VR little endian", IMPLICIT_VR_LITTLE_ENDIAN],
  ["explicit VR little endian", EXPLICIT_VR_LITTLE_ENDIAN],
  ["explicit VR big endian", EXPLICIT_VR_BIG_ENDIAN],
  ["deflated explicit VR little endian", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN],
].flatMap(([name, uid]) =>
  [false, true].map((undefinedLengths) => ({
    name: `${name}, ${undefinedLengths ? "delimiters" : "lengths"}`,
    options: { transferSyntaxUid: uid as string, undefinedLengths },
    explicitVR: uid !== IMPLICIT_VR_LITTLE_ENDIAN,
  })),
);

/** The elements of a file's data set, without the character set, which the writer adds. */
const decoded = (bytes: Uint8Array) =>
  datasetToElements(readFile(bytes).dataset).filter(({ tag }) => tag !== 0x00080005);

describe.each(CASES)("any data set in $name", ({ options, explicitVR }) => {
  const datasets = arbitraryDataset({ explicitVR });

  it("is read as it was written, without findings", () => {
    fc.assert(
      fc.property(datasets, (elements) => {
        const bytes = writeFile(elements, options);
        expect(readFile(bytes).findings).toEqual([]);
        expect(decoded(bytes)).toEqual(expectedOf(elements));
      }),
      { numRuns: 2 * NUM_RUNS },
    );
  });

  it("comes out byte for byte where edits change nothing, at any depth", () => {
    fc.assert(
      fc.property(datasets, (elements) => {
        const bytes = writeFile(elements, options);
        const file = readFile(bytes);
        expect(rewriteBytes(file, {})).toEqual(bytes);
        expect(rewriteBytes(file, { dataset: idleEdits(elements, []) })).toEqual(bytes);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("is edited as if it had been written so", () => {
    const edited = datasets.chain((elements) => fc.tuple(fc.constant(elements), editsOf(elements)));
    fc.assert(
      fc.property(edited, ([elements, edits]) => {
        const file = readFile(writeFile([...elements, UTF_8_TEXT], options));
        const rewritten = rewriteBytes(file, { dataset: edits });
        expect(readFile(rewritten).findings).toEqual([]);
        const expected = applyEdits([...elements, UTF_8_TEXT], edits);
        expect(decoded(rewritten)).toEqual(expectedOf(expected));
      }),
      { numRuns: 2 * NUM_RUNS },
    );
  });

  it("has one header, whether the whole file is there or only what is asked for", () => {
    const large = fc.record({
      tag: fc.constantFrom(0x00091001, 0x00420011, 0x7fe00010, 0xfffcfffc),
      vr: fc.constantFrom<VR>("OB", "OW", "UN", "UT"),
      value: fc.integer({ min: 30_000, max: 200_000 }).map((n) => new Uint8Array(2 * n).fill(0x20)),
    });
    const withLarge = fc.tuple(datasets, large, fc.boolean()).map(([elements, value, nested]) => {
      const others = elements.filter(({ tag }) => tag !== value.tag && tag !== 0x00081110);
      return nested
        ? [...others, { tag: 0x00081110, value: [[value], elements] }]
        : [...others, value];
    });
    fc.assert(
      fc.property(withLarge, (elements) => {
        const bytes = writeFile(elements, options);
        const read = ({ byteOffset, length }: ByteRange) =>
          bytes.slice(byteOffset, byteOffset + length);
        expect(structureOf(readHeaderSync(bytes.length, read))).toEqual(
          structureOf(readFile(bytes)),
        );
      }),
      { numRuns: NUM_RUNS / 4 },
    );
  });
});

/** Removes from every item what is not there: nothing changes, but every length is computed anew. */
function idleEdits(elements: readonly ElementInit[], prefix: Path): readonly Edit[] {
  const nowhere = [...prefix, 0x00091fff];
  return [
    { kind: "remove", path: nowhere },
    ...elements.flatMap(({ tag, vr, value }) => {
      const items = vr === "SQ" ? (value as readonly (readonly ElementInit[])[]) : [];
      return items.flatMap((item, i) => idleEdits(item, [...prefix, tag, i]));
    }),
  ];
}

/** Some edits of a data set, none of which concerns what another one does. */
function editsOf(elements: readonly ElementInit[]): fc.Arbitrary<readonly Edit[]> {
  return fc
    .array(fc.oneof(...placesOf(elements, [])), { maxLength: 6 })
    .map((edits) =>
      edits.filter(({ path }, i) => !edits.slice(0, i).some((other) => overlap(path, other.path))),
    );
}

function overlap(a: Path, b: Path): boolean {
  return a.slice(0, b.length).every((step, i) => step === b[i]);
}

/** An arbitrary edit for each place in a data set where there may be one. */
function placesOf(elements: readonly ElementInit[], prefix: Path): fc.Arbitrary<Edit>[] {
  const inserts: readonly (readonly [number, Exclude<VR, "SQ">])[] = [
    [0x00080018, "UI"],
    [0x00100010, "PN"],
    [0x0040a160, "UT"],
  ];
  return [
    ...inserts.map(([tag, vr]) => setAt([...prefix, tag], vr)),
    ...elements.flatMap(({ tag, vr, value }) => {
      const path = [...prefix, tag];
      const remove = fc.constant<Edit>({ kind: "remove", path });
      if (vr !== "SQ") return [remove, setAt(path, vr as Exclude<VR, "SQ">)];
      const items = value as readonly (readonly ElementInit[])[];
      return [
        remove,
        insertAt(path, items.length),
        ...items.flatMap((item, i) => [
          fc.constant<Edit>({ kind: "remove", path: [...path, i] }),
          ITEM.map((content): Edit => ({ kind: "setItem", path: [...path, i], elements: content })),
          insertAt(path, i),
          ...placesOf(item, [...path, i]),
        ]),
      ];
    }),
  ];
}

const ITEM = arbitraryDataset({ explicitVR: false });

function setAt(path: Path, vr: Exclude<VR, "SQ">): fc.Arbitrary<Edit> {
  return arbitraryValue(vr).map(
    (value: ElementValueInit): Edit => ({ kind: "set", path, vr, value }),
  );
}

function insertAt(path: Path, index: number): fc.Arbitrary<Edit> {
  return ITEM.map((elements): Edit => ({ kind: "insertItem", path: [...path, index], elements }));
}
