import { describe, expect, it } from "vitest";
import { isVR, type VR, VRS } from "./vr.js";

const all = Object.keys(VRS) as VR[];
const where = (has: (vr: VR) => boolean) => all.filter(has).sort().join(" ");

describe("the VRs of PS3.5 Table 6.2-1", () => {
  it("are 34", () => {
    expect(all.length).toBe(34);
  });

  it("have a 32-bit length where 7.1.2 says so", () => {
    expect(where((vr) => VRS[vr].longLength)).toBe("OB OD OF OL OV OW SQ SV UC UN UR UT UV");
  });

  it("are in the specific character set where 6.1.2.2 says so", () => {
    expect(where((vr) => VRS[vr].usesCharacterSet)).toBe("LO LT PN SH ST UC UT");
  });

  it("have no values with a backslash between them where 6.4 says so", () => {
    const single = where((vr) => VRS[vr].kind === "text" && !VRS[vr].multiValued);
    expect(single).toBe("LT ST UR UT");
  });

  it("are filled up with NUL if they are UIDs or not text, else with a space", () => {
    expect(where((vr) => VRS[vr].padding === 0x20)).toBe(
      "AE AS CS DA DS DT IS LO LT PN SH ST TM UC UR UT",
    );
  });

  it.each([
    [1, "OB UN"],
    [2, "OW SS US"],
    [4, "AT FL OF OL SL UL"],
    [8, "FD OD OV SV UV"],
  ])("have values of %d bytes, or of that many to be swapped", (unitBytes, vrs) => {
    expect(where((vr) => VRS[vr].unitBytes === unitBytes)).toBe(vrs);
  });

  it.each([
    ["AE", 16],
    ["AS", 4],
    ["CS", 16],
    ["DA", 8],
    ["DS", 16],
    ["DT", 26],
    ["IS", 12],
    ["LO", 64],
    ["LT", 10240],
    ["PN", 64],
    ["SH", 16],
    ["ST", 1024],
    ["TM", 14],
    ["UC", 0],
    ["UI", 64],
    ["UR", 0],
    ["UT", 0],
  ] as const)("have texts of limited length: %s", (vr, maxLength) => {
    expect(VRS[vr].maxLength).toBe(maxLength);
  });

  it("are told from other letters, and from what every object has", () => {
    expect(all.every(isVR)).toBe(true);
    expect(["ox", "XX", "", "pn", "PNX", "constructor", "__proto__"].some(isVR)).toBe(false);
  });
});
