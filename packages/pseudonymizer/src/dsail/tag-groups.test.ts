import { tagOfKeyword } from "@dsail/dicom-core/dictionary";
import { describe, expect, it } from "vitest";
import { ANNEX_E_2013 } from "../generated/annex-e-2013.js";
import { parseDsailTag } from "./tag.js";
import * as groups from "./tag-groups.js";

describe("D-SAIL's groups of tags", () => {
  it("have as many tags as D-SAIL's, 247 in all", () => {
    const counts = Object.entries(groups).map(([name, tags]) => [name, tags.length]);
    expect(Object.fromEntries(counts)).toEqual({
      ALL_TAGS: 247,
      D_TAGS: 5,
      P_TAGS: 1,
      U_TAGS: 29,
      X_D_TAGS: 7,
      X_TAGS: 177,
      X_Z_D_TAGS: 6,
      X_Z_TAGS: 6,
      X_Z_U_STAR_TAGS: 2,
      Z_D_TAGS: 3,
      Z_TAGS: 11,
    });
  });

  it("have each tag once, and each is one", () => {
    expect(new Set(groups.ALL_TAGS).size).toBe(247);
    for (const tag of groups.ALL_TAGS) expect(() => parseDsailTag(tag)).not.toThrow();
    const ranges = groups.ALL_TAGS.filter((tag) => parseDsailTag(tag).range !== undefined);
    expect(ranges).toEqual(["(50xx,xxxx)", "(60xx,3000)", "(60xx,4000)"]);
  });

  it("leave out Accession Number alone, which goes with the Patient ID", () => {
    const rest = ANNEX_E_2013.map(([tag]) => tag).filter((tag) => !groups.ALL_TAGS.includes(tag));
    expect(rest).toEqual(["(0008,0050)"]);
  });

  it.each([
    ["GraphicAnnotationSequence", groups.D_TAGS],
    ["PatientName", groups.Z_TAGS],
    ["StudyDescription", groups.X_TAGS],
    ["SeriesInstanceUID", groups.U_TAGS],
    ["ContentDate", groups.Z_D_TAGS],
    ["AcquisitionDate", groups.X_Z_TAGS],
    ["ProtocolName", groups.X_D_TAGS],
    ["InstitutionName", groups.X_Z_D_TAGS],
    ["ReferencedImageSequence", groups.X_Z_U_STAR_TAGS],
    ["PatientID", groups.P_TAGS],
  ])("have %s where PS3.15 2013 has it", (keyword, tags) => {
    const wanted = tagOfKeyword(keyword);
    expect(tags.filter((tag) => parseDsailTag(tag).tag === wanted).length).toBe(1);
  });
});
