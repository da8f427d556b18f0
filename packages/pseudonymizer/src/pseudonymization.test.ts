import { describe, expect, it } from "vitest";
import { KEY } from "../test/keys.js";
import { createPseudonymization } from "./pseudonymization.js";

describe("createPseudonymization", () => {
  it("parts identifiers of patients from those of examinations, also where they are equal", () => {
    const { patientPseudonym, accessionPseudonym } = createPseudonymization({ key: KEY });
    expect(accessionPseudonym("", "4711")).not.toBe(patientPseudonym("4711"));
  });

  it("makes UIDs of bytes as it does of UIDs: well-formed, and by the key", () => {
    const { hashUid } = createPseudonymization({ key: KEY });
    expect(hashUid(Uint8Array.of(1, 2, 3))).toMatch(/^2\.25\.[1-9]\d*$/);
    expect(hashUid(Uint8Array.of(1, 2, 3))).toBe(hashUid(Uint8Array.of(1, 2, 3)));
    expect(hashUid(Uint8Array.of(1, 2, 3))).not.toBe(hashUid(Uint8Array.of(1, 2, 4)));
  });

  it("refuses a key that is too short", () => {
    expect(() => createPseudonymization({ key: KEY.subarray(1) })).toThrow(
      expect.objectContaining({ code: "BAD_KEY" }),
    );
  });
});
