import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isVR } from "../vr.js";
import { keywordOfTag, lookupKeyword, lookupTag, tagOfKeyword } from "./lookup.js";
import { isInTagRange, parseTagRange } from "./tag-range.js";
import { vrOfTag } from "./vr-of-tag.js";

interface Row {
  readonly tag: string;
  readonly keyword: string;
  readonly vr: string;
  readonly vm: string;
  readonly retired: string;
  readonly name: string;
}

/** The table itself, read by other code than the generator's. */
const rows: readonly Row[] = readFileSync(
  new URL("../../data/ps3.6-2025b-data-elements.csv", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => {
    const match = /^"(\(.{9}\))",(\w*),([\w ]*),([\w -]*),([YN]),(?:"(.*)"|(.*))$/.exec(
      line.trim(),
    );
    if (match === null) throw new Error(`not understood: ${line}`);
    const [, tag, keyword, vr, vm, retired, quoted, plain] = match as unknown as string[];
    return { tag, keyword, vr, vm, retired, name: quoted ?? plain } as Row;
  });

const repeating = rows.filter((row) => row.tag.includes("X"));
const fixed = rows.filter((row) => !row.tag.includes("X"));
const tagOf = (row: Row) => Number.parseInt(row.tag.replace(/\W/g, ""), 16);

/** What is wrong with the entry that the dictionary has for a row; nothing if all is well. */
function differences(row: Row, tag: number): string[] {
  const entry = lookupTag(tag);
  const expected = {
    tag,
    vr: row.vr === "" || row.vr.startsWith("See") ? undefined : row.vr,
    vm: row.vm || "1",
    keyword: row.keyword,
    name: row.name,
    retired: row.retired === "Y",
  };
  return Object.entries(expected)
    .filter(([field, value]) => entry?.[field as keyof typeof expected] !== value)
    .map(([field]) => `${row.tag} ${field}`);
}

describe("the dictionary", () => {
  it("has the rows of PS3.6 2025b, each tag and keyword once", () => {
    expect(rows.length).toBe(5291);
    expect(repeating.length).toBe(88);
    expect(new Set(rows.map((row) => row.tag)).size).toBe(5291);
    expect(rows.filter((row) => row.keyword === "").length).toBe(7);
    expect(new Set(rows.map((row) => row.keyword)).size).toBe(5291 - 7 + 1);
  });

  it("says of every fixed tag what the table says", () => {
    expect(fixed.flatMap((row) => differences(row, tagOf(row)))).toEqual([]);
  });

  it("says of the first and of a later tag of every repeating row what the table says", () => {
    expect(
      repeating.flatMap((row) => {
        const first = tagOfKeyword(row.keyword) as number;
        const range = parseTagRange(row.tag);
        // All x as the same digit, but even in a group: (6002,3000), (0028,0420), (1010,2222).
        const later = Number.parseInt(row.tag.replace(/\W/g, "").replaceAll("X", "2"), 16);
        const isInside = isInTagRange(first, range) && isInTagRange(later, range);
        return [
          ...differences(row, first),
          ...differences(row, later),
          ...(isInside ? [] : [row.tag]),
        ];
      }),
    ).toEqual([]);
  });

  it("would notice a row that is not as in the table", () => {
    const row = fixed.find(({ keyword }) => keyword === "PatientName") as Row;
    expect(differences({ ...row, name: "Patient Name", vr: "LO" }, 0x00100010)).toEqual([
      "(0010,0010) vr",
      "(0010,0010) name",
    ]);
  });

  it("leads from every keyword to its tag and back", () => {
    const named = rows.filter((row) => row.keyword !== "");
    expect(
      named.filter(({ keyword }) => keywordOfTag(tagOfKeyword(keyword) as number) !== keyword),
    ).toEqual([]);
    expect(fixed.filter((row) => keywordOfTag(tagOf(row)) !== (row.keyword || undefined))).toEqual(
      [],
    );
  });

  it("uses no VR but those of PS3.5 and the four ambiguous ones of PS3.6", () => {
    const vrs = new Set(rows.map((row) => lookupTag(tagOf(row))?.vr ?? "none"));
    expect([...vrs].filter((vr) => !isVR(vr)).sort()).toEqual([
      "OB or OW",
      "US or OW",
      "US or SS",
      "US or SS or OW",
      "none",
    ]);
  });
});

describe("lookupTag", () => {
  it("knows Patient's Name (PS3.6 Table 6-1)", () => {
    expect(lookupTag(0x00100010)).toEqual({
      tag: 0x00100010,
      vr: "PN",
      vm: "1",
      keyword: "PatientName",
      name: "Patient's Name",
      retired: false,
    });
  });

  it("knows what is retired, and keywords that are not the name without spaces", () => {
    expect(lookupTag(0x00080001)).toMatchObject({ keyword: "LengthToEnd", retired: true });
    expect(lookupTag(0x00081048)).toMatchObject({ keyword: "PhysiciansOfRecord", vm: "1-n" });
    expect(lookupTag(0x00181153)).toMatchObject({
      keyword: "ExposureInuAs",
      name: "Exposure in µAs",
    });
  });

  it("gives an entry of a repeating group the tag that was asked for", () => {
    expect(lookupTag(0x60023000)).toMatchObject({ tag: 0x60023000, keyword: "OverlayData" });
    expect(lookupKeyword("OverlayData")).toMatchObject({ tag: 0x60003000, vr: "OB or OW" });
    expect(lookupKeyword("RowsForNthOrderCoefficients")?.tag).toBe(0x00280410);
    expect(lookupTag(0x00280400)?.keyword).toBe("TransformLabel");
  });

  it("lists items without a VR", () => {
    expect(lookupTag(0xfffee000)).toMatchObject({ keyword: "Item", vr: undefined });
  });

  it("does not know private elements, their creators, and tags that are in no table", () => {
    for (const tag of [0x00090010, 0x00091001, 0x60013000, 0x00000000, 0x00100000, 0x00109999]) {
      expect(lookupTag(tag), tag.toString(16)).toBeUndefined();
    }
    expect(tagOfKeyword("PatientsName")).toBeUndefined();
    expect(tagOfKeyword("")).toBeUndefined();
    expect(lookupKeyword("toString")).toBeUndefined();
  });
});

describe("vrOfTag", () => {
  it.each([
    ["(0010,0010) Patient's Name", 0x00100010, "PN"],
    ["(7FE0,0010) Pixel Data", 0x7fe00010, "OB or OW"],
    ["(7F00,0010) Variable Pixel Data", 0x7f000010, "OB or OW"],
    ["(6002,3000) Overlay Data", 0x60023000, "OB or OW"],
    ["(601E,0010) Overlay Rows", 0x601e0010, "US"],
    ["(5000,3000) Curve Data", 0x50003000, "OB or OW"],
    ["(0020,3101) Source Image IDs", 0x00203101, "CS"],
    ["(0028,0106) Smallest Image Pixel Value", 0x00280106, "US or SS"],
    ["(0028,1200) Gray Lookup Table Data", 0x00281200, "US or SS or OW"],
    ["(0028,3006) LUT Data", 0x00283006, "US or OW"],
    ["(0028,0432) Coefficient Coding", 0x00280432, "LO"],
    ["(1000,0125) Shift Table Triplet", 0x10000125, "US"],
    ["(1010,0004) Zonal Map", 0x10100004, "US"],
    ["a group length", 0x00100000, "UL"],
    ["the group length of a repeating group", 0x60020000, "UL"],
    ["the group length of (1000,xxx0)", 0x10000000, "UL"],
    ["a private group length", 0x00090000, "UL"],
    ["a private creator", 0x00090010, "LO"],
    ["the last private creator", 0x000900ff, "LO"],
    ["a private element", 0x00091001, undefined],
    ["a private element that resembles an overlay", 0x60013000, undefined],
    ["an odd element that may not be", 0x00090001, undefined],
    ["an unknown element", 0x00109999, undefined],
    ["an unknown element of an overlay", 0x60029999, undefined],
    ["an item", 0xfffee000, undefined],
    ["a retired element that is only numbered", 0x00080202, undefined],
  ])("knows %s", (_, tag, vr) => {
    expect(vrOfTag(tag)).toBe(vr);
  });
});
