/**
 * Data sets at random, for fast-check: all VRs, nested, empty values, text in many scripts.
 *
 * @module
 */
import fc from "fast-check";
import { vrOfTag } from "../src/dictionary/vr-of-tag.js";
import * as Tag from "../src/tags.js";
import { isVR, type VR, VRS } from "../src/vr.js";
import type { ElementInit, ElementValueInit } from "../src/write/element-init.js";

/** Makes a data set one of UTF-8, so that edits may be any text; no data set at random has this tag. */
export const UTF_8_TEXT: ElementInit = { tag: 0x00104000, vr: "LT", value: "ü" };

/** Standard elements that need nobody to decide their VR, and are not the writer's own affair. */
const TAGS_OF_VR: ReadonlyMap<VR, readonly number[]> = groupTags();

function groupTags(): ReadonlyMap<VR, readonly number[]> {
  const groups = new Map<VR, number[]>();
  for (const tag of Object.values(Tag)) {
    const vr = vrOfTag(tag);
    const isDerived = (tag & 0xffff) === 0 || tag === 0x00080005 || tag >>> 16 === 2;
    // (0004,1220) would make a DICOMDIR of the file, which cannot be edited.
    const isTaken = tag >>> 16 === 4 || tag === UTF_8_TEXT.tag;
    if (vr === undefined || !isVR(vr) || isDerived || isTaken) continue;
    groups.set(vr, [...(groups.get(vr) ?? []), tag]);
  }
  // PS3.6 has no element of VR UN but this one.
  return groups.set("UN", [0x0072006d]);
}

/** Which data sets are made. */
export interface DatasetOptions {
  /** Whether private elements have any VR; else, for implicit VR, only UN. */
  readonly explicitVR: boolean;
  /** Whether text may be more than ASCII. */
  readonly unicode?: boolean;
}

/** A value for a VR, SQ excepted. */
export function arbitraryValue(
  vr: Exclude<VR, "SQ">,
  unicode = true,
): fc.Arbitrary<ElementValueInit> {
  switch (VRS[vr].kind) {
    case "text":
      return VRS[vr].multiValued
        ? fc.array(arbitraryText(vr, unicode), { maxLength: 4 })
        : arbitraryText(vr, unicode);
    case "number":
      return fc.array(NUMBERS[vr as keyof typeof NUMBERS], { maxLength: 4 });
    case "bigint":
      return fc.array(
        vr === "SV"
          ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
          : fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        { maxLength: 4 },
      );
    case "tag":
      return fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 4 });
    default:
      return arbitraryBytes(Math.max(2, VRS[vr].unitBytes));
  }
}

function arbitraryBytes(unitBytes: number): fc.Arbitrary<Uint8Array> {
  return fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => bytes.slice(0, bytes.length - (bytes.length % unitBytes)));
}

const NUMBERS = {
  US: fc.nat({ max: 0xffff }),
  SS: fc.integer({ min: -0x8000, max: 0x7fff }),
  UL: fc.nat({ max: 0xffffffff }),
  SL: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  FL: fc.float(),
  FD: fc.double(),
};

/** One letter each of scripts that are written in one to four bytes, from left and from right, and composed. */
const LETTERS = [..."aZ09 .,^=-_~éßñŁőЖΩשمहไกあ漢字한글ﾔ½€😀𝄞\u0301"];
const ASCII = [..."aZ09 .,^=-_~/()"];

const letters = (units: readonly string[], maxLength = 12) =>
  fc.string({ unit: fc.constantFrom(...units), maxLength });

function arbitraryText(vr: VR, unicode: boolean): fc.Arbitrary<string> {
  switch (vr) {
    case "UI":
      return fc.array(fc.nat({ max: 99999 }), { maxLength: 6 }).map((parts) => parts.join("."));
    case "DS":
      return fc.oneof(
        fc.constant(""),
        fc.integer().map(String),
        fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x.toExponential(5)),
      );
    case "IS":
      return fc.oneof(fc.constant(""), fc.integer().map(String));
    case "DA":
    case "TM":
    case "DT":
    case "AS":
      return letters([..."0123456789"], 8);
    case "CS":
      return letters([..."ABC_0"], 10);
    case "AE":
      return letters(ASCII).map((text) => text.trim());
    case "UR":
      return letters([..."abc/:%.?"], 20);
    default: {
      const units = unicode ? LETTERS : ASCII;
      // A backslash is a character where there is one value only.
      const more = VRS[vr].multiValued ? [] : ["\\", "\n"];
      return letters([...units, ...more]).map((text) => text.trim());
    }
  }
}

const ALL_VRS = Object.keys(VRS) as readonly VR[];

/** The elements of a data set, in order, down to sequences of sequences. */
export function arbitraryDataset(options: DatasetOptions): fc.Arbitrary<readonly ElementInit[]> {
  return datasetOfDepth(3, options);
}

function datasetOfDepth(
  depth: number,
  options: DatasetOptions,
): fc.Arbitrary<readonly ElementInit[]> {
  const vrs = ALL_VRS.filter((vr) => vr !== "SQ" || depth > 0);
  return fc
    .uniqueArray(
      fc.constantFrom(...vrs).chain((vr) => arbitraryElement(vr, depth, options)),
      { maxLength: 8, selector: ({ tag }) => tag },
    )
    .map((elements) => elements.toSorted((a, b) => a.tag - b.tag));
}

function arbitraryElement(
  vr: VR,
  depth: number,
  options: DatasetOptions,
): fc.Arbitrary<ElementInit> {
  const value: fc.Arbitrary<ElementValueInit> =
    vr === "SQ"
      ? fc.array(datasetOfDepth(depth - 1, options), { maxLength: 3 })
      : arbitraryValue(vr, options.unicode);
  return fc.record({ tag: arbitraryTag(vr, options), vr: fc.constant(vr), value });
}

function arbitraryTag(vr: VR, { explicitVR }: DatasetOptions): fc.Arbitrary<number> {
  const standard = fc.constantFrom(...(TAGS_OF_VR.get(vr) as readonly number[]));
  const creator = fc.integer({ min: 0x00090010, max: 0x000900ff });
  const inBlock = fc.integer({ min: 0x00091000, max: 0x000910ff });
  if (vr === "LO") return fc.oneof(standard, creator);
  return explicitVR || vr === "UN" ? fc.oneof(standard, inBlock) : standard;
}

/** What is read of elements that were written: values as lists, of which there are none if there is no value. */
export function expectedOf(elements: readonly ElementInit[]): readonly ElementInit[] {
  return elements.map(({ tag, vr = "UN", value }) => {
    if (vr === "SQ") {
      return { tag, vr, value: (value as readonly (readonly ElementInit[])[]).map(expectedOf) };
    }
    if (VRS[vr].kind !== "text") return { tag, vr, value };
    const values = typeof value === "string" ? [value] : (value as readonly string[]);
    return { tag, vr, value: values.length === 1 && values[0] === "" ? [] : values };
  });
}
