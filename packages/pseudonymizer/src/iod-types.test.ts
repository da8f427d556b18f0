import { describe, expect, it } from "vitest";
import { IOD_OF_SOP_CLASS, IOD_PATHS, IOD_TYPES } from "./generated/iod-types.js";
import { createIodTypes } from "./iod-types.js";

const CT = "1.2.840.10008.5.1.4.1.1.2";
const ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1";
const COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33";

describe("the generated table", () => {
  it("has a letter for every path in every IOD", () => {
    expect(Object.keys(IOD_TYPES)).toHaveLength(174);
    for (const letters of Object.values(IOD_TYPES)) {
      expect(letters).toMatch(/^[.1c2d3]+$/);
      expect(letters).toHaveLength(IOD_PATHS.length);
    }
  });

  it("knows the IOD of every SOP class it names", () => {
    expect(Object.keys(IOD_OF_SOP_CLASS).length).toBeGreaterThan(170);
    for (const iod of Object.values(IOD_OF_SOP_CLASS)) expect(IOD_TYPES).toHaveProperty(iod);
  });
});

describe("the type of an attribute", () => {
  const types = createIodTypes();

  it.each([
    ["Patient ID in CT (PS3.3 C.7.1.1)", CT, 0x00100020, undefined, "2"],
    ["SOP Instance UID in CT (C.12.1)", CT, 0x00080018, undefined, "1"],
    ["Series Date in CT (C.7.3.1)", CT, 0x00080021, undefined, "3"],
    ["Acquisition DateTime in enhanced CT (C.8.15.2)", ENHANCED_CT, 0x0008002a, undefined, "1C"],
    ["Content Sequence in SR (C.17.3)", COMPREHENSIVE_SR, 0x0040a730, undefined, "1C"],
    ["Content Date in SR (C.17.2)", COMPREHENSIVE_SR, 0x00080023, undefined, "1"],
  ] as const)("is that of the IOD: %s", (_, sopClass, tag, sequence, type) => {
    expect(types.ofSopClass(sopClass)(tag, sequence)).toBe(type);
  });

  it("is absent where the IOD has no such attribute at its top level", () => {
    expect(types.ofSopClass(CT)(0x00700082, undefined)).toBe("absent"); // Presentation Creation Date
  });

  it("is unknown for everything in a SOP class that no table knows", () => {
    expect(types.ofSopClass("1.2.3")(0x00100020, undefined)).toBe("unknown");
    expect(types.ofSopClass(undefined)(0x00100020, undefined)).toBe("unknown");
  });

  it("is, in a sequence that the IOD does not have there, the strongest that any IOD gives it", () => {
    // Referenced Request Sequence > Requested Procedure ID belongs to reports (PS3.3 C.17.2).
    expect(types.ofSopClass(CT)(0x00401001, 0x0040a370)).toBe("2");
    expect(types.ofSopClass(CT)(0x00100010, 0x0040a370)).toBe("unknown");
  });

  it("is mended where the table is known to be wrong", () => {
    const annotations = types.ofSopClass("1.2.840.10008.5.1.4.1.1.91.1");
    expect(annotations(0x00080023, undefined)).toBe("1");
  });
});
