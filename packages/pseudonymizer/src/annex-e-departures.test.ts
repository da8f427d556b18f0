import { formatTag } from "@dsail/dicom-core";
import { vrOfTag } from "@dsail/dicom-core/dictionary";
import { describe, expect, it } from "vitest";
import {
  isRemovedGroup,
  MORE_REMOVED,
  MORE_UIDS,
  VRS_TREATED_ALIKE,
} from "./annex-e-departures.js";
import { ANNEX_E_ROWS } from "./generated/annex-e.js";

const named = new Set(ANNEX_E_ROWS.map(({ tag }) => tag));

describe("the departures from Table E.1-1", () => {
  it("concern attributes that no row names, so that none overrides the standard", () => {
    const departures = [...MORE_UIDS, ...MORE_REMOVED.keys()];
    expect(departures.filter((tag) => named.has(tag)).map(formatTag)).toEqual([]);
    expect(departures.filter((tag) => vrOfTag(tag) === undefined)).toEqual([]);
    expect(new Set(departures).size).toBe(departures.length);
  });

  it("replace as UIDs what has VR UI only", () => {
    expect(new Set([...MORE_UIDS].map((tag) => vrOfTag(tag)))).toEqual(new Set(["UI"]));
  });

  it("say why an attribute goes", () => {
    for (const [tag, reason] of MORE_REMOVED) expect(reason, formatTag(tag)).toMatch(/\w+ \w+/);
  });

  it("treat alike the VRs that date or name", () => {
    expect([...VRS_TREATED_ALIKE].sort()).toEqual(["DA", "DT", "PN", "TM"]);
  });
});

describe("isRemovedGroup", () => {
  it("removes commands, meta and directory information, signatures, padding and delimiters", () => {
    const removed = [0x0000, 0x0002, 0x0004, 0xfffa, 0xfffc, 0xfffe];
    expect(removed.filter((group) => !isRemovedGroup(group))).toEqual([]);
  });

  it("keeps the groups of which an image consists", () => {
    const kept = [0x0008, 0x0010, 0x0018, 0x0020, 0x0028, 0x0040, 0x4fff, 0x5200, 0x5400, 0x7fe0];
    expect(kept.filter(isRemovedGroup)).toEqual([]);
  });

  it("removes all of 50xx and 60xx, also above 501E and 601E, where PS3.5 7.6 ends them", () => {
    for (let low = 0; low <= 0xff; low++) {
      expect(isRemovedGroup(0x5000 + low)).toBe(true);
      expect(isRemovedGroup(0x6000 + low)).toBe(true);
    }
  });
});
