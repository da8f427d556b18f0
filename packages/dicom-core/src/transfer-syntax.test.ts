import { describe, expect, it } from "vitest";
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  transferSyntaxOf,
} from "./transfer-syntax.js";

const PLAIN = { explicitVR: true, littleEndian: true, deflated: false, encapsulated: false };

describe("a transfer syntax", () => {
  it.each([
    [IMPLICIT_VR_LITTLE_ENDIAN, { ...PLAIN, explicitVR: false }],
    [EXPLICIT_VR_LITTLE_ENDIAN, PLAIN],
    [EXPLICIT_VR_BIG_ENDIAN, { ...PLAIN, littleEndian: false }],
    [DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, { ...PLAIN, deflated: true }],
    ["1.2.840.10008.1.2.4.50", { ...PLAIN, encapsulated: true }],
    ["1.2.840.10008.1.2.5", { ...PLAIN, encapsulated: true }],
    ["1.2.840.10008.1.2.4.95", { ...PLAIN, deflated: true }],
  ])("is known by its UID: %s", (uid, encoding) => {
    expect(transferSyntaxOf(uid)).toEqual({ uid, ...encoding });
  });

  it("that is not known is explicit VR little endian and encapsulated, as all new ones are", () => {
    const uid = "1.2.840.10008.1.2.4.9999";
    expect(transferSyntaxOf(uid)).toEqual({ uid, ...PLAIN, encapsulated: true });
  });

  it("of GE, with big endian pixels, is implicit VR little endian otherwise", () => {
    const uid = "1.2.840.113619.5.2";
    expect(transferSyntaxOf(uid)).toEqual({ uid, ...PLAIN, explicitVR: false });
  });
});
